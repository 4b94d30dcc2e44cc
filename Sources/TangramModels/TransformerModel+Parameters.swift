extension TransformerModel {
    /// Exact parameter counts by component.
    public var parameters: ParameterCounts {
        count { $0.parametersPerLayer(hiddenSize: hiddenSize) }
    }

    /// Exact counts, by component, of the parameters that one token passes through; the
    /// multi-token prediction layers count with their active experts too.
    public var activeParameters: ParameterCounts {
        count { $0.activeParametersPerLayer(hiddenSize: hiddenSize) }
    }

    /// All parameters except those of multi-token prediction, which is how sizes are published.
    public var parameterCount: Int { parameters.total }

    /// Parameters that one token passes through, by one of three published conventions.
    public func activeParameterCount(_ convention: ActiveConvention) -> Int {
        let active = activeParameters
        switch convention {
        case .all: return active.total
        case .withoutInputEmbedding: return active.total - active.embedding
        case .withoutEmbeddings: return active.total - active.embedding - active.head
        }
    }

    private func count(_ perLayer: (LayerGroup) -> ParameterCounts) -> ParameterCounts {
        var counts = layerGroups.reduce(.zero) { $0 + perLayer($1) * $1.count }
        counts.embedding = (vocabularySize + learnedPositionCount) * hiddenSize
        counts.head = hasTiedEmbeddings ? 0 : vocabularySize * hiddenSize
        let hasNormBias = layerGroups.first?.hasNormBias ?? false
        counts.norms += hiddenSize * (hasNormBias ? 2 : 1)
        let join = layerGroups.first?.hyperConnections?.headParameterCount(hiddenSize: hiddenSize)
        counts.other += join ?? 0
        if let layer = multiTokenPredictionLayer ?? layerGroups.last {
            // A projection of hidden state and embedding side by side, three norms, and the place
            // where streams join; embedding and head are the model's own.
            let extra = 2 * hiddenSize * hiddenSize + 3 * hiddenSize + (join ?? 0)
            counts.multiTokenPrediction =
                multiTokenPredictionLayerCount * (perLayer(layer).total + extra)
        }
        return counts
    }
}
