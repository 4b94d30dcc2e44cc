/// Seconds of one step of a replica by cause.
struct TimeTerms: Sendable, Equatable {
    /// Matrix multiplications of attention, dense layers and head.
    var matrix = 0.0
    /// Matrix multiplications of routed experts.
    var experts = 0.0
    /// Attention cores.
    var attention = 0.0
    /// Norms, activations, casts, routing and other kernels bound by memory.
    var elementwise = 0.0
    /// All-gather or all-reduce of tensor parallelism.
    var tensorParallel = 0.0
    /// All-to-all of expert parallelism.
    var expertParallel = 0.0
    /// Sends between pipeline stages.
    var pipelineParallel = 0.0
    /// Exchange between ranks that share a sequence.
    var contextParallel = 0.0

    /// All of it.
    var total: Double {
        matrix + experts + attention + elementwise + tensorParallel + expertParallel
            + pipelineParallel + contextParallel
    }
}
