/// What a strategy made of a trace.
public struct SimulationResult: Sendable {
    /// The strategy.
    public var strategy: String
    /// The paper that it is from.
    public var source: String
    /// Whether it knew how much work jobs had left.
    public var knowsWork: Bool
    /// Jobs that ended.
    public var completedCount = 0
    /// Jobs that waited for what never came, or that the end of the run cut off.
    public var unfinishedCount = 0
    /// Seconds from arrival to end.
    public var completionTimes = Distribution()
    /// ρ of finish-time fairness: completion time over the time that an equal share of the cluster
    /// among the jobs of the time would have taken (Themis, NSDI 2020, §4).
    public var fairnessRatios = Distribution()
    /// When the last job ended, in seconds from the start.
    public var makespanSeconds = 0.0
    /// What became of the devices.
    public var pools: [PoolUsage] = []
    /// Work that jobs asked for, in device-seconds of their fastest options.
    public var askedDeviceSeconds = 0.0
    /// Work of jobs that was done and kept, in the same measure.
    public var doneDeviceSeconds = 0.0
    /// Work that failures destroyed, in the same measure.
    public var lostDeviceSeconds = 0.0
    /// Device-seconds that went into saving and loading checkpoints.
    public var overheadDeviceSeconds = 0.0
    /// Times that a job was stopped before its end by the strategy.
    public var preemptionCount = 0
    /// Times that a job went on by another option than before.
    public var migrationCount = 0
    /// Times that a job was to start but no nodes had room for it, though its pool had.
    public var unplacedCount = 0
    /// Times that a failure took replicas of a service down.
    public var serviceFailureCount = 0
    /// Times that a failure stopped a job.
    public var failureCount = 0
    /// Times that a node of a job became slow.
    public var stragglerCount = 0
    /// Jobs that had a deadline.
    public var deadlineCount = 0
    /// Jobs that met theirs.
    public var deadlinesMetCount = 0
    /// Requests that arrived at services.
    public var requestedCount = 0.0
    /// Requests that replicas were there for.
    public var servedCount = 0.0
    /// Decisions that the strategy was asked for.
    public var decisionCount = 0
    /// Fraction of the devices in use over time.
    public var utilisation = Timeline()
    /// Who ran where, as far as the limit on spans goes.
    public var spans: [GanttSpan] = []

    /// US dollars for all devices in use.
    public var dollars: Double { pools.reduce(0) { $0 + $1.dollars } }
    /// Energy of all devices in use, in joules.
    public var joules: Double { pools.reduce(0) { $0 + $1.joules } }
    /// Device-seconds used over device-seconds present, 0...1.
    public var meanUtilisation: Double {
        let present = pools.reduce(0) { $0 + $1.presentDeviceSeconds }
        return present > 0 ? pools.reduce(0) { $0 + $1.usedDeviceSeconds } / present : 0
    }
    /// Device-seconds that were idle for being too few together, over those present, 0...1.
    public var meanFragmentation: Double {
        let present = pools.reduce(0) { $0 + $1.presentDeviceSeconds }
        return present > 0 ? pools.reduce(0) { $0 + $1.fragmentedDeviceSeconds } / present : 0
    }
    /// Work kept, in device-seconds of the fastest options, over device-seconds present.
    public var goodput: Double {
        let present = pools.reduce(0) { $0 + $1.presentDeviceSeconds }
        return present > 0 ? doneDeviceSeconds / present : 0
    }
    /// Fraction of requests that replicas were there for, nil where nothing is served.
    public var serviceLevel: Double? { requestedCount > 0 ? servedCount / requestedCount : nil }
}
