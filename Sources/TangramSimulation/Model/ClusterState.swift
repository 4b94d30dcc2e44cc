/// A job with what follows from it, shared by all copies of its state.
final class JobRecord: Sendable {
    let job: SimulatedJob
    /// The highest rate of any option.
    let fastestRate: Double
    /// Devices of the option of the highest rate over that rate.
    let deviceSecondsPerWork: Double
    /// Devices of each option.
    let deviceCounts: [Int]
    /// Whether any option takes several pools.
    let hasJoint: Bool

    init(_ job: SimulatedJob) {
        self.job = job
        deviceCounts = job.options.map(\.totalDeviceCount)
        hasJoint = job.options.contains { !$0.others.isEmpty }
        let best = job.options.max { $0.rate < $1.rate }
        fastestRate = best?.rate ?? 0
        deviceSecondsPerWork =
            best.map { $0.rate > 0 ? Double($0.totalDeviceCount) / $0.rate : 0 } ?? 0
    }
}

/// A job that has arrived and is not done, as strategies see it.
public struct JobState: Sendable {
    /// Its number in the trace, from 0.
    public let index: Int
    var record: JobRecord
    /// The job.
    public var job: SimulatedJob { record.job }
    /// Work that is left. Up to date for jobs that wait, and for all where the strategy reads
    /// progress (``SchedulingStrategy/readsProgress``).
    public internal(set) var remainingWork: Double
    /// The option that it runs by, nil while it waits.
    public internal(set) var option: Int?
    /// Device-seconds that it held so far.
    public internal(set) var attainedDeviceSeconds = 0.0
    /// Seconds that it ran on each pool, on several at once for each of them.
    public internal(set) var secondsOnPool: [Double]
    /// Whether it has run before.
    public internal(set) var hasStarted = false
    /// When it began to run by its present option.
    var heldSince = 0.0
    /// When loading is over and work goes on.
    var resumesAt = 0.0
    /// What saving takes before it can go on elsewhere.
    var savingSeconds = 0.0
    /// The devices that it holds, by node; none of pools whose devices are only counted.
    public internal(set) var nodes: [NodeShare] = []
    /// Devices of the replicas of a service that are up; fewer than its option's where nodes failed.
    var heldDevices = 0
    /// Requests per second of a service while further replicas load.
    var standbyRate = 0.0
    /// Until when its work is counted.
    var settledAt = 0.0
    /// Speed for holding a slow node, over its own.
    var slowness = 1.0
    /// Work per second now, 0 while it waits.
    var rate = 0.0
    /// Work that would be left after a failure.
    var savedRemainingWork: Double
    /// When the next checkpoint is due.
    var nextCheckpointAt = 0.0
    /// ∫ number of jobs dt at arrival, for ρ.
    var crowdAtArrival = 0.0
    /// Work that may still be done in this round.
    var quota = Double.infinity
    /// Whether it is done with its part of the round and gave its devices back.
    var isParked = false
    /// Tells its entry in the queue of ends from older ones.
    var stamp = 0
    /// Its group in the queue of those that wait.
    var group = 0

    init(index: Int, job: SimulatedJob, poolCount: Int) {
        self.index = index
        record = JobRecord(job)
        remainingWork = job.work
        savedRemainingWork = job.work
        secondsOnPool = [Double](repeating: 0, count: poolCount)
    }

    /// Seconds that the rest would take by the fastest option.
    public var shortestRemainingSeconds: Double {
        record.fastestRate > 0 ? remainingWork / record.fastestRate : .infinity
    }
}

/// What a strategy decides on.
public struct ClusterState: Sendable {
    /// Seconds from the start.
    public internal(set) var seconds: Double
    /// Devices of each pool that are there for these jobs.
    public internal(set) var deviceCounts: [Int]
    /// Devices of each pool that these jobs hold.
    public internal(set) var usedDevices: [Int]
    /// The pools.
    public let pools: [SimulatedPool]
    /// What is free of each pool by node.
    public internal(set) var rooms: [NodeRoom] = []
    /// What a device of each pool costs now, in US dollars per hour.
    public internal(set) var dollarsPerDeviceHour: [Double]
    /// Jobs that have arrived and are not done, in order of arrival.
    public internal(set) var jobs: [JobState]
    /// Those of them that wait.
    var waiting = WaitingQueue()

    /// Devices of each pool less those of `choices`.
    public func freeDevices(after choices: [Int?]) -> [Int] {
        var free = deviceCounts
        for (job, choice) in zip(jobs, choices) {
            guard let choice else { continue }
            job.job.options[choice].add(-1, to: &free)
        }
        return free
    }

    /// The place of a job in ``jobs`` by its number in the trace, nil where it is not there.
    ///
    /// - Complexity: O(log jobs).
    public func position(ofNumber number: Int) -> Int? {
        var (low, high) = (0, jobs.count)
        while low < high {
            let middle = (low + high) / 2
            if jobs[middle].index < number { low = middle + 1 } else { high = middle }
        }
        return low < jobs.count && jobs[low].index == number ? low : nil
    }
}
