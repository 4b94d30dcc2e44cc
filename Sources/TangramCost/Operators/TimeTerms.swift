/// Seconds by cause; the parts of a time that sum to it.
struct TimeTerms: Sendable, Equatable {
    /// Matrix multiplications of attention, dense layers and head.
    var matrix = 0.0
    /// Matrix multiplications of routed experts.
    var experts = 0.0
    /// Attention cores.
    var attention = 0.0
    /// Norms, activations, casts, routing and other kernels bound by memory.
    var elementwise = 0.0
    /// All-gather, reduce-scatter or all-reduce of tensor parallelism.
    var tensorParallel = 0.0
    /// Exchange of keys and values of context parallelism.
    var contextParallel = 0.0
    /// All-to-all of expert parallelism.
    var expertParallel = 0.0
    /// Sends between pipeline stages.
    var pipelineParallel = 0.0

    /// Everything that keeps the device's compute units or memory busy.
    var compute: Double { matrix + experts + attention + elementwise }
    /// Everything that waits for a link.
    var communication: Double {
        tensorParallel + contextParallel + expertParallel + pipelineParallel
    }
    /// All of it.
    var total: Double { compute + communication }

    static func + (left: TimeTerms, right: TimeTerms) -> TimeTerms {
        var sum = left
        sum.add(right, times: 1)
        return sum
    }

    /// Adds `other`, scaled.
    mutating func add(_ other: TimeTerms, times factor: Double) {
        matrix += other.matrix * factor
        experts += other.experts * factor
        attention += other.attention * factor
        elementwise += other.elementwise * factor
        tensorParallel += other.tensorParallel * factor
        contextParallel += other.contextParallel * factor
        expertParallel += other.expertParallel * factor
        pipelineParallel += other.pipelineParallel * factor
    }

    /// The terms scaled.
    func scaled(by factor: Double) -> TimeTerms {
        var result = TimeTerms()
        result.add(self, times: factor)
        return result
    }
}
