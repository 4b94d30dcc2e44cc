import TangramCost
import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits

/// Reads rows of a grid of another estimator's predictions.
struct ServingGridReader {
    let shapes: ShapeReader
    let hardware: HardwareCatalogue

    /// - Throws: ``Diagnostic`` for a malformed field, ``Inexpressible`` otherwise.
    func read(_ row: MeasuredRow) throws -> ServingCase {
        let record = row.record
        let model = try shapes.servedModel(record["model"])
        let card = try TrainingCaseReader(shapes: shapes, hardware: hardware)
            .accelerator(record["system"])
        func size(_ column: String) throws -> Int {
            guard let value = try record.integer(column, in: 1...16_777_216) else {
                throw Inexpressible.missing(column)
            }
            return value
        }
        let tensor = try size("tp")
        let data = try size("attn_dp")
        let gemm = record["gemm_quant"]
        let moe = record["moe_quant"]
        var formats = ServedFormats("gemm \(gemm); moe \(moe)", model: model)
        // The table says what matrices outside of experts are multiplied in.
        formats.dense = ServedFormats(gemm, model: model).dense
        let cache: NumberFormat = record["kv_quant"] == "fp8" ? .fp8 : .bf16
        let format = model.isMixtureOfExperts ? formats.experts : formats.dense
        if !model.isMixtureOfExperts { formats.experts = formats.dense }
        var layout = ServingLayout(
            tensorParallel: tensor, pipelineParallel: try size("pp"), dataParallel: data,
            weightFormat: format, keyValueFormat: cache)
        if let expert = try record.integer("moe_ep", in: 1...65_536) {
            layout.expertParallel = expert
        }
        var demand = ServingDemand(
            model: formats.applied(to: model), requestRate: RequestRate(1),
            promptTokens: try size("isl"), outputTokens: try size("osl"),
            weightFormats: [format], keyValueFormat: cache, engine: .ideal)
        demand.engine.prefillChunk = 1 << 30
        demand.hasBlockScales = gemm == "fp8_block" || moe == "fp8_block"
        let count = try size("num_gpus")
        let domain = card.scaleUp?.domainSize ?? 1
        let group = try TrainingCaseReader.network(
            card, count: count, perNode: domain > 16 ? min(count, 4) : min(count, 8), nic: nil,
            hardware)
        guard let computed = ServingModel(demand: demand, group: group).formats.first else {
            throw Inexpressible.rejected("\(card.id) does not compute in \(format.rawValue)")
        }
        // Four-bit weights alone are unpacked and multiplied in 16 bits.
        layout.computeFormat = moe.contains("w4a16") ? .bf16 : computed.compute
        for problem in LayoutCheck(model: model, group: group)
            .problems(of: layout, count: layout.acceleratorCount)
        {
            throw Inexpressible.layout([problem])
        }
        let batch = Double(try size("batch_per_rank"))
        let load: ServingCase.Load
        switch record["mode"] {
        case "static": load = .batch(batch)
        case "agg": load = .closedLoop(batch * Double(data))
        case let other:
            throw record.diagnostic(
                "mode", "\"\(other)\" is neither static nor agg",
                note: "static is a batch prefilled and decoded alone, agg continuous batching")
        }
        return ServingCase(
            demand: demand, group: group,
            side: ServingCase.Side(layout: layout, replicaCount: 1), load: load)
    }
}
