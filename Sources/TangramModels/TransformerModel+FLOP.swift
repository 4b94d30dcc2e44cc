public import TangramUnits

extension TransformerModel {
    /// Parameters that one token is multiplied with: the active ones without the input embedding,
    /// but with the head even where it is tied to the embedding.
    public var multipliedParameterCount: Int {
        activeParameterCount(.withoutInputEmbedding)
            + (hasTiedEmbeddings ? vocabularySize * hiddenSize : 0)
    }

    /// Forward FLOP to generate one token that sees `context` tokens, itself included: two per
    /// multiplied parameter, the attention core and the indexer's scores.
    public func forwardFLOPPerToken(
        context: Int, form: LatentAttention.Form = .absorbed
    ) -> FLOP {
        let core = layerGroups.reduce(FLOP.zero) {
            let layer =
                $1.attention.decodeCoreFLOP(context: context, form: form)
                + $1.attention.decodeIndexerFLOP(context: context)
            return $0 + layer * Double($1.count)
        }
        return FLOP(2 * Double(multipliedParameterCount)) + core
    }

    /// Forward FLOP per token, averaged over a sequence that is processed at once: two per
    /// multiplied parameter and the mean of the attention core, in the expanded form.
    public func forwardFLOPPerToken(
        sequenceLength: Int, masking: AttentionMasking = .causal
    ) -> FLOP {
        FLOP(2 * Double(multipliedParameterCount))
            + attentionFLOPPerToken(sequenceLength: sequenceLength, masking: masking)
    }

    /// Training FLOP per token: three times the forward pass (backward counts twice), without
    /// recomputation and without multi-token prediction.
    ///
    /// 6·N + 3·core, where N is ``multipliedParameterCount``. Within 0.5 % of Table 2 of arXiv
    /// 2505.09343 for DeepSeek-V2 and V3 at 4,096 tokens, and 1 % above it for Llama 3.1 405B.
    public func trainingFLOPPerToken(
        sequenceLength: Int, masking: AttentionMasking = .causal
    ) -> FLOP {
        3 * forwardFLOPPerToken(sequenceLength: sequenceLength, masking: masking)
    }

    /// Forward FLOP of the attention core and the indexer's scores per token, averaged over a
    /// sequence, over all layers.
    public func attentionFLOPPerToken(
        sequenceLength: Int, masking: AttentionMasking = .causal
    ) -> FLOP {
        guard sequenceLength > 0 else { return .zero }
        let sum = layerGroups.reduce(FLOP.zero) {
            let layer =
                $1.attention.prefillCoreFLOP(newTokens: sequenceLength, masking: masking)
                + $1.attention.prefillIndexerFLOP(newTokens: sequenceLength, masking: masking)
            return $0 + layer * Double($1.count)
        }
        return sum / Double(sequenceLength)
    }
}
