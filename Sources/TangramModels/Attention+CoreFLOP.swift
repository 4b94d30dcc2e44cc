public import TangramUnits

extension Attention {
    /// FLOP of one query reading one cached entry with all heads: scores and the weighted sum,
    /// 2·H·(d_qk + d_v).
    ///
    /// - Parameter form: For latent attention only. Absorbed heads score against the latent and its
    ///   rotary part and sum latents: 2·H·((r + d_rope) + r).
    public func flopPerPair(form: LatentAttention.Form) -> Double {
        let heads = Double(headCount)
        if case .latent(let attention) = self, form == .absorbed {
            return 2 * heads * Double(attention.cachedWidth + attention.keyValueRank)
        }
        return 2 * heads * Double(queryKeyDimension + valueDimension)
    }

    /// FLOP of one layer's attention core (scores and weighted sum, no projections) over a chunk of
    /// `newTokens` of one sequence that has `pastTokens` in the cache.
    ///
    /// Causal pairs are counted as a continuous half square. Softmax is not counted. Expanding the
    /// latent of past tokens again (chunked prefill in the expanded form) is not counted.
    public func prefillCoreFLOP(
        newTokens: Int, pastTokens: Int = 0, masking: AttentionMasking = .causal,
        form: LatentAttention.Form = .expanded
    ) -> FLOP {
        let (past, new) = (Double(max(0, pastTokens)), Double(max(0, newTokens)))
        if case .stateSpace(let mixer) = self { return FLOP(new * mixer.scanFLOPPerToken) }
        let pairs = corePairs.reduce(0) {
            $0 + $1.count(past: past, new: new, masking: masking)
        }
        return FLOP(pairs * flopPerPair(form: form))
    }

    /// FLOP of one layer's attention core for one new token that sees `context` tokens, itself
    /// included: 4·S·H·D for grouped attention.
    public func decodeCoreFLOP(
        context: Int, form: LatentAttention.Form = .absorbed
    ) -> FLOP {
        let tokens = Double(max(0, context))
        if case .stateSpace(let mixer) = self { return FLOP(mixer.stepFLOP) }
        return FLOP(corePairs.reduce(0) { $0 + $1.at(tokens) } * flopPerPair(form: form))
    }

    /// FLOP of one layer's indexer scores over a chunk; 0 without an indexer. Indexers score every
    /// cached entry.
    public func prefillIndexerFLOP(
        newTokens: Int, pastTokens: Int = 0, masking: AttentionMasking = .causal
    ) -> FLOP {
        let (past, new) = (Double(max(0, pastTokens)), Double(max(0, newTokens)))
        let pairs = indexerPairs.count(past: past, new: new, masking: masking)
        return FLOP(pairs * (indexer?.flopPerScore ?? 0))
    }

    /// FLOP of one layer's indexer scores for one new token; 0 without an indexer.
    public func decodeIndexerFLOP(context: Int) -> FLOP {
        FLOP(indexerPairs.at(Double(max(0, context))) * (indexer?.flopPerScore ?? 0))
    }

    private var corePairs: [AttendedPairs] {
        switch self {
        case .grouped(let attention):
            return [
                AttendedPairs(
                    limit: attention.window.map { Double($0) }, isChunked: attention.isChunked)
            ]
        case .latent(let attention):
            return [AttendedPairs(limit: attention.indexer.map { Double($0.selectedCount) })]
        case .compressed(let attention):
            let window = AttendedPairs(limit: Double(attention.window))
            guard attention.ratio > 0 else { return [window] }
            let entries = AttendedPairs(
                limit: attention.indexer.map { Double($0.selectedCount) },
                ratio: Double(attention.ratio))
            return [window, entries]
        case .stateSpace: return []
        }
    }

    private var indexerPairs: AttendedPairs {
        if case .compressed(let attention) = self, attention.ratio > 0 {
            return AttendedPairs(ratio: Double(attention.ratio))
        }
        return AttendedPairs()
    }
}
