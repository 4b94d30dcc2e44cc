import TangramUnits

/// Starts jobs on nodes as they come free, in an order and with a taste for speed.
///
/// At every end of a job the waiting jobs are asked in order; each starts with the cheapest of its
/// ways that fits now and is done by the target, or the fastest where none is.
struct ListScheduler {
    let jobs: [BatchJob]
    /// Free resources and nodes around what runs permanently.
    let capacities: [Double]
    let packers: [NodePacker]
    /// Whether jobs that run already choose first at the start, so that others do not take their nodes.
    var keepsPlaces = true

    /// A job that was started.
    struct Run {
        var job: Int
        var way: Int
        var start: Double
        var end: Double
        var nodes: [(part: Int, nodes: [NodeAssignment])]
    }

    /// The runs of a schedule that aims at `target`; jobs that are in none did not fit in time.
    func runs(order: [Int], target: Double, control: SolveControl) -> [Run] {
        var (free, packers) = (capacities, packers)
        var waiting = order
        let placed = keepsPlaces ? Set(order.filter(hasPlace)) : []
        if !placed.isEmpty {
            waiting = order.filter(placed.contains) + order.filter { !placed.contains($0) }
        }
        var running: [Run] = []
        var done: [Run] = []
        var now = 0.0
        while !waiting.isEmpty {
            if control.isOver { break }
            var left: [Int] = []
            for job in waiting {
                if let run = start(job, at: now, target: target, &free, &packers) {
                    running.append(run)
                } else {
                    left.append(job)
                }
            }
            waiting = left
            if now == 0, !placed.isEmpty {
                let still = Set(left)
                waiting = order.filter(still.contains)
            }
            // Jobs that can no longer be done in time are dropped, so that the loop ends.
            guard let next = running.map(\.end).min() else { break }
            now = next
            let ended = running.filter { $0.end <= now * (1 + 1e-12) }
            running.removeAll { $0.end <= now * (1 + 1e-12) }
            for run in ended {
                for use in jobs[run.job].ways[run.way].uses { free[use.resource] += use.amount }
                for entry in run.nodes { packers[entry.part].release(entry.nodes) }
            }
            done += ended
            waiting.removeAll { job in
                jobs[job].ways.allSatisfy { now + $0.duration > $0.latestEnd * (1 + 1e-12) }
            }
        }
        return done + running
    }

    /// Runs with given ways and starts; nil where nodes are not free in one piece then.
    func runs(exactly choices: [MakespanSearch.Choice]) -> [Run]? {
        var packers = packers
        var runs: [Run] = []
        var held: [Int] = []
        let order = choices.sorted { left, right in
            let (a, b) = (jobs[left.job].ways[left.way], jobs[right.job].ways[right.way])
            if left.start != right.start { return left.start < right.start }
            // Where it runs now, then the largest.
            if (a.place != nil) != (b.place != nil) { return a.place != nil }
            return a.option.acceleratorCount > b.option.acceleratorCount
        }
        for choice in order {
            let way = jobs[choice.job].ways[choice.way]
            guard way.place == nil || choice.start == 0 else { return nil }
            for index in held where runs[index].end <= choice.start * (1 + 1e-12) {
                for entry in runs[index].nodes { packers[entry.part].release(entry.nodes) }
            }
            held.removeAll { runs[$0].end <= choice.start * (1 + 1e-12) }
            guard let nodes = take(way, from: &packers) else { return nil }
            held.append(runs.count)
            runs.append(
                Run(
                    job: choice.job, way: choice.way, start: choice.start,
                    end: choice.start + way.duration, nodes: nodes))
        }
        return runs
    }

    private func hasPlace(_ job: Int) -> Bool { jobs[job].ways.contains { $0.place != nil } }

    private func start(
        _ index: Int, at now: Double, target: Double, _ free: inout [Double],
        _ packers: inout [NodePacker]
    ) -> Run? {
        let job = jobs[index]
        var fitting: [Int] = []
        for (way, entry) in job.ways.enumerated() {
            guard now + entry.duration <= entry.latestEnd * (1 + 1e-12),
                entry.place == nil || now == 0
            else { continue }
            let hasRoom = entry.uses.allSatisfy {
                $0.amount <= free[$0.resource] + capacities[$0.resource] * 1e-12
            }
            if hasRoom { fitting.append(way) }
        }
        fitting.sort { left, right in
            let (a, b) = (job.ways[left], job.ways[right])
            let (isLate, isOtherLate) = (now + a.duration > target, now + b.duration > target)
            if isLate != isOtherLate { return !isLate }
            if isLate { return a.duration < b.duration }
            return a.area != b.area ? a.area < b.area : a.duration < b.duration
        }
        // A way that is much slower than waiting for a better one is not worth its start.
        for way in fitting {
            guard let nodes = take(job.ways[way], from: &packers) else { continue }
            for use in job.ways[way].uses { free[use.resource] -= use.amount }
            return Run(
                job: index, way: way, start: now, end: now + job.ways[way].duration, nodes: nodes)
        }
        return nil
    }

    private func take(
        _ way: BatchJob.Way, from packers: inout [NodePacker]
    ) -> [(part: Int, nodes: [NodeAssignment])]? {
        guard let place = way.place, let part = way.option.parts.first?.part else {
            return PackedChoices.take(way.option, from: &packers)
        }
        return packers[part].take(exactly: place.nodes) ? [(part, place.nodes)] : nil
    }
}
