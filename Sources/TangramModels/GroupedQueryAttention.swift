/// Attention with one key and one value head for each group of query heads (arXiv 2305.13245).
///
/// As many key-value heads as query heads are multi-head attention, one is multi-query attention.
public struct GroupedQueryAttention: Hashable, Sendable {
    /// How queries and keys are normalised before they meet.
    public enum QueryKeyNorm: String, Hashable, Sendable {
        /// Not at all, or by a norm without weights.
        case none
        /// One weight per channel of a head, shared by the heads: two vectors of a head's width.
        case perHead
        /// One weight per channel of every head.
        case perLayer
    }

    /// Query heads.
    public var headCount: Int
    /// Key heads, and as many value heads.
    public var keyValueHeadCount: Int
    /// The width of a head.
    public var headDimension: Int
    /// How many tokens back a token sees; nil where it sees the whole context.
    public var window: Int?
    /// Whether the window is a fixed chunk of the sequence (Llama 4) instead of sliding with the
    /// token.
    public var isChunked: Bool
    /// Whether query, key and value have biases.
    public var hasQueryKeyValueBias: Bool
    /// Whether the output projection has a bias.
    public var hasOutputBias: Bool
    /// The norm of queries and keys.
    public var queryKeyNorm: QueryKeyNorm
    /// Whether each head has a learned sink in its softmax (gpt-oss).
    public var hasSinks: Bool

    /// Creates an attention; everything beyond the three sizes is off unless said.
    public init(
        headCount: Int, keyValueHeadCount: Int, headDimension: Int, window: Int? = nil,
        isChunked: Bool = false, hasQueryKeyValueBias: Bool = false, hasOutputBias: Bool = false,
        queryKeyNorm: QueryKeyNorm = .none, hasSinks: Bool = false
    ) {
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headDimension = headDimension
        self.window = window
        self.isChunked = isChunked
        self.hasQueryKeyValueBias = hasQueryKeyValueBias
        self.hasOutputBias = hasOutputBias
        self.queryKeyNorm = queryKeyNorm
        self.hasSinks = hasSinks
    }

    func matrices(hiddenSize: Int) -> [WeightMatrix] {
        let heads = headCount * headDimension
        let keys = keyValueHeadCount * headDimension
        let bias = hasQueryKeyValueBias
        return [
            WeightMatrix(.query, from: hiddenSize, to: heads, hasBias: bias),
            WeightMatrix(.key, from: hiddenSize, to: keys, hasBias: bias),
            WeightMatrix(.value, from: hiddenSize, to: keys, hasBias: bias),
            WeightMatrix(.output, from: heads, to: hiddenSize, hasBias: hasOutputBias),
        ]
    }

    var normParameterCount: Int {
        switch queryKeyNorm {
        case .none: 0
        case .perHead: 2 * headDimension
        case .perLayer: (headCount + keyValueHeadCount) * headDimension
        }
    }
}
