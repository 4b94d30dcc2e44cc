/// A job that has arrived and is not done, as strategies see it.
public struct JobState: Sendable {
    /// Its number in the trace, from 0.
    public let index: Int
    /// The job.
    public let job: SimulatedJob
    /// Work that is left.
    public internal(set) var remainingWork: Double
    /// The option that it runs by, nil while it waits.
    public internal(set) var option: Int?
    /// Device-seconds that it held so far.
    public internal(set) var attainedDeviceSeconds = 0.0
    /// Seconds that it ran on each pool.
    public internal(set) var secondsOnPool: [Double]
    /// Whether it has run before.
    public internal(set) var hasStarted = false
    /// When it began to run by its present option.
    var heldSince = 0.0
    /// When loading is over and work goes on.
    var resumesAt = 0.0
    /// Work that would be left after a failure.
    var savedRemainingWork: Double
    /// When the next checkpoint is due.
    var nextCheckpointAt = 0.0
    /// ∫ number of jobs dt at arrival, for ρ.
    var crowdAtArrival = 0.0
    /// Work that may still be done in this round.
    var quota = 0.0

    init(index: Int, job: SimulatedJob, poolCount: Int) {
        self.index = index
        self.job = job
        remainingWork = job.work
        savedRemainingWork = job.work
        secondsOnPool = [Double](repeating: 0, count: poolCount)
    }

    /// Seconds that the rest would take by the fastest option.
    public var shortestRemainingSeconds: Double {
        let rate = job.fastestRate
        return rate > 0 ? remainingWork / rate : .infinity
    }
}

/// What a strategy decides on.
public struct ClusterState: Sendable {
    /// Seconds from the start.
    public internal(set) var seconds: Double
    /// Devices of each pool that are there for these jobs.
    public internal(set) var deviceCounts: [Int]
    /// The pools.
    public let pools: [SimulatedPool]
    /// What a device of each pool costs now, in US dollars per hour.
    public internal(set) var dollarsPerDeviceHour: [Double]
    /// Jobs that have arrived and are not done, in order of arrival.
    public internal(set) var jobs: [JobState]

    /// Devices of each pool less those of `choices`.
    public func freeDevices(after choices: [Int?]) -> [Int] {
        var free = deviceCounts
        for (job, choice) in zip(jobs, choices) {
            guard let choice else { continue }
            let option = job.job.options[choice]
            free[option.pool] -= option.deviceCount
        }
        return free
    }
}
