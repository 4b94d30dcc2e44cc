/// How the models of one Hugging Face `model_type` follow from their configuration.
///
/// The differences between families are data, so that one decoder reads all of them.
struct ModelFamily: Sendable {
    enum AttentionKind: Sendable {
        case grouped
        case latent
        case compressed
        /// As a pattern of letters says: state-space layers, attention, feed-forward blocks.
        case hybrid
    }

    /// When something is there.
    enum Rule: Sendable {
        case never
        case always
        /// Where this key is true.
        case key(String)
    }

    enum NormRule: Sendable {
        case none
        case perHead
        /// Where `use_qk_norm` is true, of the kind that `qk_norm_type` names or of this one.
        case key(default: GroupedQueryAttention.QueryKeyNorm)
    }

    /// Which layers have a window, where no `layer_types` says it.
    enum WindowRule: Sendable {
        case none
        /// All, where `sliding_window` is there.
        case all
        /// Those from `max_window_layers`, where `use_sliding_window` is true.
        case upper
        /// Every other one from the first.
        case alternating
        /// Those with rotary positions, in chunks of `attention_chunk_size`.
        case chunked
    }

    /// The `model_type`.
    var modelType: String
    /// Other values of `model_type` of the same shape.
    var otherTypes: [String] = []
    /// The classes that `architectures` names.
    var architectures: [String]
    var attention = AttentionKind.grouped
    var queryKeyValueBias = Rule.never
    var outputBias = Rule.never
    var feedForwardBias = Rule.never
    var queryKeyNorm = NormRule.none
    var hasSinks = false
    var window = WindowRule.none
    /// Experts; nil where the family is dense.
    var experts: ExpertRule?
    /// Whether layers norm with weight and bias.
    var hasLayerNorm = false
    /// Whether feed-forward blocks are gated.
    var isGated = true
    /// Whether positions are learned.
    var hasLearnedPositions = false
    /// Whether head and embedding are one where the configuration does not say.
    var tiesByDefault = false
    /// Whether `intermediate_size` may be absent, and is four times the hidden size then.
    var hasDefaultWidth = false
    /// How this family spells a key of the others.
    var spelling: [String: String] = [:]
}
