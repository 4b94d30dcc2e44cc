/// Devices of one pool.
public struct PoolShare: Hashable, Sendable {
    /// The pool, by index.
    public var pool: Int
    /// How many devices.
    public var deviceCount: Int
    /// Devices that must lie together: on one node, or on whole nodes of one scale-up domain.
    public var unit: Int

    /// Creates a share; all of it lies together where no unit is given.
    public init(pool: Int, deviceCount: Int, unit: Int? = nil) {
        self.pool = pool
        self.deviceCount = deviceCount
        self.unit = unit ?? deviceCount
    }
}

/// One way to run a job: so many devices of one pool, or of several at once, at a rate.
public struct RunOption: Hashable, Sendable {
    /// The pool, by index; of several the first.
    public var pool: Int
    /// Devices of that pool that it takes.
    public var deviceCount: Int
    /// Work per second: steps, tokens, or requests of a service.
    public var rate: Double
    /// Devices that must lie together, on one node or on whole nodes of one scale-up domain: one
    /// replica of a service, else as a rule all.
    public var unit: Int
    /// What it takes of further pools at the same time.
    public var others: [PoolShare]

    /// Creates an option; all devices lie together where no unit is given.
    public init(
        pool: Int, deviceCount: Int, rate: Double, unit: Int? = nil, others: [PoolShare] = []
    ) {
        self.pool = pool
        self.deviceCount = deviceCount
        self.rate = rate
        self.unit = unit ?? deviceCount
        self.others = others
    }

    /// Devices of all pools.
    public var totalDeviceCount: Int { others.reduce(deviceCount) { $0 + $1.deviceCount } }

    /// What it takes of its first pool.
    var own: PoolShare { PoolShare(pool: pool, deviceCount: deviceCount, unit: unit) }

    /// What it takes of each pool.
    public var shares: [PoolShare] { [own] + others }

    /// Whether it takes anything of a pool.
    public func uses(pool other: Int) -> Bool {
        pool == other || others.contains { $0.pool == other }
    }

    /// Adds its devices, so many times, to counts of each pool.
    func add(_ times: Int, to counts: inout [Int]) {
        counts[pool] += times * deviceCount
        for share in others { counts[share.pool] += times * share.deviceCount }
    }

    /// Whether there are as many devices of each pool.
    func fits(_ counts: [Int]) -> Bool {
        deviceCount <= counts[pool] && others.allSatisfy { $0.deviceCount <= counts[$0.pool] }
    }
}
