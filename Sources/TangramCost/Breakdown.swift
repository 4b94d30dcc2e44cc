public import TangramUnits

/// One part of a predicted time; the parts of a breakdown sum to its total.
public struct TimePart: Hashable, Sendable {
    /// What takes the time.
    public enum Cause: String, CaseIterable, Hashable, Sendable {
        /// The encoder of images.
        case encoder = "image encoder"
        /// Waiting for cache in the host's memory.
        case offload = "cache from host memory"
        /// Matrix multiplications of attention, dense layers and head.
        case matrixMultiply = "matrix multiply"
        /// Matrix multiplications of routed experts.
        case experts = "experts"
        /// Attention cores.
        case attention = "attention"
        /// Norms, activations, casts and other kernels bound by memory.
        case elementwise = "elementwise"
        /// Forward computation done again.
        case recompute = "recompute"
        /// Collectives of tensor parallelism.
        case tensorParallel = "tensor-parallel collectives"
        /// Exchange of context parallelism.
        case contextParallel = "context-parallel exchange"
        /// All-to-all of expert parallelism that computation does not hide.
        case expertParallel = "expert-parallel all-to-all"
        /// Sends between pipeline stages.
        case pipelineParallel = "pipeline sends"
        /// Gradient and weight collectives that computation does not hide.
        case dataParallel = "data-parallel collectives"
        /// Stages waiting for the pipeline to fill and drain, or for a slower stage.
        case bubble = "pipeline bubble"
        /// The optimizer step.
        case optimizer = "optimizer step"
        /// Waiting for the host to launch kernels.
        case host = "host launches"
        /// Decode steps of other requests that run in between.
        case interleaving = "interleaved prefill"
        /// Waiting for the prefill of requests that came before.
        case queueing = "queueing"
    }

    /// What takes the time.
    public var cause: Cause
    /// How long.
    public var time: Seconds

    /// Creates a part.
    public init(_ cause: Cause, _ time: Seconds) {
        self.cause = cause
        self.time = time
    }
}

/// What fills the memory of the fullest device; the parts sum to the total.
public struct MemoryBreakdown: Hashable, Sendable {
    /// Weights, with copies in other formats that computation needs.
    public var weights: Bytes
    /// Gradients.
    public var gradients: Bytes
    /// Optimizer states and master weights.
    public var optimizer: Bytes
    /// Activations kept for the backward pass, or of the running step in serving.
    public var activations: Bytes
    /// KV cache.
    public var keyValueCache: Bytes
    /// KV cache of this device in the host's memory, which ``total`` leaves out.
    public var hostCache: Bytes
    /// Communication buffers, library workspaces and the runtime's own memory.
    public var workspace: Bytes
    /// What the device offers after the allocator's reserve.
    public var available: Bytes

    /// Creates a breakdown; parts left out are empty.
    public init(
        weights: Bytes = .zero, gradients: Bytes = .zero, optimizer: Bytes = .zero,
        activations: Bytes = .zero, keyValueCache: Bytes = .zero, hostCache: Bytes = .zero,
        workspace: Bytes = .zero, available: Bytes
    ) {
        self.weights = weights
        self.gradients = gradients
        self.optimizer = optimizer
        self.activations = activations
        self.keyValueCache = keyValueCache
        self.hostCache = hostCache
        self.workspace = workspace
        self.available = available
    }

    /// The parts with their names, largest first.
    public var parts: [(name: String, bytes: Bytes)] {
        [
            ("weights", weights), ("gradients", gradients), ("optimizer states", optimizer),
            ("activations", activations), ("KV cache", keyValueCache), ("workspace", workspace),
        ].filter { $0.1 > .zero }.sorted { $0.1 > $1.1 }
    }

    /// All of it.
    public var total: Bytes {
        weights + gradients + optimizer + activations + keyValueCache + workspace
    }

    /// How much more is needed than there is; zero where it fits.
    public var shortfall: Bytes { max(.zero, total - available) }
}
