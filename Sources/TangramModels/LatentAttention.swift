/// Multi-head latent attention (arXiv 2405.04434): keys and values are cached as one compressed
/// vector a token, and expanded, or absorbed into the query and output, when read.
public struct LatentAttention: Hashable, Sendable {
    /// Which of two equal computations is carried out.
    public enum Form: String, Hashable, Sendable {
        /// Keys and values are expanded for every head: cheaper where many queries share a context.
        case expanded
        /// Heads attend to the latent itself: cheaper when decoding.
        case absorbed
    }

    /// Query heads.
    public var headCount: Int
    /// The width of the compressed query; nil where queries come straight from the hidden state.
    public var queryRank: Int?
    /// The width of the cached latent, without its rotary part.
    public var keyValueRank: Int
    /// The part of a query or key head without rotary positions.
    public var nopeDimension: Int
    /// The part with rotary positions, shared by all heads of the key and cached once.
    public var ropeDimension: Int
    /// The width of a value head.
    public var valueDimension: Int
    /// Whether the projections from the hidden state and the output have biases.
    public var hasBias: Bool
    /// The scorer of sparse attention; nil where all tokens are read.
    public var indexer: SparseIndexer?

    /// Creates an attention.
    public init(
        headCount: Int, queryRank: Int?, keyValueRank: Int, nopeDimension: Int, ropeDimension: Int,
        valueDimension: Int, hasBias: Bool = false, indexer: SparseIndexer? = nil
    ) {
        self.headCount = headCount
        self.queryRank = queryRank
        self.keyValueRank = keyValueRank
        self.nopeDimension = nopeDimension
        self.ropeDimension = ropeDimension
        self.valueDimension = valueDimension
        self.hasBias = hasBias
        self.indexer = indexer
    }

    /// The width of a query or key head.
    public var queryKeyDimension: Int { nopeDimension + ropeDimension }
    /// Values cached for a token in a layer, whatever the number of heads.
    public var cachedWidth: Int { keyValueRank + ropeDimension }

    func matrices(hiddenSize: Int) -> [WeightMatrix] {
        let queries = headCount * queryKeyDimension
        var result: [WeightMatrix] = []
        if let queryRank {
            result.append(
                WeightMatrix(.queryDown, from: hiddenSize, to: queryRank, hasBias: hasBias))
            result.append(WeightMatrix(.queryUp, from: queryRank, to: queries))
        } else {
            result.append(WeightMatrix(.query, from: hiddenSize, to: queries))
        }
        return result + [
            WeightMatrix(.latentDown, from: hiddenSize, to: cachedWidth, hasBias: hasBias),
            WeightMatrix(
                .latentUp, from: keyValueRank, to: headCount * (nopeDimension + valueDimension)),
            WeightMatrix(
                .output, from: headCount * valueDimension, to: hiddenSize, hasBias: hasBias),
        ]
    }

    func indexerMatrices(hiddenSize: Int) -> [WeightMatrix] {
        guard let indexer else { return [] }
        return [
            WeightMatrix(
                .indexerQuery, from: queryRank ?? hiddenSize,
                to: indexer.headCount * indexer.headDimension),
            WeightMatrix(.indexerKey, from: hiddenSize, to: indexer.headDimension),
            WeightMatrix(.indexerWeight, from: hiddenSize, to: indexer.headCount),
        ]
    }

    /// The LayerNorm of the indexer's key: weight and bias.
    var indexerVectorCount: Int { indexer.map { 2 * $0.headDimension } ?? 0 }

    var normParameterCount: Int { (queryRank ?? 0) + keyValueRank }
}
