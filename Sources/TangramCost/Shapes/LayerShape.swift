/// What the cost model needs of one kind of layer: widths of its matrices, and what attention does
/// with each pair of a query and a key.
struct LayerShape: Sendable {
    /// How many layers of this kind there are.
    var count: Int
    /// Attention.
    var attention: AttentionShape
    /// The block after it.
    var feedForward: FeedForwardShape
}

/// A matrix that every token is multiplied with.
struct Projection: Sendable {
    /// For the breakdown.
    var label: String
    /// Width of what goes in.
    var input: Double
    /// Width of what comes out.
    var output: Double
    /// Whether tensor parallelism cuts it; low-rank compressions are kept whole on every rank.
    var isSharded: Bool

    /// Elements of the matrix.
    var weightCount: Double { input * output }
}

/// Attention as the cost model sees it.
struct AttentionShape: Sendable {
    /// Matrices applied to every token in both phases.
    var projections: [Projection]
    /// Matrices applied to every token in training and prefill only (MLA's up-projection of keys
    /// and values).
    var expansion: [Projection]
    /// Matrices applied in decode only (MLA's absorbed form), stored as part of `expansion`.
    var absorption: [Projection]
    /// Query heads.
    var headCount: Int
    /// FLOP for one query–key pair over all heads, prefill form: 2 × heads × (d_qk + d_v).
    var prefillPairFLOP: Double
    /// FLOP for one query and one cached entry over all heads, decode form.
    var decodePairFLOP: Double
    /// FLOP for one query–key pair of the indexer that picks keys (sparse attention), else 0.
    var indexerPairFLOP: Double
    /// Elements cached for one token.
    var cachedElementsPerToken: Double
    /// Elements the indexer caches for one token, 0 without an indexer.
    var indexerElementsPerToken: Double
    /// Over how many tensor-parallel ranks the cache can be cut; 1 where every rank keeps it all.
    var cacheShardLimit: Int
    /// Only this many latest tokens are attended to.
    var window: Int?
    /// Only this many keys are picked by the indexer.
    var selectedKeyLimit: Int?
    /// Tokens merged into one cached entry; 1 without compression.
    var compression: Double
    /// Width of queries, keys, values and output that training keeps for the backward pass.
    var keptWidth: Double
    /// The part of `keptWidth` that selective recomputation rebuilds from narrower tensors.
    var rebuiltWidth: Double

    /// Weights of the layer's attention.
    var weightCount: Double {
        (projections + expansion).reduce(0) { $0 + $1.weightCount }
    }

    /// Keys that a query with `context` tokens before it looks at.
    func attendedKeys(context: Double) -> Double {
        var keys = context / compression
        if let window {
            keys = compression > 1 ? keys + min(context, Double(window)) : min(keys, Double(window))
        }
        if let selectedKeyLimit { keys = min(keys, Double(selectedKeyLimit)) }
        return max(keys, 1)
    }

    /// Query–key pairs of one causal sequence of `length` tokens.
    func causalPairs(length: Double) -> Double {
        var limit = length
        if let window, compression <= 1 { limit = min(limit, Double(window)) }
        if let selectedKeyLimit { limit = min(limit, Double(selectedKeyLimit) * compression) }
        // Σ min(i, limit) for i = 1…length, over the compression.
        let triangle = limit * limit / 2 + (length - limit) * limit
        var pairs = triangle / compression
        if let window, compression > 1 {
            let near = min(length, Double(window))
            pairs += near * near / 2 + (length - near) * near
        }
        return max(pairs, length)
    }
}

/// The block after attention.
struct FeedForwardShape: Sendable {
    /// Width of the dense (or shared) path, 0 without one.
    var denseWidth: Double
    /// Matrices of a feed-forward network: 3 with a gate, 2 without.
    var matrixCount: Double
    /// Routed experts, 0 in a dense layer.
    var expertCount: Int
    /// Experts that each token visits.
    var activeExpertCount: Int
    /// Width of one routed expert.
    var expertWidth: Double
    /// Most nodes that one token's experts lie on; nil where unlimited.
    var nodeLimit: Int?

    /// Weights of the dense or shared path.
    func denseWeightCount(hidden: Double) -> Double { matrixCount * hidden * denseWidth }
    /// Weights of one routed expert.
    func expertWeightCount(hidden: Double) -> Double { matrixCount * hidden * expertWidth }
    /// Weights of the router.
    func routerWeightCount(hidden: Double) -> Double { hidden * Double(expertCount) }
}
