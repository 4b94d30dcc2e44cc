import TangramDocument
import TangramUnits

extension HuggingFaceConfiguration {
    /// The model of a family that a reader's configuration describes; nil after reporting.
    static func build(
        _ reader: ConfigurationReader, family: ModelFamily, id: String, name: String
    ) -> TransformerModel? {
        let hidden = reader.required("hidden_size", upTo: ConfigurationLimits.hiddenSize)
        let layers = reader.required("num_hidden_layers", upTo: ConfigurationLimits.layerCount)
        let vocabulary = reader.required("vocab_size", upTo: ConfigurationLimits.vocabularySize)
        let attentions = reader.attentions(of: family, hiddenSize: hidden, layerCount: layers)
        let shape = frame(reader, family: family)
        let stack: [LayerGroup]
        if case .hybrid = family.attention {
            stack = reader.hybridLayers(of: family, hiddenSize: hidden, blockCount: layers)
        } else {
            let blocks = reader.feedForwards(of: family, hiddenSize: hidden, layerCount: layers)
            stack = zip(attentions, blocks).map { attention, block in
                LayerGroup(
                    count: 1, attention: attention, feedForward: block,
                    normCount: shape.normCount, hasNormBias: family.hasLayerNorm,
                    hyperConnections: shape.hyperConnections)
            }
        }
        let (groups, order) = grouped(stack)
        var model = TransformerModel(
            id: id, name: name,
            family: reader.cursor.node["model_type"].flatMap(text) ?? family.modelType,
            hiddenSize: hidden, vocabularySize: vocabulary,
            maximumContext: maximumContext(reader, family: family),
            hasTiedEmbeddings: shape.isTied, layerGroups: groups)
        model.layerOrder = order
        if family.hasLearnedPositions { model.learnedPositionCount = model.maximumContext ?? 0 }
        model.multiTokenPredictionLayerCount =
            reader.optional(
                "num_nextn_predict_layers", from: 0,
                upTo: ConfigurationLimits.predictionLayerCount) ?? 0
        if model.multiTokenPredictionLayerCount > 0, var last = stack.last {
            // Where one more attention than layers is listed, it is the prediction layer's.
            if attentions.count > layers { last.attention = attentions[layers] }
            if case .hybrid = family.attention {
                last = reader.hybridPredictionLayer(of: family, hiddenSize: hidden) ?? last
            }
            model.multiTokenPredictionLayer = last
        }
        model.visionEncoder = reader.visionEncoder(outputSize: hidden)
        let formats = reader.checkpointFormats()
        model.checkpointFormat = formats.base
        model.expertCheckpointFormat = model.isMixtureOfExperts ? formats.experts : nil
        // What is published in 4-bit floats is in MXFP4 (OCP Microscaling, §5.2): gpt-oss, DeepSeek-V4.
        model.expertScaleBlock = model.expertCheckpointFormat == .fp4 ? 32 : nil
        guard !reader.hasFailed else { return nil }
        let size = model.estimatedParameterCount
        guard size <= ConfigurationLimits.parameterCount else {
            reader.cursor.fail(
                "these sizes make a model of \(formatNumber(size / 1e12, digits: 3)) T parameters",
                note:
                    "at most \(formatNumber(ConfigurationLimits.parameterCount / 1e12, digits: 3)) T"
            )
            return nil
        }
        return model
    }

    /// What surrounds attention and feed-forward in every layer, and whether the head is tied.
    private static func frame(
        _ reader: ConfigurationReader, family: ModelFamily
    ) -> (normCount: Int, hyperConnections: HyperConnections?, isTied: Bool) {
        let streams = reader.optional("hc_mult", upTo: ConfigurationLimits.streamCount)
        var isTied = family.tiesByDefault
        if let found = reader.shared("tie_word_embeddings"),
            let value = reader.checked(found.bool())
        {
            isTied = value
        }
        return (
            reader.flag("sandwich_norm", default: false) ? 4 : 2,
            streams.map { HyperConnections(streamCount: $0) }, isTied
        )
    }

    /// Learned positions need their number; for the others it is only a limit.
    private static func maximumContext(
        _ reader: ConfigurationReader, family: ModelFamily
    ) -> Int? {
        let key = "max_position_embeddings"
        return family.hasLearnedPositions
            ? reader.required(key, upTo: ConfigurationLimits.vocabularySize)
            : reader.optional(key, upTo: ConfigurationLimits.context)
    }

    /// One group per distinct layer in order of first occurrence, and the group of every layer.
    private static func grouped(_ stack: [LayerGroup]) -> ([LayerGroup], [Int]) {
        var groups: [LayerGroup] = []
        var order: [Int] = []
        var indices: [LayerGroup: Int] = [:]
        for layer in stack {
            if let index = indices[layer] {
                groups[index].count += 1
                order.append(index)
            } else {
                indices[layer] = groups.count
                order.append(groups.count)
                groups.append(layer)
            }
        }
        let isConsecutive = zip(order, order.dropFirst()).allSatisfy { $0 <= $1 }
        return (groups, isConsecutive ? [] : order)
    }

    private static func text(_ node: DocumentNode) -> String? {
        if case .scalar(let text, _) = node.content { text } else { nil }
    }
}
