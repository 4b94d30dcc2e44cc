/// DeepSeek-V4's attention: one key-value head whose entries stand for several tokens each, plus a
/// window of the latest tokens.
///
/// Key and value are the same vector. A ratio of 4 with an indexer is compressed sparse attention,
/// 128 heavily compressed attention, 0 the window alone.
public struct CompressedAttention: Hashable, Sendable {
    /// Query heads.
    public var headCount: Int
    /// The width of a head, and of a cached entry.
    public var headDimension: Int
    /// The width of the compressed query.
    public var queryRank: Int
    /// Groups of heads with an output projection of their own.
    public var outputGroupCount: Int
    /// The width of each group's low-rank output.
    public var outputRank: Int
    /// Latest tokens read uncompressed.
    public var window: Int
    /// Tokens per cached entry; 0 where only the window is read.
    public var ratio: Int
    /// Whether neighbouring entries overlap, which doubles the compressor (ratio 4).
    public var isOverlapping: Bool
    /// The scorer that picks entries; nil where all are read.
    public var indexer: SparseIndexer?

    /// Creates an attention.
    public init(
        headCount: Int, headDimension: Int, queryRank: Int, outputGroupCount: Int, outputRank: Int,
        window: Int, ratio: Int, isOverlapping: Bool, indexer: SparseIndexer?
    ) {
        self.headCount = headCount
        self.headDimension = headDimension
        self.queryRank = queryRank
        self.outputGroupCount = outputGroupCount
        self.outputRank = outputRank
        self.window = window
        self.ratio = ratio
        self.isOverlapping = isOverlapping
        self.indexer = indexer
    }

    func matrices(hiddenSize: Int) -> [WeightMatrix] {
        let heads = headCount * headDimension
        return [
            WeightMatrix(.queryDown, from: hiddenSize, to: queryRank),
            WeightMatrix(.queryUp, from: queryRank, to: heads),
            WeightMatrix(.latentDown, from: hiddenSize, to: headDimension),
            WeightMatrix(
                .outputDown, from: heads / outputGroupCount, to: outputRank,
                copyCount: outputGroupCount),
            WeightMatrix(.output, from: outputGroupCount * outputRank, to: hiddenSize),
        ] + compressor(width: headDimension, hiddenSize: hiddenSize)
    }

    func indexerMatrices(hiddenSize: Int) -> [WeightMatrix] {
        guard let indexer else { return [] }
        return [
            WeightMatrix(
                .indexerQuery, from: queryRank, to: indexer.headCount * indexer.headDimension),
            WeightMatrix(.indexerWeight, from: hiddenSize, to: indexer.headCount),
        ] + compressor(width: indexer.headDimension, hiddenSize: hiddenSize)
    }

    private func compressor(width: Int, hiddenSize: Int) -> [WeightMatrix] {
        guard ratio > 0 else { return [] }
        return [
            WeightMatrix(.compressor, from: hiddenSize, to: width * overlap),
            WeightMatrix(.compressorGate, from: hiddenSize, to: width * overlap),
        ]
    }

    private var overlap: Int { isOverlapping ? 2 : 1 }

    /// Sinks, and the positions within a compressed entry.
    var vectorCount: Int { headCount + ratio * overlap * headDimension }

    /// Positions and norm of the indexer's compressor.
    var indexerVectorCount: Int {
        indexer.map { ratio * overlap * $0.headDimension + $0.headDimension } ?? 0
    }

    /// Norms of the compressed query, of the latent and of compressed entries.
    var normParameterCount: Int { queryRank + headDimension + (ratio > 0 ? headDimension : 0) }
}
