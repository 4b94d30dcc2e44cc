import TangramDocument
import TangramModels
import TangramPlacement
import TangramUnits

/// Reads a job's `train:` or `serve:`; `rl:` in an extension.
struct DemandReader {
    /// More tokens in one optimizer step than anyone trains with.
    static let stepTokenLimit = 10_000_000_000

    let models: ModelLibrary

    // MARK: Training

    func training(_ cursor: Cursor) -> TrainingDemand? {
        guard
            cursor.allowKeys(
                [
                    "model", "sequence", "batch", "tokens", "precision", "method", "deadline",
                    "all-to-all", "across-pools",
                ] + Self.trainingKeys)
        else { return nil }
        let model = cursor.required("model").flatMap(models.model)
        let sequence = cursor.required("sequence")?.tokenCount()
        let batch = cursor.required("batch")?.integer(in: 1...100_000_000)
        let tokens = cursor.optional("tokens")?.positive(Tokens.self, upTo: Tokens(1e17))
        let formats = cursor.optional("precision").map {
            readFormats($0, among: [.bf16, .fp16, .fp8, .fp4])
        }
        let method = cursor.optional("method").map(Self.method)
        let deadline = cursor.optional("deadline")?.positive(Seconds.self, upTo: Seconds(1e9))
        let dispatch = cursor.optional("all-to-all").map { dispatchFormat($0, model: model) }
        checkContext(cursor.optional("sequence"), tokens: sequence, model: model)
        checkStep(cursor, sequence: sequence, batch: batch, tokens: tokens)
        if cursor.optional("tokens") == nil {
            cursor.optional("deadline")?.fail(
                "a deadline needs \"tokens\"", note: "without them the job never ends")
        }
        guard let model, let sequence, let batch,
            let method = method ?? .full, let dispatch = dispatch ?? .bf16
        else { return nil }
        var demand = TrainingDemand(
            model: model, sequenceLength: sequence, globalBatchSize: batch, tokens: tokens,
            format: formats?.first ?? .bf16, method: method, deadline: deadline,
            dispatchFormat: dispatch)
        demand.alternativeFormats = Array((formats ?? []).dropFirst())
        demand.spansPools = cursor.optional("across-pools")?.bool() ?? false
        readFeatures(cursor, into: &demand)
        return demand
    }

    private func checkStep(_ cursor: Cursor, sequence: Int?, batch: Int?, tokens: Tokens?) {
        guard let sequence, let batch else { return }
        let (step, overflow) = sequence.multipliedReportingOverflow(by: batch)
        if overflow || step > Self.stepTokenLimit {
            cursor.optional("batch")?.fail(
                "\(batch) sequences of \(sequence) tokens in one step are not plausible",
                note: "at most \(Self.stepTokenLimit) tokens")
        } else if let tokens, tokens.value < Double(step) {
            cursor.optional("tokens")?.fail(
                "\(tokens) are less than one step of \(batch) × \(sequence) tokens",
                note: "lower \"batch\" or raise \"tokens\"")
        }
    }

    static func method(_ cursor: Cursor) -> TrainingDemand.Method? {
        if case .mapping = cursor.node.content {
            guard cursor.allowKeys(["lora"]),
                let rank = cursor.required("lora")?.integer(in: 1...8_192)
            else { return nil }
            return .lora(rank: rank)
        }
        if case .scalar("lora", _) = cursor.node.content {
            cursor.fail("lora needs a rank", note: "write for example {lora: 16}")
            return nil
        }
        return cursor.choice([("full", TrainingDemand.Method.full)])
    }

    // MARK: Serving

    func serving(_ cursor: Cursor) -> ServingDemand? {
        guard
            cursor.allowKeys(
                [
                    "model", "demand", "prompt", "output", "precision", "kv", "slo", "all-to-all",
                ] + ServingReader.keys)
        else { return nil }
        let model = cursor.required("model").flatMap(models.model)
        let demand = cursor.required("demand")?.positive(
            RequestRate.self, upTo: RequestRate(1e9))
        let reader = ServingReader()
        let prompts = cursor.required("prompt").flatMap(reader.lengths)
        let outputs = cursor.required("output").flatMap(reader.lengths)
        let formats = cursor.optional("precision").map {
            readFormats($0, among: Self.servedFormats)
        }
        let keyValue = cursor.optional("kv").map {
            $0.choice(Self.choices(Self.servedFormats))
        }
        let dispatch = cursor.optional("all-to-all").map { dispatchFormat($0, model: model) }
        let slo = cursor.optional("slo")
        slo?.allowKeys(["ttft", "tpot", "percentile"])
        let longest = Seconds(1e5)
        let first = slo?.optional("ttft")?.positive(Seconds.self, upTo: longest)
        let each = slo?.optional("tpot")?.positive(Seconds.self, upTo: longest)
        let percentile = slo?.optional("percentile")?.integer(in: 50...99)
        if let percentile, ![50, 90, 99].contains(percentile) {
            slo?.optional("percentile")?.fail(
                "\(percentile) is no percentile", note: "50, 90 or 99")
        }
        if let prompts, let outputs {
            checkContext(
                cursor.optional("prompt"), tokens: prompts.mean + outputs.mean, model: model)
        }
        guard let model, let demand, let prompts, let outputs,
            let keyValue = keyValue ?? .bf16, let dispatch = dispatch ?? .bf16
        else { return nil }
        var found = ServingDemand(
            model: model, requestRate: demand, promptTokens: prompts.mean,
            outputTokens: outputs.mean, weightFormats: formats ?? [], keyValueFormat: keyValue,
            timeToFirstToken: first, timePerOutputToken: each, dispatchFormat: dispatch)
        found.promptLengths = prompts.lengths
        found.outputLengths = outputs.lengths
        found.percentile = percentile
        reader.read(cursor, into: &found)
        return found
    }

    /// One format or a list of them, in order of preference.
    func readFormats(_ cursor: Cursor, among allowed: [NumberFormat]) -> [NumberFormat] {
        let choices = Self.choices(allowed)
        var formats: [NumberFormat] = []
        for item in cursor.itemsOrSelf() {
            guard let format = item.choice(choices) else { continue }
            if formats.contains(format) { item.fail("\(format.rawValue) is listed twice") }
            formats.append(format)
        }
        return formats
    }

    // MARK: Both

    func dispatchFormat(_ cursor: Cursor, model: TransformerModel?) -> NumberFormat? {
        let format = cursor.choice(Self.choices([.bf16, .fp8]))
        if let model, !model.isMixtureOfExperts {
            cursor.warn("\(model.id) has no experts, so that nothing is sent all-to-all")
        }
        return format
    }

    func checkContext(_ cursor: Cursor?, tokens: Int?, model: TransformerModel?) {
        guard let cursor, let tokens, let model, let longest = model.maximumContext,
            tokens > longest
        else { return }
        cursor.fail("\(tokens) tokens are beyond the context of \(model.id), \(longest) tokens")
    }

    /// What weights and caches may be stored in where answers are written.
    static let servedFormats: [NumberFormat] = [.bf16, .fp16, .fp8, .int8, .fp4, .int4]

    static func choices(_ formats: [NumberFormat]) -> [(String, NumberFormat)] {
        formats.map { ($0.rawValue, $0) }
    }
}
