/// A job of a trace: so much work, to be done in one of several ways.
public struct SimulatedJob: Hashable, Sendable {
    /// The name.
    public var id: String
    /// When it arrives, in seconds from the start.
    public var arrivalSeconds: Double
    /// How much there is to do, in the unit that rates are per second of. A service has none.
    public var work: Double
    /// Ways to run it.
    public let options: [RunOption]
    /// How much it counts against others; above 0.
    public var weight: Double
    /// When it must be done, in seconds from the start.
    public var deadlineSeconds: Double?
    /// What must be saved to stop it and loaded to go on: weights and optimizer state, in bytes.
    public var checkpointBytes: Double
    /// Time between checkpoints while it runs; a failure loses what was done since the last.
    public var checkpointIntervalSeconds: Double
    /// The traffic, where it is a service that runs until ``endSeconds``.
    public var load: ServiceLoad?
    /// When a service is turned off.
    public var endSeconds: Double?
    /// For each pool that it can run on, the option of the best rate per device: what strategies
    /// that do not resize jobs choose from.
    public let rigidOptions: [Int]
    /// The same for each set of several pools that it can run on at once.
    public let jointOptions: [Int]
    /// Both.
    let placeableOptions: [Int]

    /// Creates a job.
    public init(
        id: String, arrivalSeconds: Double, work: Double, options: [RunOption], weight: Double = 1,
        deadlineSeconds: Double? = nil, checkpointBytes: Double = 0,
        checkpointIntervalSeconds: Double = 3_600, load: ServiceLoad? = nil,
        endSeconds: Double? = nil
    ) {
        self.id = id
        self.arrivalSeconds = arrivalSeconds
        self.work = work
        self.options = options
        self.weight = weight
        self.deadlineSeconds = deadlineSeconds
        self.checkpointBytes = checkpointBytes
        self.checkpointIntervalSeconds = checkpointIntervalSeconds
        self.load = load
        self.endSeconds = endSeconds
        rigidOptions = Self.best(options) { $0.others.isEmpty }
        jointOptions = Self.best(options) { !$0.others.isEmpty }
        placeableOptions = rigidOptions + jointOptions
    }

    /// The option of the best rate per device for each set of pools.
    private static func best(
        _ options: [RunOption], where isMeant: (RunOption) -> Bool
    ) -> [Int] {
        var best: [[Int]: Int] = [:]
        for (index, option) in options.enumerated() where option.rate > 0 && isMeant(option) {
            let pools = ([option.pool] + option.others.map(\.pool)).sorted()
            guard let other = best[pools] else {
                best[pools] = index
                continue
            }
            let rival = options[other]
            let isBetter =
                option.rate * Double(rival.totalDeviceCount)
                > rival.rate * Double(option.totalDeviceCount)
            if isBetter { best[pools] = index }
        }
        return best.values.sorted()
    }

    /// The highest rate of any option.
    public var fastestRate: Double { options.reduce(0) { max($0, $1.rate) } }
}

/// Traffic of a service over the day: mean × (1 + swing × cos(2π (t − peak) / day)).
public struct ServiceLoad: Hashable, Sendable {
    /// Mean requests per second.
    public var meanRate: Double
    /// How far the load swings about the mean, 0...1.
    public var swing: Double
    /// When the load is highest, in seconds from the start.
    public var peakSeconds: Double
    /// Load that replicas are provided for, over the load at the time.
    public var headroom: Double

    /// Creates a load.
    public init(
        meanRate: Double, swing: Double = 0, peakSeconds: Double = 43_200, headroom: Double = 1.1
    ) {
        self.meanRate = meanRate
        self.swing = swing
        self.peakSeconds = peakSeconds
        self.headroom = headroom
    }

    /// How often replicas are scaled, in seconds: a compromise between a load that moves by hours
    /// and replicas that take minutes to load.
    public static let scalingSeconds = 900.0
}
