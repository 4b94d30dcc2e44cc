import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// A row as the estimator can be asked: a job, accelerators, and what is known of the layout.
struct TrainingCase {
    var demand: TrainingDemand
    var group: DeviceGroup
    var acceleratorCount: Int
    /// The layout as far as it is stated; nil where it is searched.
    var layout: TrainingLayout?
    /// What was searched or taken for granted because the row does not say.
    var assumptions: [String]
    /// Micro-batch sizes to try; one where it is stated.
    var microBatches: [Int]
    /// Recomputation to try, least first; one where it is stated.
    var recompute: [TrainingLayout.Recompute]
}

/// Reads rows of training and memory tables.
struct TrainingCaseReader {
    let shapes: ShapeReader
    let hardware: HardwareCatalogue

    /// - Throws: ``Diagnostic`` for a malformed field, ``Inexpressible`` otherwise.
    func read(_ row: MeasuredRow) throws -> TrainingCase {
        row.kind == .singleNode ? try singleNode(row) : try stated(row)
    }

    private func stated(_ row: MeasuredRow) throws -> TrainingCase {
        let record = row.record
        var assumptions: [String] = []
        let model = try shapes.model(of: row)
        let tensor = try record.integer("TP", in: 1...65_536)
        let pipeline = try record.integer("PP", in: 1...65_536)
        var stated = try record.integer("num_accel", in: 1...1_000_000)
        if stated == nil, row.kind == .memory, let tensor, let pipeline {
            stated = tensor * pipeline
            assumptions.append("one replica")
        }
        guard let count = stated else { throw Inexpressible.missing("num_accel") }
        var used = count
        let group = try group(row, count: count)
        let context = try record.integer("CP", in: 1...65_536) ?? 1
        let data = try record.integer("DP", in: 1...1_000_000)
        var micro = try record.integer("micro_batch", in: 1...1_000_000)
        if micro == nil, row.kind == .memory {
            micro = PublishedNames.microBatches[PublishedNames.key(record["model"])] ?? 1
            assumptions.append("micro-batch of \(micro ?? 1)")
        }
        var sequence = try record.integer("seq_len", in: 1...16_777_216)
        if sequence == nil {
            // The tables' notes name the default of the tool where they leave the column blank.
            sequence =
                Self.sequence(inNotes: record["notes"])
                ?? PublishedNames.defaultSequences.first {
                    record["source"].contains($0.source)
                }?.tokens
            assumptions.append("sequence of \(sequence ?? 4_096)")
        }
        var layout: TrainingLayout?
        if let tensor, let pipeline {
            let replicas = data ?? count / (tensor * pipeline * context)
            if data == nil, replicas > 0, count % (tensor * pipeline * context) != 0 {
                // A rounded number of accelerators; whole replicas of it ran.
                used = replicas * tensor * pipeline * context
                assumptions.append("\(used) of \(count) accelerators")
            }
            var stated = TrainingLayout(
                tensorParallel: tensor, pipelineParallel: pipeline,
                virtualPipeline: try record.integer("VPP", in: 1...10_000) ?? 1,
                contextParallel: context, dataParallel: max(1, replicas),
                expertParallel: try record.integer("EP", in: 1...65_536) ?? 1,
                zeroStage: Self.zeroStage(record["zero_fsdp"]), microBatch: micro ?? 1,
                schedule: record["notes"].contains("DualPipe") ? .dualPipe : .oneForwardOneBackward,
                contextExchange: record["notes"].contains("CP via a2a") ? .ulysses : .ring)
            stated.lastStageLayerCount = Self.evenStage(stated, of: model)
            layout = stated
        } else {
            assumptions.append("layout searched")
        }
        let replicas = layout?.dataParallel ?? 1
        var batch = try record.integer("global_batch", in: 1...10_000_000)
        if batch == nil {
            batch = max(1, replicas * (micro ?? 1) * (layout.map { 4 * $0.pipelineParallel } ?? 1))
            if layout == nil { batch = max(1_024, Self.usualSequences * count) }
            if batch != replicas * (micro ?? 1) { assumptions.append("batch of \(batch ?? 1)") }
        }
        let recompute = Self.recompute(record["recompute"])
        if recompute.count > 1 { assumptions.append("least recomputation that fits") }
        if layout != nil && micro == nil { assumptions.append("micro-batch searched") }
        let precision = record["precision"]
        if precision.isEmpty { assumptions.append("bf16") }
        let format = try Self.format(precision)
        var stack = try Self.stack(row, on: group.accelerator)
        if record["what"].contains("TP baseline") { stack.isSequenceParallel = false }
        var found = TrainingCase(
            demand: TrainingDemand(
                model: model, sequenceLength: sequence ?? 4_096, globalBatchSize: batch ?? 1,
                format: format,
                method: Self.method(record["notes"]),
                dispatchFormat: record["notes"].contains("fp8 dispatch")
                    ? .fp8 : stack.dispatchFormat,
                stack: stack),
            group: group, acceleratorCount: used, layout: layout, assumptions: assumptions,
            microBatches: micro.map { [$0] } ?? [1, 2, 4, 8], recompute: recompute)
        found.demand.narrowScaling = Self.scaling(precision)
        try check(found)
        return found
    }

    /// Sequences an accelerator where neither batch nor layout are stated: so many that a pipeline of
    /// a few stages is not mostly bubble.
    private static let usualSequences = 4

    /// The columns of vTrain's table of single nodes (MIT, arXiv 2312.12391): GPT of any size in
    /// fp16 on eight A100 SXM of 80 GB, activations recomputed.
    private func singleNode(_ row: MeasuredRow) throws -> TrainingCase {
        let record = row.record
        func size(_ column: String) throws -> Int {
            guard let value = try record.integer(column) else {
                throw Inexpressible.missing(column)
            }
            return value
        }
        let count = try size("# GPUs")
        let hidden = try size("hidden size")
        let layout = TrainingLayout(
            tensorParallel: try size("tensor parallelism"),
            pipelineParallel: try size("pipeline parallelism"),
            dataParallel: try size("data parallelism"), zeroStage: 0,
            microBatch: try size("micro batch"), recompute: .full)
        let model = ShapeReader.dense(
            id: "GPT", layers: try size("# layers"), hidden: hidden,
            heads: try size("attention heads"), keyValueHeads: try size("attention heads"),
            width: 4 * hidden, vocabulary: 51_200, isPlain: true)
        let card = try accelerator("A100")
        let found = TrainingCase(
            demand: TrainingDemand(
                model: model, sequenceLength: try size("sequence length"),
                globalBatchSize: try size("global batch"), format: .fp16,
                stack: try Self.stack(row, on: card)),
            group: try Self.network(card, count: count, perNode: count, nic: nil, hardware),
            acceleratorCount: count, layout: layout, assumptions: ["full recomputation"],
            microBatches: [layout.microBatch], recompute: [.full])
        try check(found)
        return found
    }

    private func check(_ found: TrainingCase) throws {
        guard var layout = found.layout else { return }
        let check = LayoutCheck(model: found.demand.model, group: found.group)
        var first: [String] = []
        for micro in found.microBatches {
            layout.microBatch = micro
            let problems = check.problems(
                of: layout, demand: found.demand, count: found.acceleratorCount)
            if problems.isEmpty { return }
            if first.isEmpty { first = problems }
        }
        throw Inexpressible.layout(first)
    }

    // MARK: Accelerators

    private func group(_ row: MeasuredRow, count: Int) throws -> DeviceGroup {
        let record = row.record
        let name = record["accelerator"]
        if PublishedNames.key(name).dropFirst().contains("x"), name.contains("+") {
            throw Inexpressible.unlikeAccelerators(name)
        }
        var card = try accelerator(name)
        if name.contains("HBM2e"), card.id == "h100-sxm-80gb" {
            // The table's own note: 96 GB of HBM2e at 2.4 TB/s.
            card.memoryBandwidth = .gigabytesPerSecond(2_400)
            card.usableMemory = .gibibytes(95)
        }
        if let cap = Self.powerCap(in: name) { card = card.capped(at: cap) }
        let perNode = try record.integer("accel_per_node", in: 1...1_024)
        return try Self.network(
            card, count: count, perNode: perNode,
            nic: try record.number("inter_node_gbps_per_accel", in: 0.1...100_000), hardware)
    }

    func accelerator(_ name: String) throws -> Accelerator {
        let key = PublishedNames.key(name)
        if let id = PublishedNames.accelerators[key], let card = hardware.accelerator(id) {
            return card
        }
        if let found = hardware.accelerators.first(where: { card in
            ([card.id] + card.aliases).contains { PublishedNames.key($0) == key }
        }) {
            return found
        }
        throw Inexpressible.accelerator(
            name, near: nearest(to: name, among: hardware.acceleratorNames))
    }

    static func network(
        _ card: Accelerator, count: Int, perNode: Int?, nic: Double?,
        _ hardware: HardwareCatalogue
    ) throws -> DeviceGroup {
        let domain = card.scaleUp?.domainSize ?? 1
        let usual = domain > 16 ? 4 : min(8, max(1, domain > 1 ? domain : 8))
        let size = min(count, perNode ?? usual)
        let set = AcceleratorSet(
            accelerator: card.id, count: count, perNode: count.isMultiple(of: size) ? size : 1)
        do throws(AcceleratorSetError) {
            var group = try set.group(of: card, in: hardware)
            if let nic { group.scaleOut.nicBandwidth = .gigabytesPerSecond(nic / 8) }
            return group
        } catch {
            throw Inexpressible.rejected(error.description)
        }
    }

    /// The stack that the row names, else the one that its source ran, else current software.
    private static func stack(_ row: MeasuredRow, on card: Accelerator) throws -> SoftwareStack {
        let record = row.record
        let said =
            row.kind == .singleNode
            ? "vTrain"
            : [record["source"], record["precision"], record["notes"]]
                .joined(separator: " ")
        let named = row.text("stack")
        let known =
            named ?? PublishedNames.stacks.first { $0.words.allSatisfy(said.contains) }?.stack
        guard let known, known != SoftwareStack.current.id else { return .current }
        guard
            let stack = try SoftwareStack.shipped(known, architecture: card.architecture)
        else {
            throw Inexpressible.rejected("no software stack \"\(known)\"")
        }
        return stack
    }

    /// Layers of the last stage where all stages have as many, as frameworks cut unless they are told
    /// otherwise; nil where the layers do not divide.
    private static func evenStage(_ layout: TrainingLayout, of model: TransformerModel) -> Int? {
        let parts = layout.pipelineParallel * layout.virtualPipeline
        guard layout.pipelineParallel > 1, layout.schedule != .dualPipe,
            model.layerCount.isMultiple(of: parts)
        else { return nil }
        return model.layerCount / layout.pipelineParallel
    }

    // MARK: Words

    /// Megatron-Bridge's default rank of adapters where notes speak of LoRA.
    private static func method(_ notes: String) -> TrainingDemand.Method {
        let defaultRank = 32
        return notes.contains("LoRA") ? .lora(rank: defaultRank) : .full
    }

    static func format(_ precision: String) throws -> NumberFormat {
        let text = precision.lowercased()
        if text.isEmpty || text.hasPrefix("bf16") { return .bf16 }
        if text.hasPrefix("fp16") { return .fp16 }
        if text.contains("fp8") { return .fp8 }
        if text.contains("fp4") { return .fp4 }
        if text.hasPrefix("fp32") { return .fp32 }
        throw Inexpressible.rejected("no number format \"\(precision)\"")
    }

    /// How operands are scaled, where the name of a precision says so.
    static func scaling(_ precision: String) -> NarrowScaling? {
        let text = precision.lowercased()
        if text.contains("mx") || text.contains("nvfp4") { return .microscaled }
        if text.contains("block") || text.contains("-sc") { return .block }
        let words = ["tensorwise", "rowwise", "-cs", "current", "delayed"]
        return words.contains { text.contains($0) } ? .tensor : nil
    }

    /// The board power that a name of an accelerator is capped at, such as the 500 W of "H100 500W".
    static func powerCap(in name: String) -> Power? {
        for word in name.split(separator: " ") where word.last == "W" {
            if let watts = Double(word.dropLast()), watts > 0, watts < 1e5 { return Power(watts) }
        }
        return nil
    }

    static func zeroStage(_ text: String) -> Int {
        let text = text.lowercased()
        if text.contains("zero2") { return 2 }
        if text.contains("zero3") || text.contains("fsdp2") || text.hasPrefix("fsdp") { return 3 }
        // Megatron's distributed optimizer, which its own runs use unless they say otherwise.
        return 1
    }

    static func recompute(_ text: String) -> [TrainingLayout.Recompute] {
        if text.hasPrefix("selective") { return [.selective] }
        return TrainingLayout.Recompute(rawValue: text).map { [$0] }
            ?? TrainingLayout.Recompute.allCases
    }

    /// "… llama3_8b default 8192 …" names the sequence length that the column leaves blank.
    static func sequence(inNotes notes: String) -> Int? {
        guard let range = notes.firstRange(of: "default ") else { return nil }
        return Int(notes[range.upperBound...].prefix { $0.isNumber })
    }
}
