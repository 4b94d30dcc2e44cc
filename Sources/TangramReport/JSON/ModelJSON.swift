import TangramModels
import TangramUnits

/// Models as JSON.
enum ModelJSON {
    static func parameters(_ model: TransformerModel) -> JSONValue {
        .members([
            "total": .integer(model.parameterCount),
            "active": .integer(model.activeParameterCount(.all)),
            "activeWithoutInputEmbedding": .integer(
                model.activeParameterCount(.withoutInputEmbedding)),
            "activeWithoutEmbeddings": .integer(model.activeParameterCount(.withoutEmbeddings)),
            "multiTokenPrediction": .integer(model.parameters.multiTokenPrediction),
        ])
    }

    static func value(_ model: TransformerModel) -> JSONValue {
        .members([
            "id": .string(model.id),
            "name": .string(model.name),
            "family": .string(model.family),
            "layerCount": .integer(model.layerCount),
            "hiddenSize": .integer(model.hiddenSize),
            "vocabularySize": .integer(model.vocabularySize),
            "maximumContextTokens": JSONValue(model.maximumContext),
            "layerGroups": .array(
                model.layerGroups.map {
                    .members([
                        "count": .integer($0.count),
                        "attention": .string(ModelText.attention($0.attention)),
                        "feedForward": .string(ModelText.feedForward($0.feedForward)),
                    ])
                }),
            "checkpointFormat": JSONValue(model.checkpointFormat?.rawValue),
            "expertCheckpointFormat": JSONValue(model.expertCheckpointFormat?.rawValue),
            "parameters": parameters(model),
            "keyValueBytesPerTokenBF16": .number(model.keyValueBytesPerToken()),
            "trainingFLOPPerToken4096": .number(
                model.trainingFLOPPerToken(sequenceLength: 4_096).value),
            "publishedTotalParameters": JSONValue(model.provenance.publishedTotal),
            "publishedActiveParameters": JSONValue(model.provenance.publishedActive),
            "sources": JSONValue(model.provenance.sources),
            "unverifiedFields": JSONValue(model.provenance.unverifiedFields),
            "notes": JSONValue(model.provenance.notes),
            "retrieved": JSONValue(model.provenance.retrieved),
        ])
    }
}
