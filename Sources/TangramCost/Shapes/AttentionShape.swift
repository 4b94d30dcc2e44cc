import TangramModels
import TangramUnits

/// Attention as the cost model sees it: which matrices every token meets, and what the core does.
final class AttentionShape: Sendable {
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
    /// Width of keys and values of one token that context parallelism exchanges in training.
    let exchangedWidth: Double
    /// Over how many tensor-parallel ranks `exchangedWidth` can be cut.
    let exchangeShardLimit: Int
    /// Width of queries, keys, values and outputs that training keeps for the backward pass.
    let keptWidth: Double
    /// Width of queries, keys, values and output that an all-to-all over heads moves.
    var headWidth: Double {
        let keyHeads = Double(min(attention.keyValueHeadCount, attention.headCount))
        return Double(attention.headCount)
            * Double(attention.queryKeyDimension + attention.valueDimension)
            + keyHeads * Double(attention.queryKeyDimension + attention.valueDimension)
    }
    /// Width of one token's output before the heads' values are expanded, which ranks that share a
    /// cache add up.
    var outputWidth: Double {
        if case .latent(let latent) = attention {
            return Double(latent.headCount * latent.keyValueRank)
        }
        return Double(attention.headCount * attention.valueDimension)
    }
    /// The part of `keptWidth` that selective recomputation rebuilds from narrower tensors.
    let rebuiltWidth: Double

    /// The shape of `attention` in a model of width `hidden`.
    init(_ attention: Attention, hidden: Int) {
        self.attention = attention
        let matrices =
            attention.matrices(hiddenSize: hidden) + attention.indexerMatrices(hiddenSize: hidden)
        let keyHeads = attention.keyValueHeadCount
        func projections(_ isIncluded: (WeightMatrix) -> Bool) -> [Projection] {
            matrices.filter(isIncluded).map { Projection($0, keyValueHeadCount: keyHeads) }
        }
        self.projections = projections { $0.role != .latentUp }
        expansion = projections { $0.role == .latentUp }
        cacheShardLimit = max(1, keyHeads)
        let heads = Double(attention.headCount)
        let queries = heads * Double(attention.queryKeyDimension)
        let values = heads * Double(attention.valueDimension)
        switch attention {
        case .grouped(let grouped):
            let keys = 2 * Double(grouped.keyValueHeadCount * grouped.headDimension)
            keptWidth = queries + keys + values
            rebuiltWidth = 0
            absorption = []
            exchangedWidth = keys
            exchangeShardLimit = max(1, grouped.keyValueHeadCount)
        case .latent(let latent):
            let latents = Double((latent.queryRank ?? 0) + latent.cachedWidth)
            rebuiltWidth = 2 * queries + values
            keptWidth = latents + rebuiltWidth + values
            let rank = Double(latent.keyValueRank)
            absorption = [
                Projection(
                    input: heads * Double(latent.nopeDimension), output: heads * rank,
                    weightCount: heads * Double(latent.nopeDimension) * rank, cut: .copies),
                Projection(
                    input: heads * rank, output: heads * Double(latent.valueDimension),
                    weightCount: heads * Double(latent.valueDimension) * rank, cut: .copies),
            ]
            // Ring attention sends expanded heads.
            exchangedWidth = queries + values
            exchangeShardLimit = latent.headCount
        case .compressed(let compressed):
            let latents = Double(compressed.queryRank + compressed.headDimension)
            let low = Double(compressed.outputGroupCount * compressed.outputRank)
            rebuiltWidth = queries
            keptWidth = latents + queries + values + low
            absorption = []
            exchangedWidth = Double(compressed.headDimension)
            exchangeShardLimit = 1
        case .stateSpace(let mixer):
            keptWidth = mixer.keptElements
            rebuiltWidth = 0
            absorption = []
            // States pass from rank to rank once a sequence; only Ulysses moves tokens.
            exchangedWidth = 0
            exchangeShardLimit = max(1, mixer.groupCount)
        }
    }

    /// What the core does for one whole causal sequence of `length` tokens.
    func prefill(length: Int) -> AttentionWork {
        AttentionWork(
            core: attention.prefillCoreFLOP(newTokens: length).value,
            indexer: attention.prefillIndexerFLOP(newTokens: length).value,
            values: valuesCached(context: length))
    }

    /// What the core does for one new token that sees `context` tokens.
    func decode(context: Int) -> AttentionWork {
        AttentionWork(
            core: attention.decodeCoreFLOP(context: context).value,
            indexer: attention.decodeIndexerFLOP(context: context).value,
            values: valuesRead(context: context))
    }

    /// Cached values that one new token reads: those of the entries it attends to, and all of the
    /// indexer's.
    private func valuesRead(context: Int) -> Double {
        let entries =
            attention.decodeCoreFLOP(context: context).value
            / max(1, attention.flopPerPair(form: .absorbed))
        let width: Double
        switch attention {
        case .grouped(let grouped):
            width = 2 * Double(grouped.keyValueHeadCount * grouped.headDimension)
        case .latent(let latent): width = Double(latent.cachedWidth)
        case .compressed(let compressed): width = Double(compressed.headDimension)
        case .stateSpace(let mixer): return 2 * Double(mixer.stateValueCount)
        }
        return entries * width + attention.indexerValues(context: context)
    }

    /// Values cached for a sequence of `context` tokens.
    func valuesCached(context: Int) -> Double {
        attention.cachedValues(context: context) + attention.indexerValues(context: context)
    }
}

/// What the attention core of one layer does for one sequence.
struct AttentionWork: Sendable {
    /// FLOP of scores and weighted sums, over all heads.
    var core = 0.0
    /// FLOP of the indexer.
    var indexer = 0.0
    /// Cached values read.
    var values = 0.0
}
