import TangramCost
public import TangramModels
public import TangramUnits

/// How much memory a model's weights and caches take, for a context and a number of sequences.
public struct ModelMemory: Sendable {
    /// The model.
    public let model: TransformerModel
    /// Tokens of one sequence.
    public let context: Int
    /// Sequences cached at the same time.
    public let batch: Int
    /// How routed experts are stored.
    public let expertFormat: NumberFormat
    /// How other matrices are stored; embedding, head, norms and routers have at least 16 bits.
    public let weightFormat: NumberFormat
    /// How keys and values are stored.
    public let keyValueFormat: NumberFormat

    /// Counts `model`.
    ///
    /// - Parameter weightFormat: How weights are stored; nil for the checkpoint's own formats.
    public init(
        _ model: TransformerModel, context: Int, batch: Int, weightFormat: NumberFormat? = nil,
        keyValueFormat: NumberFormat = .bf16
    ) {
        self.model = model
        self.context = max(1, context)
        self.batch = max(1, batch)
        let dense = weightFormat ?? model.checkpointFormat ?? .bf16
        self.weightFormat = dense
        expertFormat = weightFormat ?? model.expertCheckpointFormat ?? dense
        self.keyValueFormat = keyValueFormat
    }

    /// The bytes of `counts`: embedding, head, norms, routers and hyper-connections stay at 16 bits
    /// or more, as checkpoints and engines keep them. Scales of narrow formats are counted.
    func bytes(_ counts: ParameterCounts) -> Bytes {
        let wide = max(2, weightFormat.storedBytes)
        let kept =
            Double(counts.embedding) + Double(counts.head) + Double(counts.norms)
            + Double(counts.router) + Double(counts.other)
        let dense =
            Double(counts.attention) + Double(counts.indexer) + Double(counts.denseFeedForward)
            + Double(counts.sharedExperts)
        return Bytes(
            rounding: kept * wide + dense * weightFormat.storedBytes
                + Double(counts.routedExperts) * expertFormat.storedExpertBytes(of: model))
    }

    /// All weights, without multi-token prediction.
    public var weights: Bytes { bytes(model.parameters) }
    /// Weights that one token passes through, without the input embedding.
    public var activeWeights: Bytes {
        var counts = model.activeParameters
        if !model.hasTiedEmbeddings { counts.embedding = 0 }
        return bytes(counts)
    }
    /// Keys and values of one token, while no window is full.
    public var keyValueBytesPerToken: Double {
        model.keyValueBytesPerToken(format: keyValueFormat)
    }
    /// Keys, values and indexer keys of one sequence.
    public var cachePerSequence: Bytes {
        model.cacheBytes(context: context, format: keyValueFormat)
    }
    /// The caches of all sequences.
    public var cache: Bytes { cachePerSequence * batch }
    /// Weights and caches, without activations and workspaces.
    public var total: Bytes { weights + cache }
    /// This shape against plainer ones.
    public var comparison: ShapeComparison {
        model.whatIf(sequenceLength: context, format: keyValueFormat)
    }
}
