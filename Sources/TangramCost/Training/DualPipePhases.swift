public import TangramUnits

/// What an average rank does in one step of a bidirectional pipeline, phase by phase, as
/// DeepSeek-V3's developers measured it (arXiv 2505.09343, Table 4).
///
/// The counts are those of the published schedule, averaged over the ranks of a pipeline of p stages
/// and m micro-batches: (5p/2 − 1)/2 forward passes alone (1F) and as many backward passes (1B), of
/// which (3p/2 − 1)/2 postpone their weight gradients (1W); the other micro-batches run forward
/// beside a backward pass of the other direction (1F1B).
public struct DualPipePhases: Hashable, Sendable {
    /// Forward passes alone (1F).
    public var forward: Seconds
    /// Backward passes alone (1B), without weight gradients that are postponed.
    public var backward: Seconds
    /// Postponed weight gradients (1W).
    public var weight: Seconds
    /// Forward beside backward passes (1F1B).
    public var both: Seconds
    /// Waiting.
    public var bubble: Seconds
    /// What data parallelism leaves exposed, and the update of weights.
    public var optimizer: Seconds

    /// The phases by their published names, in that order.
    public var named: [(name: String, time: Seconds)] {
        [
            ("1F", forward), ("bubble", bubble), ("1B", backward), ("1W", weight), ("1F1B", both),
            ("opt", optimizer),
        ]
    }

    /// Creates phases.
    public init(
        forward: Seconds, backward: Seconds, weight: Seconds, both: Seconds, bubble: Seconds,
        optimizer: Seconds
    ) {
        self.forward = forward
        self.backward = backward
        self.weight = weight
        self.both = both
        self.bubble = bubble
        self.optimizer = optimizer
    }
}
