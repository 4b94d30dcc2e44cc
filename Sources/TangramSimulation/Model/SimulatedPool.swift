/// Like devices that are counted together, as the simulator sees a pool.
public struct SimulatedPool: Hashable, Sendable {
    /// The name.
    public var name: String
    /// How many devices there are when all nodes are up.
    public var deviceCount: Int
    /// Devices of a node: jobs are packed into nodes, and these are lost together when one fails.
    public var devicesPerNode: Int
    /// Nodes of one scale-up domain; a block of devices that fits one is not laid across two.
    public var nodesPerDomain: Int
    /// What one device costs for one hour in use, in US dollars.
    public var dollarsPerDeviceHour: Double
    /// What one device draws in use.
    public var wattsPerDevice: Double
    /// Mean time from one failure of a node to its next, in hours; nil where nodes do not fail.
    /// Salvaged cards have a shorter one.
    public var meanHoursBetweenFailures: Double?
    /// Mean time that a failed node is out, in hours.
    public var meanHoursToRepair: Double
    /// Mean time from one spell of slowness of a node to its next, in hours; nil where there are none.
    public var meanHoursBetweenStragglers: Double?
    /// Mean length of a spell, in hours.
    public var meanStragglerHours: Double
    /// Speed of a job that holds a slow node, over its own.
    public var stragglerSpeed: Double
    /// Speed at which checkpoints are saved and loaded, in bytes per second.
    public var storageBytesPerSecond: Double

    /// Creates a pool; counts are at least 0, and a node has at least one device.
    public init(
        name: String, deviceCount: Int, devicesPerNode: Int = 1, nodesPerDomain: Int = 1,
        dollarsPerDeviceHour: Double = 0,
        wattsPerDevice: Double = 0, meanHoursBetweenFailures: Double? = nil,
        meanHoursToRepair: Double = 4, meanHoursBetweenStragglers: Double? = nil,
        meanStragglerHours: Double = 1, stragglerSpeed: Double = 1,
        storageBytesPerSecond: Double = .infinity
    ) {
        self.name = name
        self.deviceCount = max(0, deviceCount)
        self.devicesPerNode = max(1, devicesPerNode)
        self.nodesPerDomain = max(1, nodesPerDomain)
        self.dollarsPerDeviceHour = dollarsPerDeviceHour
        self.wattsPerDevice = wattsPerDevice
        self.meanHoursBetweenFailures = meanHoursBetweenFailures
        self.meanHoursToRepair = meanHoursToRepair
        self.meanHoursBetweenStragglers = meanHoursBetweenStragglers
        self.meanStragglerHours = meanStragglerHours
        self.stragglerSpeed = stragglerSpeed
        self.storageBytesPerSecond = storageBytesPerSecond
    }
}

/// Something that is known beforehand to happen to a pool.
public struct PoolEvent: Hashable, Sendable {
    /// What happens.
    public enum Change: Hashable, Sendable {
        /// So many devices more or, where negative, fewer: maintenance, growth, the end of a
        /// licence.
        case devices(Int)
        /// A device costs this from now on, in US dollars per hour.
        case dollarsPerDeviceHour(Double)
        /// Devices run at this speed from now on, 1 being as rated: stragglers, throttling.
        case speed(Double)
    }

    /// When, in seconds from the start.
    public var seconds: Double
    /// The pool, by index.
    public var pool: Int
    /// What happens.
    public var change: Change

    /// Creates an event.
    public init(seconds: Double, pool: Int, change: Change) {
        self.seconds = seconds
        self.pool = pool
        self.change = change
    }

    /// Both ends of a maintenance window.
    public static func maintenance(
        pool: Int, devices: Int, from start: Double, until end: Double
    ) -> [PoolEvent] {
        [
            PoolEvent(seconds: start, pool: pool, change: .devices(-devices)),
            PoolEvent(seconds: end, pool: pool, change: .devices(devices)),
        ]
    }
}
