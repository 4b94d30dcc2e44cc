public import TangramUnits

/// What a model saves against plainer models: the same attention with more key-value heads, and a
/// dense model of the same size.
public struct ShapeComparison: Hashable, Sendable {
    /// Bytes cached per token, all layers, without the indexer.
    public var keyValueBytesPerToken: Double
    /// The same with one key-value head per query head, of the same head dimensions.
    public var multiHeadKeyValueBytesPerToken: Double
    /// The same with eight key-value heads (fewer where there are fewer query heads).
    public var eightGroupKeyValueBytesPerToken: Double
    /// Forward FLOP per token over a sequence of the compared length, causal.
    public var forwardFLOPPerToken: FLOP
    /// The same for a dense model of the same total parameters and attention.
    public var denseForwardFLOPPerToken: FLOP
    /// Parameters a token passes through.
    public var activeParameterCount: Int
    /// The same for the dense model: all of them.
    public var denseActiveParameterCount: Int

    /// How many times smaller the cache is than with multi-head attention; infinite where nothing
    /// is cached per token.
    public var savingAgainstMultiHead: Double {
        multiHeadKeyValueBytesPerToken / keyValueBytesPerToken
    }
    /// How many times smaller the cache is than with eight groups.
    public var savingAgainstEightGroups: Double {
        eightGroupKeyValueBytesPerToken / keyValueBytesPerToken
    }
    /// How many times less work a token is than in the dense model.
    public var savingAgainstDense: Double { denseForwardFLOPPerToken / forwardFLOPPerToken }
}

extension TransformerModel {
    /// This shape against plainer ones, at a sequence length for the FLOP.
    public func whatIf(
        sequenceLength: Int = 4_096, format: NumberFormat = .bf16
    ) -> ShapeComparison {
        let work = forwardFLOPPerToken(sequenceLength: sequenceLength)
        let inactive = parameterCount - activeParameterCount(.all)
        return ShapeComparison(
            keyValueBytesPerToken: keyValueBytesPerToken(format: format),
            multiHeadKeyValueBytesPerToken: cached(headCount: .max) * format.bytesPerElement,
            eightGroupKeyValueBytesPerToken: cached(headCount: 8) * format.bytesPerElement,
            forwardFLOPPerToken: work,
            denseForwardFLOPPerToken: work + FLOP(2 * Double(inactive)),
            activeParameterCount: activeParameterCount(.all),
            denseActiveParameterCount: parameterCount)
    }

    /// Values cached per token with up to `headCount` key-value heads.
    private func cached(headCount: Int) -> Double {
        layerGroups.reduce(0) {
            let attention = $1.attention
            let heads = Double(min(headCount, attention.headCount))
            let width = Double(attention.queryKeyDimension + attention.valueDimension)
            return $0 + Double($1.count) * heads * width
        }
    }
}
