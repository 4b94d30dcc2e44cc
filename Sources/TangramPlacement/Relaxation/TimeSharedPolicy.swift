/// A job as schedulers that share time see it: one rate per type of device, gangs on one type.
public struct TimeSharedJob: Hashable, Sendable {
    /// Work per second of the whole gang on each type, 0 where it cannot run.
    public var rates: [Double]
    /// Devices of its gang.
    public var deviceCount: Double
    /// Priority; a job of weight 2 is due twice as much.
    public var weight: Double
    /// Work left.
    public var remainingWork: Double
    /// Seconds since it started.
    public var elapsed: Double
    /// Seconds until it must be done.
    public var timeLimit: Double?

    /// Creates a job.
    public init(
        rates: [Double], deviceCount: Double = 1, weight: Double = 1, remainingWork: Double = 1,
        elapsed: Double = 0, timeLimit: Double? = nil
    ) {
        self.rates = rates
        self.deviceCount = deviceCount
        self.weight = weight
        self.remainingWork = remainingWork
        self.elapsed = elapsed
        self.timeLimit = timeLimit
    }
}

/// The objectives of schedulers that share time, each as a ``TimeSharedProblem`` (formulas: Gavel,
/// OSDI 2020, §4).
public enum TimeSharedPolicy: Hashable, Sendable {
    /// The least normalised rate is as high as possible: rate × gang ÷ (weight × rate on an equal
    /// share of the cluster).
    case maxMinFairness
    /// The same, blind to how fast types are: every type counts as 1.
    case leastAttained
    /// The largest ρ is as low as possible: time from start to finish, over the time it would take
    /// on an equal share; the objective is 1 ÷ ρ.
    case finishTimeFairness
    /// All are done as soon as possible; the objective is 1 ÷ makespan.
    case makespan
    /// The most work per second over all, and per cost where prices of types are given; limits on
    /// time hold.
    case throughput(prices: [Double]?)

    /// The problem of sharing `capacities` devices of each type.
    ///
    /// - Throws: ``ProblemError`` where a number is NaN, infinite or negative.
    public func problem(
        _ jobs: [TimeSharedJob], capacities: [Double]
    ) throws(ProblemError) -> TimeSharedProblem {
        let total = capacities.reduce(0, +)
        let equal = Self.equalShares(jobs, capacities: capacities)
        var items: [TimeSharedProblem.Item] = []
        for (index, job) in jobs.enumerated() {
            var item = TimeSharedProblem.Item(options: [])
            for (type, rate) in job.rates.enumerated() where rate != 0 {
                var value = 0.0
                if case .throughput(let prices) = self { value = rate / (prices?[type] ?? 1) }
                item.options.append(
                    .init(
                        rate: self == .leastAttained ? 1 : rate, value: value,
                        uses: [.init(resource: type, amount: job.deviceCount)]))
            }
            switch self {
            case .maxMinFairness, .leastAttained:
                // By the type of each option: types that a job cannot use have none.
                let proportional = item.options.reduce(0) { sum, option in
                    option.uses.reduce(sum) {
                        $0 + option.rate * capacities[$1.resource] / total
                    }
                }
                item.levelWork = job.weight * proportional / job.deviceCount
            case .finishTimeFairness:
                let isolated = zip(job.rates, equal[index]).reduce(0) { $0 + $1.0 * $1.1 }
                item.levelWork = job.remainingWork
                item.elapsed = job.elapsed
                item.levelScale = job.remainingWork / isolated
            case .makespan: item.levelWork = job.remainingWork
            case .throughput:
                item.minimumRate = job.timeLimit.map { job.remainingWork / $0 } ?? 0
            }
            items.append(item)
        }
        var goal = TimeSharedProblem.Goal.level
        if case .throughput = self { goal = .total }
        return try TimeSharedProblem(capacities: capacities, items: items, goal: goal)
    }

    /// For each job the shares of time of each type when the cluster is divided equally.
    public static func equalShares(
        _ jobs: [TimeSharedJob], capacities: [Double]
    ) -> [[Double]] {
        jobs.map { job in
            let shares = capacities.map { $0 / Double(jobs.count) / job.deviceCount }
            let sum = shares.reduce(0, +)
            return sum > 1 ? shares.map { $0 / sum } : shares
        }
    }
}
