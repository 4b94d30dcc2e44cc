/// How the experts of a family follow from its configuration.
struct ExpertRule: Sendable {
    /// Which layers have experts.
    enum Placement: Sendable {
        case everyLayer
        /// From `first_k_dense_replace`, every `moe_layer_freq`-th.
        case afterFirstDense
        /// Every `decoder_sparse_step`-th, except `mlp_only_layers`.
        case sparseStep
        /// `moe_layers`, or every `interleave_moe_layer_step`-th.
        case interleaved
    }

    /// Where the width of the shared experts comes from.
    enum Shared: Sendable {
        case none
        /// `n_shared_experts` times the width of a routed one; this many where it is absent.
        case count(default: Int)
        /// The value of this key.
        case width(key: String)
    }

    /// The key of the number of experts.
    var countKey: String
    /// Whether a configuration without that key is a dense model.
    var isOptional = false
    /// The key of an expert's width.
    var widthKey = "moe_intermediate_size"
    /// The key of the width of layers without experts.
    var denseWidthKey = "intermediate_size"
    var placement = Placement.everyLayer
    var shared = Shared.none
    var hasRouterBias = false
    var hasExpertBias = false
}
