import TangramModels
import TangramUnits

/// What `tangram memory` prints: weights, caches, and what the shape saves against plainer ones.
public struct MemoryReport: Sendable {
    let memory: ModelMemory
    private var model: TransformerModel { memory.model }

    /// Prepares a report.
    public init(_ memory: ModelMemory) { self.memory = memory }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        [shape(style), weights(style), caches(style), savings(style)].filter { !$0.isEmpty }
            .map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func shape(_ style: TextStyle) -> [String] {
        var facts = FactList(title: "\(model.name) (\(model.id))")
        facts.add("layers", "\(model.layerCount), hidden size \(Figures.count(model.hiddenSize))")
        for group in model.layerGroups {
            facts.add(
                "\(group.count) ×",
                ModelText.attention(group.attention) + "; "
                    + ModelText.feedForward(group.feedForward))
        }
        facts.add("vocabulary", Figures.count(model.vocabularySize))
        return facts.lines(style: style)
    }

    // MARK: Weights

    private var formatText: String {
        memory.expertFormat == memory.weightFormat
            ? memory.weightFormat.rawValue
            : "\(memory.weightFormat.rawValue), experts \(memory.expertFormat.rawValue)"
    }

    private func weights(_ style: TextStyle) -> [String] {
        var table = TextTable([.text("weights"), .number("parameters"), .number("share")])
        let counts = model.parameters
        for component in ModelText.components(counts) {
            table.add([
                .init(component.name), .init(Figures.count(component.count)),
                .init(Figures.percent(Double(component.count) / Double(max(1, counts.total)))),
            ])
        }
        table.add([
            .init("sum", .bold), .init(Figures.count(counts.total), .bold),
            .init(Figures.percent(1)),
        ])
        if model.isMixtureOfExperts {
            for (convention, name) in [
                (ActiveConvention.all, "active in a token"),
                (.withoutInputEmbedding, "  without input embedding"),
                (.withoutEmbeddings, "  without embedding and head"),
            ] {
                let count = model.activeParameterCount(convention)
                table.add([
                    .init(name), .init(Figures.count(count)),
                    .init(Figures.percent(Double(count) / Double(max(1, counts.total)))),
                ])
            }
        }
        if counts.multiTokenPrediction > 0 {
            table.add([
                "multi-token prediction, extra",
                .init(Figures.count(counts.multiTokenPrediction)),
            ])
        }
        return table.lines(style: style) + [
            "  all weights \(memory.weights), read for one token \(memory.activeWeights) "
                + "(\(formatText); embedding, head, norms and routers at 16 bits)"
        ]
    }

    // MARK: Caches

    private func caches(_ style: TextStyle) -> [String] {
        let format = memory.keyValueFormat
        var facts = FactList(title: "KV cache in \(format.rawValue)")
        facts.add("per token", bytes(memory.keyValueBytesPerToken))
        let full = model.fullContextKeyValueBytesPerToken(format: format)
        if full < memory.keyValueBytesPerToken {
            facts.add("per token once windows are full", bytes(full))
        }
        let indexer = model.indexerBytesPerToken(format: format)
        if indexer > 0 { facts.add("indexer per token", bytes(indexer)) }
        facts.add(
            "one sequence of \(Figures.count(memory.context)) tokens",
            memory.cachePerSequence.description)
        facts.add(Figures.counted(memory.batch, "sequence"), memory.cache.description)
        facts.add("weights and caches", memory.total.description)
        return facts.lines(style: style)
    }

    private func bytes(_ value: Double) -> String {
        formatNumber(value, decimals: 1, trimming: true) + " B"
    }

    // MARK: Savings

    /// What caches of all sequences take less than with as many key-value heads as query heads.
    private var savedAgainstMultiHead: Bytes {
        let tokens = Double(memory.context) * Double(memory.batch)
        return max(
            .zero,
            Bytes(rounding: memory.comparison.multiHeadKeyValueBytesPerToken * tokens)
                - memory.cache)
    }

    private func savings(_ style: TextStyle) -> [String] {
        let comparison = memory.comparison
        let tokens = Double(memory.context) * Double(memory.batch)
        var caches = TextTable([
            .text("attention"), .number("KV per token"), .number("all sequences"),
            .number("times this"),
        ])
        let own = memory.cache.value
        func add(_ name: String, _ perToken: Double, _ all: Double) {
            caches.add([
                .init(name), .init(bytes(perToken)), .init(Bytes(rounding: all).description),
                .init(own > 0 ? formatNumber(all / own, digits: 3) + " ×" : Figures.none),
            ])
        }
        add("\(ModelText.kinds(model)), this model", comparison.keyValueBytesPerToken, own)
        let multiHead = comparison.multiHeadKeyValueBytesPerToken
        add("MHA of the same heads", multiHead, multiHead * tokens)
        let grouped = comparison.eightGroupKeyValueBytesPerToken
        add("GQA of the same heads, 8 KV heads", grouped, grouped * tokens)
        var lines = [style.apply(.bold, "Against plainer shapes")] + caches.lines(style: style)
        let saved = savedAgainstMultiHead
        if saved > .zero {
            let share = formatNumber(100 * saved.value / (multiHead * tokens), digits: 3)
            lines.append("  saved against MHA in all sequences: \(saved), \(share) %")
        }
        guard model.isMixtureOfExperts else { return lines }
        var work = TextTable([
            .text("feed-forward"), .number("active parameters"), .number("FLOP per token"),
            .number("times this"),
        ])
        work.add([
            "mixture of experts, this model",
            .init(Figures.count(comparison.activeParameterCount)),
            .init(comparison.forwardFLOPPerToken.description), "1 ×",
        ])
        work.add([
            "dense of the same size", .init(Figures.count(comparison.denseActiveParameterCount)),
            .init(comparison.denseForwardFLOPPerToken.description),
            .init(formatNumber(comparison.savingAgainstDense, digits: 3) + " ×"),
        ])
        lines += [""] + work.lines(style: style)
        lines.append(
            "  forward pass, mean over a sequence of \(Figures.count(memory.context)) tokens")
        return lines
    }

    /// The report as JSON.
    public var json: JSONValue {
        let comparison = memory.comparison
        return JSONValue.members([
            "tangramMemoryVersion": 1,
            "model": .string(model.id),
            "contextTokens": .integer(memory.context),
            "batchSequences": .integer(memory.batch),
            "weightFormat": .string(memory.weightFormat.rawValue),
            "expertFormat": .string(memory.expertFormat.rawValue),
            "keyValueFormat": .string(memory.keyValueFormat.rawValue),
            "parameters": ModelJSON.parameters(model),
            "weightsBytes": .integer(memory.weights.count),
            "activeWeightsBytes": .integer(memory.activeWeights.count),
            "keyValueBytesPerToken": .number(memory.keyValueBytesPerToken),
            "cacheBytesPerSequence": .integer(memory.cachePerSequence.count),
            "cacheBytes": .integer(memory.cache.count),
            "totalBytes": .integer(memory.total.count),
            "multiHeadKeyValueBytesPerToken": .number(comparison.multiHeadKeyValueBytesPerToken),
            "savedBytesAgainstMultiHead": .integer(savedAgainstMultiHead.count),
            "eightGroupKeyValueBytesPerToken": .number(comparison.eightGroupKeyValueBytesPerToken),
            "forwardFLOPPerToken": .number(comparison.forwardFLOPPerToken.value),
            "denseForwardFLOPPerToken": .number(comparison.denseForwardFLOPPerToken.value),
        ])
    }
}
