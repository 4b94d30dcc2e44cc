/// How long one operator takes on one accelerator, as a curve with few parameters that was fitted
/// to measurements; the forms are in docs/cost-model.md.
public struct OperatorCurve: Hashable, Sendable {
    /// What is computed or sent; each has a form of its own.
    public enum Operator: String, CaseIterable, Hashable, Sendable {
        /// A dense matrix multiplication.
        case matrix = "gemm"
        /// The routed experts of one layer on one rank.
        case experts = "moe"
        /// Attention over new tokens, causal.
        case attentionPrefill = "attention-prefill"
        /// Attention of one new token a sequence over its cache.
        case attentionDecode = "attention-decode"
        /// Latent attention over new tokens, keys and values expanded.
        case latentPrefill = "mla-prefill"
        /// Latent attention of one new token a sequence, absorbed.
        case latentDecode = "mla-decode"
        /// NCCL's all-gather.
        case allGather = "all-gather"
        /// NCCL's all-reduce.
        case allReduce = "all-reduce"
        /// The faster of NCCL's all-reduce and a serving engine's own.
        case engineAllReduce = "all-reduce-engine"
        /// NCCL's all-to-all.
        case allToAll = "all-to-all"
        /// NCCL's reduce-scatter.
        case reduceScatter = "reduce-scatter"
        /// Tokens sent to their experts.
        case expertDispatch = "ep-dispatch"
        /// What experts made of them sent back.
        case expertCombine = "ep-combine"
    }

    /// A number of a curve's form.
    public enum Parameter: String, CaseIterable, Hashable, Sendable {
        /// Fixed cost, µs.
        case launch = "launch-us"
        /// Fraction of the dense peak that large shapes reach.
        case compute
        /// Fraction of memory bandwidth that large shapes reach.
        case memory
        /// Inner dimension at which the fill of the pipeline costs as much as the work.
        case innerRamp = "k-ramp"
        /// Share of the padding of tiles and waves that is paid, 0...1.
        case wave
        /// Gain of bandwidth, less one, where the operands stay in the cache. Weights of a model
        /// do not; it describes the measurements.
        case cache
        /// Part of the last cache in which operands stay; it describes the measurements.
        case cacheShare = "cache-share"
        /// Time of one element of the inner dimension, or of one token of context, in the loop of one
        /// tile, ns: no kernel is shorter than its own tiles.
        case depth = "depth-ns"
        /// Passes over the activations that rounding them costs, each 3 B an element.
        case cast
        /// Cost of one more expert that any token visits, µs.
        case expert = "expert-us"
        /// Rows an expert needs to reach half of its rate.
        case rowRamp = "row-ramp"
        /// Passes over what this rank's experts read and write.
        case near
        /// Passes over what all tokens send.
        case far
        /// Tokens of context at which half of the rate is reached.
        case lengthRamp = "length-ramp"
        /// Tiles of work at which half of the rate is reached.
        case tileRamp = "tile-ramp"
        /// Heads at which half of the compute rate is reached.
        case headRamp = "head-ramp"
        /// Cost of joining a context that was divided over multiprocessors, µs.
        case split = "split-us"
        /// Cost of cutting a context of 1,024 tokens over multiprocessors, µs; it grows with the root
        /// of the context.
        case length = "length-us"
        /// Extra time of messages beyond the knee, µs.
        case ramp = "ramp-us"
        /// Size at which half of the extra time is paid, MB.
        case knee = "knee-mb"
        /// Fraction of the link's bandwidth that the bus bandwidth of large messages reaches.
        case bus
        /// Tokens that take as long as filling and draining the kernel of an exchange does.
        case rows
        /// Copies of a token that take as long as what it costs on its own rank.
        case ownCopies = "own"
        /// Content that takes as long as what a copy of a token costs beside its content, kB.
        case header = "head-kb"
        /// Exponent p of (aᵖ + bᵖ)^(1/p), which joins the times of compute and memory.
        case power
    }

    /// What it describes.
    public var operation: Operator
    /// The accelerator it was measured on, by catalogue name.
    public var acceleratorID: String
    /// That accelerator's architecture.
    public var architecture: String
    /// The format, the KV cache's format, or ranks: "fp8-block", "bf16, kv fp8", "8 ranks".
    public var condition: String
    /// Multiprocessors of that accelerator, over which tiles of a multiplication go in waves.
    public var multiprocessorCount: Int?
    /// The numbers of its form; a form without one of them does without that term.
    public var parameters: [Parameter: Double]
    /// The library whose kernel was measured.
    public var kernel: String
    /// Points it was fitted to.
    public var fittedCount: Int
    /// Points it was judged on; none of them was fitted to.
    public var heldOutCount: Int
    /// Median of |predicted ÷ measured − 1| over the points it was judged on.
    public var medianError: Double
    /// The error that nine in ten of those points stay within.
    public var ninetiethError: Double
    /// What it would have been off by on this accelerator, median and 90th percentile, had only its
    /// nearest relative been measured; nil where that was not measured either.
    public var leftOut: LeftOut?
    /// A source that contradicts these measurements, so that predictions leave the curve out; nil
    /// where none is known.
    public var disputedBy: String?

    /// The error of a relative's curve on this accelerator.
    public struct LeftOut: Hashable, Sendable {
        /// The relative, by catalogue name.
        public var acceleratorID: String
        /// Median of |predicted ÷ measured − 1|.
        public var medianError: Double
        /// The error that nine in ten points stay within.
        public var ninetiethError: Double
    }

    /// The value of a parameter, 0 where its form does without.
    public subscript(_ parameter: Parameter) -> Double { parameters[parameter] ?? 0 }
}
