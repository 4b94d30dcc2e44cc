import CCostKernel
import CInstructionSet
import TangramHardware
import TangramModels
import TangramUnits

@testable import TangramCost

/// Jobs that between them use every operator: dense, latent attention with experts, sliding windows,
/// adapters; a switch, a mesh, loose cards.
func kernelJobs() throws -> [TrainingModel] {
    func job(
        _ id: String, _ card: String, format: NumberFormat = .bf16, sequence: Int = 4_096,
        method: TrainingDemand.Method = .full, link: String? = nil
    ) throws -> TrainingModel {
        try TrainingModel(
            demand: TrainingDemand(
                model: try model(id), sequenceLength: sequence, globalBatchSize: 2_048,
                format: format, method: method),
            group: try group(card))
    }
    return [
        try job("gpt3-175b", "a100-sxm-80gb", sequence: 2_048),
        try job("deepseek-v3", "h800-sxm-80gb", format: .fp8),
        try job("llama-3.1-70b", "ascend-910b2"),
        try job("llama-3.1-8b", "mi300x", method: .lora(rank: 16)),
        try job("qwen3-235b-a22b", "h100-sxm-80gb", sequence: 32_768),
    ]
}

/// Options as the kernel's batch functions take them.
struct OptionColumns {
    var options: [tangram_training_option]
    private var columns: [[Int32]]

    init(_ options: [tangram_training_option]) {
        self.options = options
        columns = (0..<Int(TANGRAM_TRAINING_FIELDS)).map { field in
            options.map { option in
                withUnsafeBytes(of: option) { $0.bindMemory(to: Int32.self)[field] }
            }
        }
    }

    /// Seconds and bytes of the first `count` options.
    func costs(
        _ model: TrainingModel, level: tangram_simd_level, count: Int
    ) -> (seconds: [Float], bytes: [Double]) {
        // One more of each, so that a write behind the end shows.
        var seconds = [Float](repeating: -1, count: count + 1)
        var bytes = [Double](repeating: -1, count: count + 1)
        withTable {
            tangram_training_costs(level, model.table.pointer, $0, count, &seconds, &bytes)
        }
        return (seconds, bytes)
    }

    /// Joules and FLOP of all options.
    func efforts(
        _ model: TrainingModel, level: tangram_simd_level
    ) -> (joules: [Float], flop: [Float]) {
        var joules = [Float](repeating: -1, count: options.count)
        var flop = joules
        withTable {
            tangram_training_efforts(
                level, model.table.pointer, $0, options.count, &joules, &flop)
        }
        return (joules, flop)
    }

    private func withTable(_ body: (tangram_training_options) -> Void) {
        columns.flatMap { $0 }.withUnsafeBufferPointer { flat in
            var table = tangram_training_options()
            withUnsafeMutableBytes(of: &table.field) { raw in
                let fields = raw.bindMemory(to: UnsafePointer<Int32>?.self)
                for index in fields.indices {
                    fields[index] = flat.baseAddress.map { $0 + index * options.count }
                }
            }
            body(table)
        }
    }
}

/// Any options, also such as no search would make; their sizes divide what they have to.
func randomOptions(_ count: Int, seed: UInt64) -> OptionColumns {
    var generator = SeededGenerator(seed: seed)
    func one(_ values: [Int32]) -> Int32 { values.randomElement(using: &generator) ?? 1 }
    return OptionColumns(
        (0..<count).map { _ in
            let schedule = one([0, 0, 1, 2, 3, 4])
            let virtual = schedule == 3 ? 2 : schedule == 0 ? one([1, 1, 2, 4]) : 1
            return tangram_training_option(
                tensor: one([1, 2, 4, 8]),
                pipeline: schedule == 4 ? one([2, 4, 8]) : one([1, 2, 3, 4, 8, 16]),
                virtual_stages: virtual, context: one([1, 1, 2, 4]),
                data: one([1, 2, 4, 8, 16, 32, 128]), expert: one([1, 2, 4, 8, 16]),
                expert_tensor: one([1, 1, 1, 2]), zero: one([0, 1, 1, 2, 3]),
                micro_batch: one([1, 2, 4, 8]), recompute: one([0, 1, 2]), schedule: schedule,
                exchange: one([0, 1, 2]), last_layers: one([-1, -1, -1, 4]),
                shard: one([0, 0, 0, 2]))
        })
}

/// The levels that run here.
let kernelLevels: [tangram_simd_level] =
    (0..<TANGRAM_SIMD_LEVEL_COUNT).map { tangram_simd_level(rawValue: UInt32($0)) }
    .filter { tangram_simd_supported($0) }

/// What one option costs, in double.
func cost(_ model: TrainingModel, _ option: tangram_training_option) -> tangram_training_cost {
    var option = option
    var cost = tangram_training_cost()
    tangram_training_cost_of(model.table.pointer, &option, &cost)
    return cost
}

/// Options of a property test.
let optionCount = 100_000
