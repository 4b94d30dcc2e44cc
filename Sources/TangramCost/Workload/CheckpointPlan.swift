public import TangramUnits

/// How often training writes its state, and how fast.
public struct CheckpointPlan: Hashable, Sendable {
    /// Time between checkpoints.
    public var interval: Seconds
    /// Bandwidth to storage of all nodes together.
    public var bandwidth: Bandwidth
    /// Whether training goes on while a copy in the hosts' memory is written.
    public var isAsynchronous: Bool

    /// Creates a plan.
    public init(interval: Seconds, bandwidth: Bandwidth, isAsynchronous: Bool = false) {
        self.interval = interval
        self.bandwidth = bandwidth
        self.isAsynchronous = isAsynchronous
    }

    /// Bytes of a checkpoint: weights of 16 bits, master weights and two moments of 32 bits for what
    /// is trained.
    static func bytes(trained: Double, all: Double) -> Double {
        MixedPrecision.weight * all + MixedPrecision.optimizer(moments: .fp32) * trained
    }

    /// Part of the time that is left for training when `bytes` are written every interval over hosts'
    /// links of `hostRate` bytes per second together.
    func trainingShare(bytes: Double, hostRate: Double) -> Double {
        let rate = isAsynchronous ? hostRate : min(hostRate, bandwidth.value)
        let stall = bytes / max(rate, 1)
        let interval = max(interval.value, 1e-9)
        return interval / (interval + stall)
    }
}
