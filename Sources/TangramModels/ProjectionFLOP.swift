public import TangramUnits

/// Forward FLOP of the matrix products for one token, by component: two per weight that the token
/// passes through. Norms, biases, softmax and activations are not counted.
public struct ProjectionFLOP: Hashable, Sendable {
    /// Attention projections. Absorbing the latent projection costs as much as expanding it.
    public var attention = FLOP.zero
    /// The indexer's projections.
    public var indexer = FLOP.zero
    /// Dense feed-forward blocks.
    public var denseFeedForward = FLOP.zero
    /// The routed experts a token passes through.
    public var routedExperts = FLOP.zero
    /// Shared experts, and the matrices around the latent that routed ones work on.
    public var sharedExperts = FLOP.zero
    /// Routers.
    public var router = FLOP.zero
    /// The output head, tied or not; 0 for a layer.
    public var head = FLOP.zero

    /// No work.
    public init() {}

    /// The sum of all components.
    public var total: FLOP {
        attention + indexer + denseFeedForward + routedExperts + sharedExperts + router + head
    }
}

extension LayerGroup {
    /// Forward FLOP of one layer's matrix products for one token.
    public func projectionFLOPPerToken(hiddenSize: Int) -> ProjectionFLOP {
        func sum(_ matrices: [WeightMatrix]) -> FLOP {
            FLOP(matrices.reduce(0) { $0 + $1.forwardFLOPPerToken })
        }
        var work = ProjectionFLOP()
        work.attention = sum(attention.matrices(hiddenSize: hiddenSize))
        work.indexer = sum(attention.indexerMatrices(hiddenSize: hiddenSize))
        switch feedForward {
        case .dense(let block):
            work.denseFeedForward = sum(block.matrices(hiddenSize: hiddenSize))
        case .mixtureOfExperts(let mixture):
            work.routedExperts = sum(mixture.expertMatrices(hiddenSize: hiddenSize))
            work.sharedExperts = sum(
                mixture.sharedMatrices(hiddenSize: hiddenSize)
                    + mixture.latentMatrices(hiddenSize: hiddenSize))
            work.router = sum([mixture.routerMatrix(hiddenSize: hiddenSize)])
        }
        return work
    }
}

extension TransformerModel {
    /// Forward FLOP of all matrix products for one token, the head included.
    public var projectionFLOPPerToken: ProjectionFLOP {
        var result = ProjectionFLOP()
        for group in layerGroups {
            let layer = group.projectionFLOPPerToken(hiddenSize: hiddenSize)
            let count = Double(group.count)
            result.attention += layer.attention * count
            result.indexer += layer.indexer * count
            result.denseFeedForward += layer.denseFeedForward * count
            result.routedExperts += layer.routedExperts * count
            result.sharedExperts += layer.sharedExperts * count
            result.router += layer.router * count
        }
        result.head = FLOP(2 * Double(vocabularySize) * Double(hiddenSize))
        return result
    }
}
