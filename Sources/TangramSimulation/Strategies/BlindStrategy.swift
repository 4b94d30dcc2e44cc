/// Any strategy, blind to which pool is faster: for what it sees, an option has the mean rate of the
/// job's options of so many devices.
///
/// The work that jobs have left, where the strategy looks at it, is what it is.
public struct BlindStrategy<Base: SchedulingStrategy>: SchedulingStrategy {
    private var base: Base
    private var records: [Int: JobRecord] = [:]

    /// Hides from `base` which pools are faster.
    public init(_ base: Base) { self.base = base }

    /// What tables and plots call it.
    public var name: String { base.name + "-blind" }
    /// The paper.
    public var source: String { base.source + "; blind to speeds of types" }
    /// As the strategy.
    public var knowsWork: Bool { base.knowsWork }
    /// As the strategy.
    public var roundSeconds: Double? { base.roundSeconds }
    /// As the strategy.
    public var readsProgress: Bool { base.readsProgress }
    /// As the strategy.
    public var movesJobs: Bool { base.movesJobs }

    /// What the strategy decides on what it sees.
    public mutating func decide(_ state: ClusterState) throws -> [Int?] {
        var seen = state
        var present: [Int: JobRecord] = [:]
        for position in seen.jobs.indices {
            let job = seen.jobs[position]
            let record = records[job.index] ?? Self.blinded(job.record.job)
            present[job.index] = record
            seen.jobs[position].record = record
        }
        records = present
        return try base.decide(seen)
    }

    private static func blinded(_ job: SimulatedJob) -> JobRecord {
        var sums: [Int: (rate: Double, count: Double)] = [:]
        for option in job.options where option.rate > 0 {
            let old = sums[option.totalDeviceCount] ?? (0, 0)
            sums[option.totalDeviceCount] = (old.rate + option.rate, old.count + 1)
        }
        let options = job.options.map { option in
            var seen = option
            if option.rate > 0, let sum = sums[option.totalDeviceCount] {
                seen.rate = sum.rate / sum.count
            }
            return seen
        }
        return JobRecord(
            SimulatedJob(
                id: job.id, arrivalSeconds: job.arrivalSeconds, work: job.work, options: options,
                weight: job.weight, deadlineSeconds: job.deadlineSeconds,
                checkpointBytes: job.checkpointBytes,
                checkpointIntervalSeconds: job.checkpointIntervalSeconds, load: job.load,
                endSeconds: job.endSeconds))
    }
}

extension SchedulingStrategy {
    /// The same strategy, blind to which pool is faster.
    public func blindToSpeed() -> any SchedulingStrategy { BlindStrategy(self) }
}
