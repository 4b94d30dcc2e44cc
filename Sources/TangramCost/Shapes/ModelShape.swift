import TangramModels

/// A model as the cost model sees it.
final class ModelShape: Sendable {
    /// Width of the residual stream.
    let hidden: Double
    /// Width of the output head.
    let vocabulary: Double
    /// Layers, grouped by kind.
    let layers: [LayerShape]
    /// How many layers there are.
    let layerCount: Int
    /// Parameters outside of routed experts, embedding and head.
    let denseParameterCount: Double
    /// Parameters of routed experts.
    let expertParameterCount: Double
    /// Parameters of the input embedding.
    let embeddingParameterCount: Double
    /// Parameters of the output head, also where it is tied to the embedding and a last pipeline
    /// stage needs a copy.
    let headParameterCount: Double
    /// Whether the head is the embedding.
    let isTied: Bool
    /// Routed experts of a layer, 1 where there are none.
    let expertCount: Int
    /// The largest number of ranks that query heads of every layer can be cut over.
    let headCount: Int
    /// Multi-token prediction layers that are run; each runs the head again.
    let predictionLayerCount: Int

    /// The shape of `model`.
    ///
    /// - Parameter includesPrediction: Whether multi-token prediction layers are run, as in
    ///   training.
    init(_ model: TransformerModel, includesPrediction: Bool) {
        hidden = Double(model.hiddenSize)
        vocabulary = Double(model.vocabularySize)
        var shapes = model.layerGroups.map { LayerShape($0, hidden: model.hiddenSize) }
        let counts = model.parameters
        var predictionCount = 0
        var extra = 0.0
        var extraExperts = 0.0
        if includesPrediction, model.multiTokenPredictionLayerCount > 0,
            let layer = model.multiTokenPredictionLayer ?? model.layerGroups.last
        {
            let shape = LayerShape(
                layer, hidden: model.hiddenSize, count: model.multiTokenPredictionLayerCount)
            predictionCount = shape.count
            let experts =
                Double(shape.count * shape.feedForward.expertCount)
                * shape.feedForward.expertWeightCount(hidden: hidden)
            extraExperts = experts
            extra = Double(counts.multiTokenPrediction) - experts
            shapes.append(shape)
        }
        layers = shapes
        layerCount = shapes.reduce(0) { $0 + $1.count }
        expertParameterCount = Double(counts.routedExperts) + extraExperts
        embeddingParameterCount = Double(counts.embedding)
        isTied = model.hasTiedEmbeddings
        headParameterCount = vocabulary * hidden
        denseParameterCount =
            Double(counts.total - counts.routedExperts - counts.embedding - counts.head) + extra
        expertCount = shapes.map(\.feedForward.expertCount).max().map { max(1, $0) } ?? 1
        let heads = model.layerGroups.map(\.attention.headCount)
        headCount = max(1, heads.reduce(0, Self.greatestCommonDivisor))
        predictionLayerCount = predictionCount
    }

    /// Parameters outside of routed experts of one average layer on one of `ranks` tensor-parallel
    /// ranks: matrices that are not cut, or into fewer parts than ranks, count more than 1/`ranks`.
    func denseParametersPerLayer(tensorParallel ranks: Double) -> Double {
        let count = Double(max(1, layerCount))
        guard ranks > 1 else { return denseParameterCount / count }
        var repeated = 0.0
        for layer in layers {
            var whole =
                hidden * (Double(layer.feedForward.expertCount) + 2 * layer.feedForward.latentWidth)
            whole *= 1 - 1 / ranks
            for matrix in layer.attention.projections {
                whole += matrix.weightCount * (1 / matrix.shards(ranks) - 1 / ranks)
            }
            repeated += whole * Double(layer.count)
        }
        return (denseParameterCount / ranks + repeated) / count
    }

    /// Parameters of rank-1 adapters: input + output of every matrix of attention and of dense and
    /// shared blocks, two factors each (LoRA, arXiv 2106.09685, §4.1).
    var adapterWidth: Double {
        layers.reduce(0.0) { sum, layer in
            let width =
                layer.attention.projections.reduce(0.0) { $0 + $1.input + $1.output }
                + layer.attention.expansion.reduce(0.0) { $0 + $1.input + $1.output }
            let block = layer.feedForward
            let dense =
                block.denseWidth > 0 ? block.matrixCount * (hidden + block.denseWidth) : 0
            return sum + Double(layer.count) * (width + dense)
        }
    }

    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }
}
