import TangramModels

/// A model as the cost model sees it.
struct ModelShape: Sendable {
    /// Width of the residual stream.
    var hidden: Double
    /// Width of the output head.
    var vocabulary: Double
    /// Layers, grouped by kind.
    var layers: [LayerShape]
    /// How many layers there are.
    var layerCount: Int
    /// Parameters outside of routed experts, embedding and head.
    var denseParameterCount: Double
    /// Parameters of routed experts.
    var expertParameterCount: Double
    /// Parameters of the input embedding.
    var embeddingParameterCount: Double
    /// Parameters of the output head; 0 where it is tied to the embedding.
    var headParameterCount: Double
    /// Routed experts of a layer, 1 where there are none.
    var expertCount: Int
    /// The fewest heads that tensor parallelism can cut.
    var headCount: Int
}
