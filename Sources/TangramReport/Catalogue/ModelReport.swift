public import TangramModels
import TangramUnits

/// Models of the catalogue, as a list or one by one.
public enum ModelReport {
    /// All models, one a line.
    public static func list(_ models: [TransformerModel], style: TextStyle = .plain) -> String {
        var table = TextTable([
            .text("name"), .text("family"), .number("parameters"), .number("active"),
            .number("layers"), .text("attention"), .number("KV per token"), .number("context"),
            .text("weights"), .number("training FLOP/token"), .text("unverified"),
        ])
        for model in models {
            table.add([
                .init(model.id), .init(model.family),
                .init(ModelText.parameters(model.parameterCount)),
                .init(
                    model.isMixtureOfExperts
                        ? ModelText.parameters(model.activeParameterCount(.all)) : ""),
                .init("\(model.layerCount)"), .init(ModelText.kinds(model)),
                .init(Bytes(rounding: model.keyValueBytesPerToken()).description),
                .init(model.maximumContext.map(Figures.count) ?? Figures.none),
                .init(format(model) ?? Figures.none),
                .init(model.trainingFLOPPerToken(sequenceLength: 4_096).description),
                .init(Figures.list(model.provenance.unverifiedFields, limit: 2), .yellow),
            ])
        }
        return
            (table.lines(style: style, indent: 0) + [
                "",
                style.apply(
                    .dim, "KV in bf16; training at 4,096 tokens; active counts embedding and head"),
            ]).joined(separator: "\n") + "\n"
    }

    private static func format(_ model: TransformerModel) -> String? {
        guard let experts = model.expertCheckpointFormat, experts != model.checkpointFormat else {
            return model.checkpointFormat?.rawValue
        }
        guard let dense = model.checkpointFormat else { return experts.rawValue }
        return "\(dense.rawValue), experts \(experts.rawValue)"
    }

    /// One model with its sources.
    public static func show(_ model: TransformerModel, style: TextStyle = .plain) -> String {
        var facts = FactList(title: "\(model.name) (\(model.id))")
        facts.add("family", model.family)
        facts.add("layers", "\(model.layerCount), hidden size \(Figures.count(model.hiddenSize))")
        for group in model.layerGroups {
            facts.add(
                "\(group.count) ×",
                ModelText.attention(group.attention) + "; "
                    + ModelText.feedForward(group.feedForward))
        }
        facts.add(
            "vocabulary",
            Figures.count(model.vocabularySize)
                + (model.hasTiedEmbeddings ? ", head tied to the embedding" : ""))
        facts.add("context", model.maximumContext.map { "\(Figures.count($0)) tokens" })
        facts.add("published weights", format(model))
        addCounts(model, to: &facts)
        for note in model.provenance.notes { facts.add("note", note) }
        facts.add("unverified", model.provenance.unverifiedFields.joined(separator: ", "))
        for source in model.provenance.sources { facts.add("source", source) }
        facts.add("retrieved", model.provenance.retrieved)
        return facts.text(style: style)
    }

    private static func addCounts(_ model: TransformerModel, to facts: inout FactList) {
        let provenance = model.provenance
        facts.add(
            "parameters",
            Figures.count(model.parameterCount)
                + published(provenance.publishedExactTotal ?? provenance.publishedTotal))
        if model.isMixtureOfExperts {
            let convention = provenance.publishedActiveConvention ?? .all
            facts.add(
                "active",
                Figures.count(model.activeParameterCount(convention))
                    + published(provenance.publishedExactActive ?? provenance.publishedActive))
        }
        if model.multiTokenPredictionLayerCount > 0 {
            facts.add(
                "multi-token prediction",
                Figures.count(model.parameters.multiTokenPrediction) + " parameters more"
                    + published(provenance.publishedMultiTokenPrediction))
        }
        facts.add(
            "KV per token, bf16",
            formatNumber(model.keyValueBytesPerToken(), decimals: 1, trimming: true) + " B"
                + (provenance.publishedKeyValueBytesPerToken.map {
                    "; published: \(Figures.count($0)) B"
                } ?? ""))
        facts.add(
            "training, 4,096 tokens",
            "\(model.trainingFLOPPerToken(sequenceLength: 4_096)) per token"
                + (provenance.publishedTrainingFLOPPerToken.map { "; published: \($0)" } ?? ""))
    }

    private static func published(_ value: Int?) -> String {
        value.map { "; published: \(Figures.count($0))" } ?? ""
    }

    /// Models as JSON.
    public static func json(_ models: [TransformerModel]) -> JSONValue {
        .members(["tangramCatalogueVersion": 1, "models": .array(models.map(ModelJSON.value))])
    }
}
