import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// Reads rows of tables of serving results.
struct ServingCaseReader {
    let shapes: ShapeReader
    let hardware: HardwareCatalogue
    /// The engine of all rows; nil for the one that each names.
    var engine: ServingEngine?

    /// Lengths that are taken where a row states none.
    private static let usualPrompt = 4_096
    private static let usualAnswer = 1_024

    /// - Throws: ``Diagnostic`` for a malformed field, ``Inexpressible`` otherwise.
    func read(_ row: MeasuredRow) throws -> ServingCase {
        let record = row.record
        let model = try shapes.servedModel(record["model"])
        let card = try accelerator(record["accelerator"])
        var notes = ServingNotes([record["notes"], record["concurrency_or_batch"]])
        let formats = ServedFormats(record["precision"], model: model)
        var assumptions: [String] = []
        let engine =
            try engine
            ?? ServingEngine.published(
                record["engine_version"], year: record.integer("year", in: 1_900...2_200), on: card)
        let prompt = try record.integer("isl", in: 1...16_777_216)
        let answer = try record.integer("osl", in: 1...16_777_216)
        if prompt == nil, notes.contextTokens == nil {
            assumptions.append("prompts of \(Self.usualPrompt) tokens")
        }
        if answer == nil { assumptions.append("answers of \(Self.usualAnswer) tokens") }
        let metric = record["metric"]
        if record["engine_version"].hasPrefix("CloudMatrix") {
            // It decodes with one draft, and over 320 dies (arXiv 2506.12708, §4.1 and §4.2).
            notes.hasDrafts = true
            if !metric.hasPrefix("input"), notes.expertRanks == nil { notes.expertRanks = 320 }
        }
        let isSplit = record["disagg"] == "y"
        let load = try load(row, notes, metric: metric, isSplit: isSplit)
        var demand = ServingDemand(
            model: formats.applied(to: model), requestRate: RequestRate(1),
            promptTokens: prompt ?? notes.contextTokens ?? Self.usualPrompt,
            outputTokens: answer ?? Self.usualAnswer, weightFormats: [formats.experts],
            keyValueFormat: formats.cache ?? engine.usualCache(formats.experts, on: card),
            dispatchFormat: formats.dispatch, engine: engine,
            speculation: notes.speculation(engine),
            prefixHitRate: notes.cachedShare ?? 0)
        if formats.cache == nil {
            assumptions.append("cache in \(demand.keyValueFormat.rawValue)")
        }
        demand.hasBlockScales =
            record["precision"].contains("fp8_block") || model.checkpointFormat == .fp8
        if let overlaps = notes.overlapsBatches { demand.engine.overlapsBatches = overlaps }
        if notes.isBalanced { demand.engine.expertImbalance = 1 }
        if case .decode = load, answer == nil {
            // The length stated is that of the cache.
            demand.promptTokens = notes.contextTokens ?? demand.promptTokens
            demand.outputTokens = 1
        }
        let sizes = ServedSizes(
            record: record, notes: notes, model: model, card: card, formats: demand,
            hardware: hardware)
        var found = try sizes.sides(metric: metric, load: load)
        if let activations = formats.activations, formats.experts.bits <= 4,
            found.group.accelerator.peaks[activations] != nil
        {
            found.side.layout.computeFormat = activations
            found.prefillSide?.layout.computeFormat = activations
        }
        found.load = load
        found.countsFirstWave = notes.isMean
        found.timePerOutputToken = notes.timePerOutputToken
        found.assumptions = assumptions + found.assumptions
        return found
    }

    private func load(
        _ row: MeasuredRow, _ notes: ServingNotes, metric: String, isSplit: Bool
    ) throws -> ServingCase.Load {
        let record = row.record
        let text = record["concurrency_or_batch"]
        let digits = text.prefix { $0.isNumber }
        let number = Double(digits)
        let perAccelerator =
            text.dropFirst(digits.count).hasPrefix("/") || text.contains("batch")
        let isTokens = text.contains("token")
        let hasBothLengths = !record["isl"].isEmpty && !record["osl"].isEmpty
        if text.hasPrefix("inf") || text.lowercased().contains("offline") {
            return .saturated(
                requests: try record.number("requests", in: 1...1e9)
                    ?? PublishedRuns.requestCount(
                        record["source"], prompt: try record.integer("isl"),
                        answer: try record.integer("osl")))
        }
        if !digits.isEmpty || text.isEmpty {
            if metric == "input_tok_per_s_per_gpu", !hasBothLengths {
                // Prompts of a step, or the tokens of one on every accelerator.
                return .prefill(isTokens ? nil : number)
            }
            if metric == "ttft_ms", !hasBothLengths { return .prefill(number) }
            let count = try record.number("num_accel", in: 1...1_000_000) ?? 1
            let decoding = try record.number("decode_accels", in: 1...1_000_000) ?? count
            if perAccelerator, let number { return .decode(number * decoding) }
            if number == nil, metric == "tpot_ms" {
                throw Inexpressible.missing("concurrency_or_batch")
            }
            if notes.isDecodeOnly || isSplit && !hasBothLengths { return .decode(number) }
            if let number { return .closedLoop(number) }
            guard notes.timePerOutputToken != nil else {
                throw Inexpressible.missing("concurrency_or_batch")
            }
            return .decode(nil)
        }
        throw record.diagnostic(
            "concurrency_or_batch", "\"\(text)\" is neither a number nor \"inf\"",
            note: "for example 64, 256/GPU or inf")
    }

    private func accelerator(_ name: String) throws -> Accelerator {
        try TrainingCaseReader(shapes: shapes, hardware: hardware).accelerator(name)
    }
}
