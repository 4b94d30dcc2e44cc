/// Layers of one shape.
public struct LayerGroup: Hashable, Sendable {
    /// How many layers have this shape.
    public var count: Int
    /// How they attend.
    public var attention: Attention
    /// Their feed-forward half.
    public var feedForward: FeedForward
    /// Norms over the hidden state: 2, or 4 where the outputs of both halves are normalised too
    /// (sandwich norm).
    public var normCount: Int
    /// Whether those norms have a bias (LayerNorm) besides the weight (RMSNorm).
    public var hasNormBias: Bool
    /// Hyper-connections around both halves; nil where the residual is plain.
    public var hyperConnections: HyperConnections?

    /// Creates a group.
    public init(
        count: Int, attention: Attention, feedForward: FeedForward, normCount: Int = 2,
        hasNormBias: Bool = false, hyperConnections: HyperConnections? = nil
    ) {
        self.count = count
        self.attention = attention
        self.feedForward = feedForward
        self.normCount = normCount
        self.hasNormBias = hasNormBias
        self.hyperConnections = hyperConnections
    }

    /// All weight matrices of one layer.
    public func matrices(hiddenSize: Int) -> [WeightMatrix] {
        attention.matrices(hiddenSize: hiddenSize)
            + attention.indexerMatrices(hiddenSize: hiddenSize)
            + feedForward.matrices(hiddenSize: hiddenSize)
    }
}
