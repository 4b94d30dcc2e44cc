public import TangramUnits

/// What a training job does on accelerators that do not match.
public struct UnlikeEstimate: Hashable, Sendable {
    /// One stage of one kind of replica.
    public struct Stage: Hashable, Sendable {
        /// The stage.
        public var stage: UnlikeLayout.Stage
        /// Forward and backward pass of one micro-batch.
        public var time: Seconds
        /// Sending a micro-batch on to the next stage and its gradient back; zero for the last.
        public var transfer: Seconds
        /// Whether that passes the hosts' memory.
        public var isStaged: Bool
        /// Memory of a device.
        public var memory: MemoryBreakdown
    }

    /// The layout.
    public var layout: UnlikeLayout
    /// Time of one optimizer step: the slowest replica, gradients, and the optimizer.
    public var stepTime: Seconds
    /// Tokens trained per second.
    public var throughput: TokenRate
    /// Time of each kind of replica until its last backward pass.
    public var pipelineTimes: [Seconds]
    /// Gradients and weights over replicas.
    public var dataParallelTime: Seconds
    /// The optimizer step.
    public var optimizerTime: Seconds
    /// The stages of each kind of replica.
    public var stages: [[Stage]]
    /// One-sided relative uncertainty: that of the least known accelerator.
    public var relativeUncertainty: Double

    /// Whether every stage fits.
    public var fits: Bool { stages.allSatisfy { $0.allSatisfy { $0.memory.shortfall == .zero } } }
}
