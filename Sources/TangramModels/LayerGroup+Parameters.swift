extension LayerGroup {
    /// The parameters of one layer; embedding, head and multi-token prediction are zero.
    public func parametersPerLayer(hiddenSize: Int) -> ParameterCounts {
        counts(hiddenSize: hiddenSize) { $0.reduce(0) { $0 + $1.parameterCount } }
    }

    /// The parameters of one layer that one token passes through.
    public func activeParametersPerLayer(hiddenSize: Int) -> ParameterCounts {
        counts(hiddenSize: hiddenSize) { $0.reduce(0) { $0 + $1.activeParameterCount } }
    }

    /// The parameters of all layers of the group.
    public func parameters(hiddenSize: Int) -> ParameterCounts {
        parametersPerLayer(hiddenSize: hiddenSize) * count
    }

    private func counts(
        hiddenSize: Int, _ sum: ([WeightMatrix]) -> Int
    ) -> ParameterCounts {
        var counts = ParameterCounts()
        counts.attention =
            sum(attention.matrices(hiddenSize: hiddenSize)) + attention.vectorParameterCount
        counts.indexer =
            sum(attention.indexerMatrices(hiddenSize: hiddenSize))
            + attention.indexerVectorParameterCount
        switch feedForward {
        case .dense(let block):
            counts.denseFeedForward = sum(block.matrices(hiddenSize: hiddenSize))
        case .mixtureOfExperts(let mixture):
            counts.routedExperts = sum(mixture.expertMatrices(hiddenSize: hiddenSize))
            counts.sharedExperts = sum(
                mixture.sharedMatrices(hiddenSize: hiddenSize)
                    + mixture.latentMatrices(hiddenSize: hiddenSize))
            counts.router = sum([mixture.routerMatrix(hiddenSize: hiddenSize)])
        }
        counts.norms =
            normCount * hiddenSize * (hasNormBias ? 2 : 1) + attention.normParameterCount
        counts.other = hyperConnections?.parameterCountPerLayer(hiddenSize: hiddenSize) ?? 0
        return counts
    }
}
