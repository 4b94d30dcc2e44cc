import TangramCost
import TangramHardware
import TangramUnits

/// Makes a schedule of jobs with an end around permanent ones.
struct ScheduleBuilder {
    let scenario: Scenario
    let horizon: Seconds
    let parts: [PoolPart]
    let model: PlanModel
    let packed: PackedChoices
    /// What permanent jobs leave of each resource.
    let free: [Double]
    let control: SolveControl

    private var goal: Schedule.Goal {
        scenario.objective.goal == .makespan ? .makespan : .completion
    }

    func schedule(_ menus: [JobMenu]) throws(PlanningError) -> Schedule {
        var omissions: [Schedule.Omission] = []
        var jobs = batchJobs(menus, &omissions)
        let bounds: ScheduleBounds
        do throws(ProblemError) {
            bounds = try ScheduleBounds(&jobs, capacities: free)
        } catch {
            throw .invalidQuantity(subject: "estimates", what: error.description)
        }
        var best = search(jobs, bounds)
        let exact = leastMakespan(jobs, bounds, best)
        best = exact.runs ?? best
        let started = Set(best.map(\.job))
        for (index, job) in jobs.enumerated() where !started.contains(index) {
            omissions.append(
                .init(
                    jobID: scenario.jobs[job.jobIndex].id,
                    reason: "no accelerators are free early enough for it to be done in time"))
        }
        // What is left out is not in the schedule's sums, so neither may it be in their bounds.
        var placed = jobs.enumerated().filter { started.contains($0.offset) }.map(\.element)
        let own = (try? ScheduleBounds(&placed, capacities: free)) ?? bounds
        let entries = (permanent() + best.flatMap { self.entries($0, jobs) }).sorted {
            ($0.start.value, $0.jobID) < ($1.start.value, $1.jobID)
        }
        return Schedule(
            scenarioName: scenario.name, date: scenario.date, horizon: horizon, goal: goal,
            entries: entries, omissions: omissions,
            makespan: Seconds(best.map(\.end).max() ?? 0),
            makespanBound: Seconds(placed.isEmpty ? 0 : max(own.makespan, exact.bound)),
            weightedCompletion: best.reduce(0) { $0 + jobs[$1.job].weight * $1.end },
            weightedCompletionBound: own.weightedCompletion, isComplete: !control.isOver)
    }

    /// The least makespan of a few jobs, where all of them are in the schedule.
    private func leastMakespan(
        _ jobs: [BatchJob], _ bounds: ScheduleBounds, _ best: [ListScheduler.Run]
    ) -> (runs: [ListScheduler.Run]?, bound: Double) {
        guard goal == .makespan, best.count == jobs.count, jobs.count > 1,
            jobs.count <= MakespanSearch.jobLimit
        else { return (nil, 0) }
        let scheduler = ListScheduler(jobs: jobs, capacities: free, packers: packed.packers)
        return MakespanSearch(jobs: jobs, capacities: free, control: control).run(
            bound: bounds.makespan, makespan: best.map(\.end).max() ?? 0, prices: bounds.prices
        ) { scheduler.runs(exactly: $0) }
    }

    /// Jobs with the ways that can be done in time at all.
    private func batchJobs(
        _ menus: [JobMenu], _ omissions: inout [Schedule.Omission]
    ) -> [BatchJob] {
        let policy = PolicyCheck(scenario: scenario)
        return menus.compactMap { menu in
            let job = scenario.jobs[menu.jobIndex]
            guard let demand = job.training, let tokens = demand.tokens else { return nil }
            var ways: [BatchJob.Way] = []
            for option in menu.options {
                guard let throughput = option.work.throughput else { continue }
                let availability = option.availability(parts, scenario.cluster)
                let duration = tokens / (throughput * availability)
                let licensed = option.pools(parts).map {
                    policy.licensedTime(of: scenario.cluster.pools[$0])
                }
                let latest =
                    ([demand.deadline, horizon] + licensed)
                    .compactMap { $0?.value }.min() ?? horizon.value
                let uses = model.resources.uses(of: option, in: menu, by: job)
                guard uses.allSatisfy({ $0.amount <= free[$0.resource] * (1 + 1e-12) }) else {
                    continue
                }
                // Staying costs nothing; a start anywhere else comes after the move.
                let downtime =
                    job.placed.isEmpty ? 0 : scenario.migration?.downtime.value ?? 0
                var way = BatchJob.Way(
                    option: option, uses: uses, duration: duration.value, latestEnd: latest)
                if option.isCurrent {
                    way.place = menu.current
                    if way.duration <= latest * (1 + 1e-12) { ways.append(way) }
                    way.place = nil
                }
                way.duration += downtime
                if way.duration <= latest * (1 + 1e-12) { ways.append(way) }
            }
            guard !ways.isEmpty else {
                let reason =
                    menu.options.isEmpty
                    ? menu.refusals.first.map { "\($0.reason)" } ?? "it fits nowhere"
                    : "no way to run it is done within its deadline, its licence and the horizon "
                        + "on what permanent jobs leave"
                omissions.append(.init(jobID: job.id, reason: reason))
                return nil
            }
            return BatchJob(
                jobIndex: menu.jobIndex, weight: job.weight, priority: job.priority,
                deadline: demand.deadline?.value, ways: ways)
        }
    }

    /// The most moved orders, and about how many jobs all of them may ask.
    private static let moveLimit = 1_500
    private static let moveBudget = 400_000

    /// The best of schedules with several orders and targets, then with jobs moved in the best order.
    private func search(_ jobs: [BatchJob], _ bounds: ScheduleBounds) -> [ListScheduler.Run] {
        var scheduler = ListScheduler(jobs: jobs, capacities: free, packers: packed.packers)
        var best: (runs: [ListScheduler.Run], missed: Double, value: Double, order: [Int])?
        func consider(_ order: [Int], _ factor: Double) {
            let runs = scheduler.runs(
                order: order, target: bounds.makespan * factor, control: control)
            let started = Set(runs.map(\.job))
            let missed = jobs.indices.reduce(0) {
                started.contains($1) ? $0 : $0 + jobs[$1].weight
            }
            let value =
                goal == .makespan
                ? runs.map(\.end).max() ?? 0
                : runs.reduce(0) { $0 + jobs[$1.job].weight * $1.end }
            if best.map({ (missed, value) < ($0.missed, $0.value) }) ?? true {
                best = (runs, missed, value, order)
            }
        }
        let factors = [1.0, 1.02, 1.05, 1.1, 1.2, 1.35, 1.6, 2, 3, 5, 0.5, 0.25, 0.1, 0]
        for order in orders(jobs) {
            for factor in factors where best == nil || !control.isOver { consider(order, factor) }
        }
        // A run asks every waiting job at every end: its cost grows with the square of the jobs.
        var trials = min(Self.moveLimit, Self.moveBudget / max(1, jobs.count * jobs.count))
        // Few jobs have few orders.
        if jobs.count < 7 {
            trials = min(trials, factors.count * (1...max(1, jobs.count)).reduce(1, *))
        }
        let least = goal == .makespan ? bounds.makespan : bounds.weightedCompletion
        var random = SeededGenerator(seed: 20_261_124)
        for trial in 0..<trials where jobs.count > 1 && !control.isOver {
            guard var order = best?.order, let value = best?.value else { break }
            // Nothing is better than the bound.
            if best?.missed == 0 && value <= least * (1 + 1e-9) { break }
            let job = order.remove(at: Int(random.next() % UInt64(order.count)))
            order.insert(job, at: Int(random.next() % UInt64(order.count + 1)))
            scheduler.keepsPlaces = trial % 4 != 0
            consider(order, factors[trial % factors.count])
        }
        return best?.runs ?? []
    }

    /// Orders worth a try; the higher priority first in each.
    private func orders(_ jobs: [BatchJob]) -> [[Int]] {
        let keys: [(BatchJob) -> Double] = [
            { $0.deadline ?? .infinity }, { -$0.leastArea }, { -$0.shortest },
            { $0.leastArea / $0.weight }, { $0.shortest / $0.weight },
        ]
        return keys.map { key in
            let values = jobs.map(key)
            return jobs.indices.sorted { left, right in
                if jobs[left].priority != jobs[right].priority {
                    return jobs[left].priority > jobs[right].priority
                }
                return values[left] != values[right] ? values[left] < values[right] : left < right
            }
        }
    }

    // MARK: Entries

    private func permanent() -> [Schedule.Entry] {
        packed.choices.enumerated().flatMap { menu, choice -> [Schedule.Entry] in
            guard let choice else { return [] }
            let option = model.menus[menu].options[choice]
            return entries(
                option, job: model.menus[menu].jobIndex, from: 0, to: horizon.value,
                packed.nodes[menu], isPermanent: true, isInPlace: packed.isInPlace(menu))
        }
    }

    private func entries(_ run: ListScheduler.Run, _ jobs: [BatchJob]) -> [Schedule.Entry] {
        entries(
            jobs[run.job].ways[run.way].option, job: jobs[run.job].jobIndex, from: run.start,
            to: run.end, run.nodes, isPermanent: false,
            isInPlace: jobs[run.job].ways[run.way].place != nil)
    }

    /// One entry for each pool that an option takes nodes of.
    private func entries(
        _ option: MenuOption, job: Int, from start: Double, to end: Double,
        _ nodes: [(part: Int, nodes: [NodeAssignment])], isPermanent: Bool, isInPlace: Bool
    ) -> [Schedule.Entry] {
        option.pools(parts).map { pool in
            let own = option.parts.filter { parts[$0.part].poolIndex == pool }
            return Schedule.Entry(
                jobID: scenario.jobs[job].id, start: Seconds(start), end: Seconds(end),
                poolID: scenario.cluster.pools[pool].id,
                acceleratorCount: own.reduce(0) { $0 + $1.acceleratorCount },
                nodes: nodes.filter { parts[$0.part].poolIndex == pool }.flatMap(\.nodes),
                summary: option.work.summary, isPermanent: isPermanent,
                isMoved: scenario.jobs[job].placed.isEmpty ? nil : !isInPlace)
        }
    }
}
