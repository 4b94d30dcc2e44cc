public import TangramUnits

/// The shape of a decoder-only transformer: everything that parameters, FLOP and cache sizes
/// follow from, and nothing else.
///
/// Models read by ``HuggingFaceConfiguration`` have bounded sizes, so that no count overflows. A
/// model built in code must keep its parameter count below 10¹⁷.
public struct TransformerModel: Hashable, Sendable, Identifiable {
    /// The name in scenarios, for example `deepseek-v3`.
    public var id: String
    /// The name for people.
    public var name: String
    /// The family, by its Hugging Face `model_type`.
    public var family: String
    /// The width of the residual stream.
    public var hiddenSize: Int
    /// Tokens of the vocabulary, padding included.
    public var vocabularySize: Int
    /// The longest context the model was made for; nil where not said.
    public var maximumContext: Int?
    /// Whether the output head is the input embedding.
    public var hasTiedEmbeddings: Bool
    /// Learned absolute positions; 0 where positions are rotary.
    public var learnedPositionCount = 0
    /// The layers, one group per distinct shape, in the order in which the shapes first occur.
    ///
    /// Groups of an alternating pattern (gpt-oss) are not consecutive layers: the order inside the
    /// stack is in ``layerOrder``.
    public var layerGroups: [LayerGroup]
    /// For every layer from the bottom, the index of its group in ``layerGroups``; empty where the
    /// groups are consecutive.
    public var layerOrder: [Int] = []
    /// Extra layers that predict further tokens; each has the shape of
    /// ``multiTokenPredictionLayer``.
    public var multiTokenPredictionLayerCount = 0
    /// The shape of a multi-token prediction layer (its count is ignored); nil where it is that of
    /// the last group.
    public var multiTokenPredictionLayer: LayerGroup?
    /// The encoder of images; nil where the model reads text alone.
    public var visionEncoder: VisionEncoder?
    /// How the published weights outside routed experts are stored; nil where the configuration
    /// does not say.
    public var checkpointFormat: NumberFormat?
    /// How the published weights of routed experts are stored; nil where the configuration does
    /// not say.
    public var expertCheckpointFormat: NumberFormat?
    /// Weights of a routed expert that share one 8-bit scale where they are published in 4 bits: 32 in
    /// MXFP4; nil where nothing is published so.
    public var expertScaleBlock: Int?
    /// What is published, and where the shape comes from.
    public var provenance = ModelProvenance()

    /// Creates a model of consecutive groups; everything else is set afterwards.
    public init(
        id: String, name: String, family: String, hiddenSize: Int, vocabularySize: Int,
        maximumContext: Int? = nil, hasTiedEmbeddings: Bool = false, layerGroups: [LayerGroup]
    ) {
        self.id = id
        self.name = name
        self.family = family
        self.hiddenSize = hiddenSize
        self.vocabularySize = vocabularySize
        self.maximumContext = maximumContext
        self.hasTiedEmbeddings = hasTiedEmbeddings
        self.layerGroups = layerGroups
    }

    /// Layers, without multi-token prediction.
    public var layerCount: Int { layerGroups.reduce(0) { $0 + $1.count } }

    /// Whether any layer has experts.
    public var isMixtureOfExperts: Bool {
        layerGroups.contains {
            if case .mixtureOfExperts = $0.feedForward { true } else { false }
        }
    }

    /// The group of every layer, from the bottom of the stack to the top.
    public var groupIndexOfLayers: [Int] {
        if !layerOrder.isEmpty { return layerOrder }
        return layerGroups.enumerated().flatMap {
            [Int](repeating: $0.offset, count: $0.element.count)
        }
    }
}
