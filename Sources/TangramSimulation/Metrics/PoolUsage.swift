/// What became of the devices of one pool.
public struct PoolUsage: Hashable, Sendable {
    /// The pool.
    public var name: String
    /// Device-seconds that were there.
    public var presentDeviceSeconds = 0.0
    /// Device-seconds that jobs held.
    public var usedDeviceSeconds = 0.0
    /// Device-seconds that no job held while jobs waited that could run on this pool but were too
    /// large for what was free.
    public var fragmentedDeviceSeconds = 0.0
    /// What the used ones cost, in US dollars.
    public var dollars = 0.0
    /// What the used ones drew, in joules.
    public var joules = 0.0

    /// Used over present, 0...1.
    public var utilisation: Double {
        presentDeviceSeconds > 0 ? usedDeviceSeconds / presentDeviceSeconds : 0
    }
    /// Fragmented over present, 0...1.
    public var fragmentation: Double {
        presentDeviceSeconds > 0 ? fragmentedDeviceSeconds / presentDeviceSeconds : 0
    }
}
