import TangramDocument
import TangramModels

/// Finds or makes the model that a row names.
struct ShapeReader {
    let models: ModelCatalogue
    private let names: [String: String]

    init(_ models: ModelCatalogue) {
        self.models = models
        var names: [String: String] = [:]
        for name in models.names + models.aliases.keys.sorted() {
            names[PublishedNames.key(name)] = name
        }
        self.names = names.merging(PublishedNames.models) { own, _ in own }
    }

    /// The model of the row: one of the catalogue, cut to the number of layers that was run, else one
    /// of the shape that the columns state.
    ///
    /// - Throws: ``Inexpressible`` where neither is known.
    func model(of row: MeasuredRow) throws -> TransformerModel {
        let name = row.text("model") ?? ""
        let record = row.record
        let layers = try record.integer("layers", in: 1...10_000)
        let known = names[PublishedNames.key(name)].flatMap { models.model($0) }
        let hiddenSize = try record.integer("hidden", in: 1...1_000_000)
        if let known, hiddenSize == nil || hiddenSize == known.hiddenSize,
            known.isMixtureOfExperts || layers ?? 0 <= known.layerCount
        {
            return layers.map { Self.cut(known, to: $0) } ?? known
        }
        if let shape = PublishedNames.shapes[PublishedNames.key(name)] {
            return Self.dense(
                id: name, layers: layers ?? shape.layers, hidden: shape.hidden,
                heads: shape.heads, keyValueHeads: shape.heads, width: 4 * shape.hidden,
                vocabulary: shape.vocabulary, isPlain: true)
        }
        guard let layers, let hidden = hiddenSize,
            let heads = try record.integer("heads", in: 1...10_000)
        else {
            throw Inexpressible.shape(name, near: models.nearestName(to: name))
        }
        if try record.integer("n_experts") != nil || record["attention"] == "mla" {
            throw Inexpressible.shape(name, near: models.nearestName(to: name))
        }
        let key = PublishedNames.key(name)
        let isPlain = PublishedNames.plainFeedForward.contains { key.hasPrefix($0) }
        return Self.dense(
            id: name, layers: layers, hidden: hidden, heads: heads,
            keyValueHeads: try record.integer("kv_heads", in: 1...10_000) ?? heads,
            width: try record.integer("ffn", in: 1...10_000_000) ?? 4 * hidden,
            // GPT-2's, padded as Megatron-LM does, where the table does not say.
            vocabulary: try record.integer("vocab", in: 1...10_000_000) ?? 51_200,
            isPlain: isPlain)
    }

    /// The served model that a name means: of the catalogue, by its name without the publisher and
    /// without words for formats and tuning.
    func servedModel(_ name: String) throws -> TransformerModel {
        let full = PublishedNames.key(name)
        for key in [full] + PublishedNames.servedKeys(name) {
            if let known = names[key].flatMap({ models.model($0) }) { return known }
            if let hybrid = HybridShapes.model(key) { return hybrid }
            if let shape = PublishedNames.servedShapes[key] {
                return Self.dense(
                    id: name, layers: shape.layers, hidden: shape.hidden, heads: shape.heads,
                    keyValueHeads: shape.keyValueHeads, width: shape.width,
                    vocabulary: shape.vocabulary, isPlain: false)
            }
        }
        throw Inexpressible.shape(name, near: models.nearestName(to: name))
    }

    /// A dense model of the shape that a table states.
    static func dense(
        id: String, layers: Int, hidden: Int, heads: Int, keyValueHeads: Int, width: Int,
        vocabulary: Int, isPlain: Bool
    ) -> TransformerModel {
        let attention = GroupedQueryAttention(
            headCount: heads, keyValueHeadCount: keyValueHeads,
            headDimension: max(1, hidden / heads), hasQueryKeyValueBias: isPlain,
            hasOutputBias: isPlain)
        let block = DenseFeedForward(width: width, isGated: !isPlain, hasBias: isPlain)
        return TransformerModel(
            id: id, name: id, family: isPlain ? "gpt2" : "llama", hiddenSize: hidden,
            vocabularySize: vocabulary, hasTiedEmbeddings: isPlain,
            layerGroups: [
                LayerGroup(
                    count: layers, attention: .grouped(attention),
                    feedForward: .dense(block), hasNormBias: isPlain)
            ])
    }

    /// The first `count` layers of a model.
    private static func cut(_ model: TransformerModel, to count: Int) -> TransformerModel {
        guard count < model.layerCount else { return model }
        var cut = model
        let order = model.groupIndexOfLayers.prefix(count)
        cut.layerOrder = []
        cut.layerGroups = model.layerGroups.enumerated().compactMap { index, group in
            var part = group
            part.count = order.count { $0 == index }
            return part.count > 0 ? part : nil
        }
        cut.multiTokenPredictionLayerCount = 0
        cut.multiTokenPredictionLayer = nil
        return cut
    }
}

/// Why a row says nothing that the estimator can be asked.
enum Inexpressible: Error, CustomStringConvertible {
    case shape(String, near: String?)
    case accelerator(String, near: String?)
    case unlikeAccelerators(String)
    case metric(String)
    case missing(String)
    case layout([String])
    case rejected(String)

    /// The column to look at.
    var column: String {
        switch self {
        case .shape: "model"
        case .accelerator, .unlikeAccelerators: "accelerator"
        case .metric: "metric"
        case .missing(let column): column
        case .layout(let problems):
            Self.column(of: problems.first ?? "")
        case .rejected: "id"
        }
    }

    /// The column that a problem of a layout is about, by the word that it begins with.
    private static func column(of problem: String) -> String {
        let columns: [(word: String, column: String)] = [
            ("tp ×", "num_accel"), ("tp", "TP"), ("pp", "PP"), ("vpp", "VPP"), ("dp", "DP"),
            ("ep", "EP"), ("cp", "CP"), ("mb", "micro_batch"), ("exchange", "CP"),
        ]
        return columns.first { problem.hasPrefix("layout: \($0.word)") }?.column ?? "TP"
    }

    var description: String {
        switch self {
        case .shape(let name, let near):
            "the shape of \"\(name)\" is not known — add it with --catalog"
                + (near.map { "; the nearest is \"\($0)\"" } ?? "")
        case .accelerator(let name, let near):
            "no accelerator \"\(name)\"" + (near.map { " — did you mean \"\($0)\"?" } ?? "")
        case .unlikeAccelerators(let name): "unlike accelerators in one job: \(name)"
        case .metric(let name):
            "the metric \"\(name)\" cannot be predicted — iter_time_s, tokens_per_s_per_gpu, "
                + "tokens_per_s_total, MFU%, hw_tflops_per_gpu or gpu_hours_per_1T_tokens can"
        case .missing(let column): "\(column) is blank and cannot be searched"
        case .layout(let problems): problems.joined(separator: "; ")
        case .rejected(let reason): reason
        }
    }
}
