import TangramModels
import TangramUnits

/// Attention as the cost model sees it: which matrices every token meets, and what the core does.
struct AttentionShape: Sendable {
    /// Where FLOP and cache sizes come from.
    let attention: Attention
    /// Matrices applied to every token in both phases.
    let projections: [Projection]
    /// Matrices applied in training and prefill only: MLA's up-projection of keys and values.
    let expansion: [Projection]
    /// Matrices applied in decode only: MLA's up-projections absorbed into query and output
    /// (DeepSeek-V2, arXiv 2405.04434, §2.1.2). They are `expansion`'s weights in another order.
    let absorption: [Projection]
    /// Over how many tensor-parallel ranks the cache can be cut; 1 where every rank keeps it all.
    let cacheShardLimit: Int
    /// Width of queries, keys, values and outputs that training keeps for the backward pass.
    let keptWidth: Double
    /// The part of `keptWidth` that selective recomputation rebuilds from narrower tensors.
    let rebuiltWidth: Double

    /// The shape of `attention` in a model of width `hidden`.
    init(_ attention: Attention, hidden: Int) {
        self.attention = attention
        let matrices =
            attention.matrices(hiddenSize: hidden) + attention.indexerMatrices(hiddenSize: hidden)
        projections = matrices.filter { $0.role != .latentUp }.map(Projection.init)
        expansion = matrices.filter { $0.role == .latentUp }.map(Projection.init)
        cacheShardLimit = max(1, attention.keyValueHeadCount)
        let heads = Double(attention.headCount)
        let queries = heads * Double(attention.queryKeyDimension)
        let values = heads * Double(attention.valueDimension)
        switch attention {
        case .grouped(let grouped):
            let keys = 2 * Double(grouped.keyValueHeadCount * grouped.headDimension)
            keptWidth = queries + keys + values
            rebuiltWidth = 0
            absorption = []
        case .latent(let latent):
            let latents = Double((latent.queryRank ?? 0) + latent.cachedWidth)
            rebuiltWidth = 2 * queries + values
            keptWidth = latents + rebuiltWidth + values
            let rank = Double(latent.keyValueRank)
            absorption = [
                Projection(
                    input: heads * Double(latent.nopeDimension), output: rank, isSharded: true),
                Projection(
                    input: rank, output: heads * Double(latent.valueDimension), isSharded: true),
            ]
        case .compressed(let compressed):
            let latents = Double(compressed.queryRank + compressed.headDimension)
            let low = Double(compressed.outputGroupCount * compressed.outputRank)
            rebuiltWidth = queries
            keptWidth = latents + queries + values + low
            absorption = []
        }
    }

    /// FLOP of core and indexer for one whole causal sequence.
    func prefillFLOP(length: Int) -> Double {
        attention.prefillCoreFLOP(newTokens: length).value
            + attention.prefillIndexerFLOP(newTokens: length).value
    }

    /// FLOP of core and indexer for one new token.
    func decodeFLOP(context: Int) -> Double {
        attention.decodeCoreFLOP(context: context).value
            + attention.decodeIndexerFLOP(context: context).value
    }

    /// Cached values that one new token reads: those of the entries it attends to, and all of the
    /// indexer's.
    func valuesRead(context: Int) -> Double {
        let entries =
            attention.decodeCoreFLOP(context: context).value
            / max(1, attention.flopPerPair(form: .absorbed))
        let width: Double
        switch attention {
        case .grouped(let grouped):
            width = 2 * Double(grouped.keyValueHeadCount * grouped.headDimension)
        case .latent(let latent): width = Double(latent.cachedWidth)
        case .compressed(let compressed): width = Double(compressed.headDimension)
        }
        return entries * width + attention.indexerValues(context: context)
    }

    /// Values cached for a sequence of `context` tokens.
    func valuesCached(context: Int) -> Double {
        attention.cachedValues(context: context) + attention.indexerValues(context: context)
    }
}

/// A matrix that every token is multiplied with.
struct Projection: Sendable {
    /// Width of what goes in, over all copies.
    var input: Double
    /// Width of what comes out of one copy.
    var output: Double
    /// Whether tensor parallelism cuts it; low-rank compressions are whole on every rank.
    var isSharded: Bool

    init(input: Double, output: Double, isSharded: Bool) {
        self.input = input
        self.output = output
        self.isSharded = isSharded
    }

    init(_ matrix: WeightMatrix) {
        input = Double(matrix.inputWidth) * Double(matrix.copyCount)
        output = Double(matrix.outputWidth)
        switch matrix.role {
        case .queryDown, .latentDown, .compressor, .compressorGate, .indexerKey, .indexerWeight,
            .router:
            isSharded = false
        default: isSharded = true
        }
    }

    /// Elements of the matrix.
    var weightCount: Double { input * output }
}
