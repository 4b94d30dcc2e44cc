#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What becomes of the jobs that are there if, from now on, whoever has the largest index goes first
/// and jobs may change places whenever one ends.
///
/// The index of a job by an option is weight × speed^β ÷ (time left × devices)^α. Speed is over the mean
/// of the job's options, so that fast pools go to those that gain most by them; time left is by the
/// fastest option. α = 1 is the rule of cost over time (Smith, 1956), α = 0 looks at speeds alone.
struct Rollout {
    /// A rule: the exponents of its index.
    struct Rule: Hashable {
        /// Of the time left and the devices: a multiple of a half, 0...1.
        var length: Double
        /// Of the speed.
        var speed: Double
    }

    /// What a rule comes to.
    struct Outcome {
        /// Σ weight × completion time, in seconds from now.
        var total: Double
        /// The options that jobs start by now.
        var first: [Int?]
    }

    /// A way to run a job.
    struct Way {
        var option: RunOption
        /// Which of the job's options it is.
        var index: Int
        /// Speed over the mean of the job's ways.
        var speed: Double
        /// Seconds to get there from where the job is now.
        var delay: Double
    }

    let ways: [[Way]]
    let capacities: [Int]
    let weights: [Double]
    private let work: [Double]
    fileprivate let fastest: [Double]

    init(_ state: ClusterState) {
        capacities = state.deviceCounts
        work = state.jobs.map(\.remainingWork)
        fastest = state.jobs.map(\.record.fastestRate)
        weights = state.jobs.map(\.record.job.weight)
        ways = state.jobs.map { job in
            let options = job.record.job.options
            let own = options.indices.filter {
                options[$0].rate > 0 && options[$0].fits(state.deviceCounts)
            }
            let mean = own.reduce(0) { $0 + options[$1].rate } / Double(max(1, own.count))
            return own.map { index in
                Way(
                    option: options[index], index: index, speed: options[index].rate / mean,
                    delay: index == job.option ? 0 : state.switchSeconds(job, to: index))
            }
        }
    }

    /// Seconds that a job has left by its fastest option.
    func seconds(_ job: Int) -> Double { work[job] / fastest[job] }

    /// (time left × devices)^α.
    static func power(_ length: Double, _ exponent: Double) -> Double {
        switch exponent {
        case 0: 1
        case 1: max(length, 1e-9)
        default: max(length, 1e-9).squareRoot()
        }
    }

    /// What a rule starts now.
    func first(_ rule: Rule) -> [Int?] {
        var indices = Indices(self, rule)
        let open = ways.map { !$0.isEmpty }
        return indices.allocation(work, open, [Int](repeating: -1, count: work.count), true)
            .enumerated().map { $1 >= 0 ? ways[$0][$1].index : nil }
    }

    /// Plays a rule to the end of the last job.
    ///
    /// - Parameters:
    ///   - start: What jobs run by until the first of them ends; by the rule where nil.
    ///   - limit: A total from which on the outcome does not matter; nil is returned then.
    /// - Complexity: O(jobs² × options × log jobs).
    func play(_ rule: Rule, from start: [Int?]? = nil, limit: Double = .infinity) -> Outcome? {
        var indices = Indices(self, rule)
        var left = work
        var isOpen = ways.map { !$0.isEmpty }
        // Jobs that are not done, and their weights.
        var open = isOpen.indices.filter { isOpen[$0] }
        var openWeight = open.reduce(0) { $0 + weights[$1] }
        // The way that each job runs by, and the delay that it still has to sit out.
        var current = [Int](repeating: -1, count: left.count)
        var delays = [Double](repeating: 0, count: left.count)
        var first: [Int?]?
        var (clock, total) = (0.0, 0.0)
        while !open.isEmpty {
            let next: [Int]
            if first == nil, let start {
                next = start.enumerated().map { job, option in
                    ways[job].firstIndex { $0.index == option } ?? -1
                }
            } else {
                next = indices.allocation(left, isOpen, current, first == nil)
            }
            for job in open where next[job] != current[job] {
                delays[job] = next[job] >= 0 ? ways[job][next[job]].delay : 0
                current[job] = next[job]
            }
            if first == nil {
                first = next.enumerated().map { $1 >= 0 ? ways[$0][$1].index : nil }
            }
            var step = Double.infinity
            for job in open where current[job] >= 0 {
                step = min(step, delays[job] + left[job] / ways[job][current[job]].option.rate)
            }
            guard step.isFinite else { return nil }
            clock += step
            var hasEnded = false
            for job in open where current[job] >= 0 {
                let rate = ways[job][current[job]].option.rate
                left[job] -= max(0, step - delays[job]) * rate
                delays[job] = max(0, delays[job] - step)
                // A microsecond's work is a crumb of rounding.
                guard left[job] <= rate * 1e-6 else { continue }
                isOpen[job] = false
                hasEnded = true
                total += weights[job] * clock
                openWeight -= weights[job]
            }
            if hasEnded { open.removeAll { !isOpen[$0] } }
            // Nobody that is left ends before now.
            if total + openWeight * clock >= limit { return nil }
        }
        return first.map { Outcome(total: total, first: $0) }
    }
}

/// The indices of a rule, with what of them does not change while jobs go on.
private struct Indices {
    private let rollout: Rollout
    private let rule: Rollout.Rule
    /// weight × speed^β ÷ devices^α by job and way.
    private let factors: [[Double]]

    init(_ rollout: Rollout, _ rule: Rollout.Rule) {
        self.rollout = rollout
        self.rule = rule
        factors = rollout.ways.enumerated().map { job, ways in
            ways.map {
                let devices = Double($0.option.totalDeviceCount)
                return rollout.weights[job] * pow($0.speed, rule.speed)
                    / Rollout.power(devices, rule.length)
            }
        }
    }

    /// Jobs on what they have the largest index for, while there is room.
    mutating func allocation(
        _ left: [Double], _ isOpen: [Bool], _ current: [Int], _ isFirst: Bool
    ) -> [Int] {
        var pairs: [(index: Double, job: Int, way: Int)] = []
        pairs.reserveCapacity(left.count * 3)
        for job in left.indices where isOpen[job] {
            let seconds = left[job] / rollout.fastest[job]
            let length = Rollout.power(seconds, rule.length)
            for (place, factor) in factors[job].enumerated() {
                var index = factor / length
                let delay = rollout.ways[job][place].delay
                // Getting there counts as being slower.
                if delay > 0, isFirst || current[job] != place {
                    index *= pow(seconds / (seconds + delay), rule.speed)
                }
                pairs.append((index, job, place))
            }
        }
        // A heap, since as a rule few pairs are taken before nothing is free.
        for parent in stride(from: pairs.count / 2 - 1, through: 0, by: -1) {
            Self.sift(&pairs, parent, pairs.count)
        }
        var result = [Int](repeating: -1, count: left.count)
        var free = rollout.capacities
        var room = free.reduce(0, +)
        var count = pairs.count
        while room > 0, count > 0 {
            let (_, job, place) = pairs[0]
            count -= 1
            pairs[0] = pairs[count]
            Self.sift(&pairs, 0, count)
            guard result[job] < 0, rollout.ways[job][place].option.fits(free) else { continue }
            result[job] = place
            rollout.ways[job][place].option.add(-1, to: &free)
            room -= rollout.ways[job][place].option.totalDeviceCount
        }
        return result
    }

    /// Lets the pair at a place sink until no larger one is below it.
    private static func sift(
        _ pairs: inout [(index: Double, job: Int, way: Int)], _ start: Int, _ count: Int
    ) {
        func isBefore(_ left: Int, _ right: Int) -> Bool {
            let (a, b) = (pairs[left], pairs[right])
            return a.index != b.index ? a.index > b.index : (a.job, a.way) < (b.job, b.way)
        }
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < count else { return }
            if child + 1 < count, isBefore(child + 1, child) { child += 1 }
            guard isBefore(child, parent) else { return }
            pairs.swapAt(child, parent)
            parent = child
        }
    }
}
