public import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// What became of one row.
public struct RowOutcome: Sendable {
    /// The row's name.
    public var id: String
    /// Where it was published.
    public var source: String
    /// What was measured, as the table calls it.
    public var metric: String
    /// The measurement, in the metric's unit.
    public var measured: Double
    /// The prediction in the same unit; nil where the row cannot be expressed.
    public var predicted: Double?
    /// The lower end of the interval that the estimate's uncertainty gives; nil for memory, which has
    /// none.
    public var low: Double?
    /// Its upper end.
    public var high: Double?
    /// Why there is no prediction.
    public var reason: String?
    /// Where in the file that stands, as `file:line:column: column`; nil with a prediction.
    public var place: String?
    /// Whether it counts: rows of tier C are shown only.
    public var isScored: Bool
    /// What the row does not say and was searched or taken for granted.
    public var assumptions: [String] = []
    /// The model as the table names it.
    public var model: String
    /// The accelerator, by catalogue name where it was found.
    public var accelerator: String
    /// Its architecture, where it was found.
    public var architecture: String?
    /// The software that ran it; nil where the row could not be expressed.
    public var stack: String?
    /// Whether the model has routed experts.
    public var isMixtureOfExperts = false
    /// The format of arithmetic.
    public var precision = ""
    /// What was measured of the memory; empty for all of it.
    public var what = ""
    /// What was predicted in full.
    public var estimate: TrainingEstimate?
    /// What was predicted of serving in full, and the replica that it is of.
    public var serving: (point: ServingPoint, layout: ServingLayout)?
    /// The phases of a step of reinforcement learning with their times, for people.
    public var phases: [String] = []
    /// Who published it, where the letters of the id do not say.
    var publisher: String?

    init(_ row: MeasuredRow, metric gridMetric: String? = nil) throws(Diagnostic) {
        let record = row.record
        id = row.id
        model = row.text("model") ?? "GPT"
        accelerator = record["accelerator"]
        isScored = record["tier"] != "C"
        switch row.kind {
        case .training:
            source = record["source"]
            metric = record["metric"]
            measured = try Self.measured(record, "value")
        case .memory:
            source = record["source"]
            what = record["what"]
            metric = "peak_memory_GiB"
            measured = try Self.measured(record, "GiB")
        case .singleNode:
            source = "vTrain single node"
            metric = "iter_time_s"
            measured = try Self.measured(record, "iteration time (ms)") / 1_000
            accelerator = "A100"
        case .serving:
            source = record["source"]
            metric = record["metric"]
            measured = try Self.measured(record, "value")
            publisher = PublishedNames.publisher(of: source)
        case .reinforcement:
            source = record["source"]
            metric = record["metric"]
            measured = try Self.measured(record, "value")
        case .operators:
            source = "operators"
            metric = "latency_us"
            measured = try Self.measured(record, "latency_us")
            model = OperatorCase.name(row)
            accelerator = row.text("accelerator", "system") ?? ""
            publisher = OperatorCase.family(row)
        case .servingGrid:
            source = "aiconfigurator"
            accelerator = record["system"]
            let named = gridMetric ?? "tpot_ms"
            metric = named
            measured = try Self.measured(
                record, Self.gridColumns.first { $0.metric == named }?.column ?? named)
            publisher = "grid-" + (record["mode"].isEmpty ? "?" : record["mode"])
        }
    }

    /// What a row of a grid predicts, and where it stands.
    static let gridColumns = [
        (metric: "ttft_ms", column: "ttft_ms"), (metric: "tpot_ms", column: "tpot_ms"),
        (metric: "output_tok_per_s_per_gpu", column: "tok_s_per_gpu"),
    ]

    private static func measured(
        _ record: CSVRecord, _ column: String
    ) throws(Diagnostic) -> Double {
        guard let value = try record.number(column, in: 1e-12...1e18) else {
            throw record.diagnostic(
                column, "a measurement is missing", note: "give a number above 0")
        }
        return value
    }

    /// Whether more of it is slower.
    var isTime: Bool {
        switch metric {
        case "iter_time_s", "gpu_hours_per_1T_tokens", "ttft_ms", "tpot_ms", "latency_us",
            "step_time_s":
            true
        default: false
        }
    }

    /// Signed relative error; nil without a prediction.
    public var relativeError: Double? { predicted.map { $0 / measured - 1 } }

    /// The letters that ids of one source start with.
    public var prefix: String {
        if let publisher { return publisher }
        let letters = id.prefix { $0.isLetter }
        return letters.isEmpty || id.hasPrefix("row ") ? "vTrain-node" : String(letters)
    }

    mutating func predict(
        from prediction: ServingPrediction, of found: ServingCase, _ model: ServingModel
    ) throws(Inexpressible) {
        let value: Double
        switch metric {
        case "ttft_ms": value = prediction.firstTokenMilliseconds
        case "tpot_ms": value = prediction.tokenMilliseconds
        case "output_tok_per_s_per_gpu": value = prediction.outputRate / prediction.decodeCount
        case "output_tok_per_s_total": value = prediction.outputRate
        case "input_tok_per_s_per_gpu": value = prediction.inputRate / prediction.prefillCount
        case "input_tok_per_s_total": value = prediction.inputRate
        default: throw Inexpressible.metric(metric)
        }
        guard value > 0, value.isFinite else { throw Inexpressible.metric(metric) }
        predicted = value
        let uncertainty = found.uncertainty(of: metric, model)
        (low, high) = (value / (1 + uncertainty), value * (1 + uncertainty))
        serving = (prediction.point, found.side.layout)
    }

    mutating func predict(from estimate: TrainingEstimate, of found: TrainingCase) throws {
        let seconds = estimate.stepTime.value
        let count = Double(found.acceleratorCount)
        let uncertainty = estimate.relativeUncertainty
        let value: Double
        switch metric {
        case "iter_time_s":
            value = seconds
        case "tokens_per_s_per_gpu": value = estimate.throughput.value / count
        case "tokens_per_s_total": value = estimate.throughput.value
        case "MFU%": value = 100 * estimate.modelFLOPUtilisation
        case "hw_tflops_per_gpu":
            value = try Self.hardwareFLOP(found.demand) / seconds / count / 1e12
        case "gpu_hours_per_1T_tokens":
            value = 1e12 / estimate.throughput.value * count / 3_600
        case "peak_memory_GiB":
            value = part(of: estimate.memory).value / Double(1 << 30)
            predicted = value
            return
        default: throw Inexpressible.metric(metric)
        }
        predicted = value
        (low, high) = (value / (1 + uncertainty), value * (1 + uncertainty))
    }

    /// The part of the memory that was measured.
    private func part(of memory: MemoryBreakdown) -> Bytes {
        if what.hasPrefix("params+optimizer") {
            return memory.weights + memory.gradients + memory.optimizer
        }
        if what.hasPrefix("activations") { return memory.activations }
        // What PyTorch allocates leaves out the runtime. Sailor's figures hold it: a job of 350
        // million parameters on four devices takes 8.9 GiB.
        if what.contains("allocated"), !source.contains("sailor") {
            return memory.total - memory.workspace
        }
        return memory.total
    }

    /// FLOP of one step with recomputation, as Narayanan et al. count them: 96 B s l h² (1 + s/6h +
    /// V/16lh) (arXiv 2104.04473, eq. 3); for GPT shapes only.
    private static func hardwareFLOP(_ demand: TrainingDemand) throws -> Double {
        guard let group = demand.model.layerGroups.first, demand.model.layerGroups.count == 1,
            case .dense(let block) = group.feedForward, !block.isGated
        else { throw Inexpressible.metric("hw_tflops_per_gpu of a model that is no GPT") }
        let hidden = Double(demand.model.hiddenSize)
        let length = Double(demand.sequenceLength)
        let layers = Double(demand.model.layerCount)
        return 96 * Double(demand.globalBatchSize) * length * layers * hidden * hidden
            * (1 + length / (6 * hidden)
                + Double(demand.model.vocabularySize) / (16 * layers * hidden))
    }
}
