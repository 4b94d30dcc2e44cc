import CCostKernel
import CInstructionSet
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Serving kernel")
struct ServingKernelTests {
    private func models() throws -> [ServingModel] {
        func job(
            _ id: String, _ card: String, prompt: Int = 2_048, limit: Double? = 0.05
        ) throws -> ServingModel {
            ServingModel(
                demand: ServingDemand(
                    model: try model(id), requestRate: .zero, promptTokens: prompt,
                    outputTokens: 512, timeToFirstToken: Seconds(2),
                    timePerOutputToken: limit.map { Seconds($0) }),
                group: try group(card))
        }
        // Everything that only some jobs ask for, at once.
        func full(_ id: String, _ card: String) throws -> ServingModel {
            var demand = try job(id, card, prompt: 100_000).demand
            demand.hostCache = .gibibytes(128)
            demand.redundantExperts = 16
            demand.expertImbalance = 1.3
            demand.speculation = Speculation(draftCount: 2, acceptance: 0.7)
            demand.promptLengths = .logNormal(variation: 0.5)
            demand.timeToFirstToken = nil
            return ServingModel(demand: demand, group: try group(card))
        }
        return [
            try job("deepseek-v3", "h200-sxm-141gb"), try job("llama-3.1-70b", "ascend-910b2"),
            try job("qwen3-32b", "l40s", prompt: 100, limit: nil),
            try job("gpt-oss-120b", "h100-sxm-80gb"), try full("llama-3.1-8b", "h100-sxm-80gb"),
        ]
    }

    private struct Columns {
        var tensor: [Int32] = []
        var pipeline: [Int32] = []
        var data: [Int32] = []
        var expert: [Int32] = []
        var context: [Int32] = []
        var batch: [Float] = []
    }

    private func options(_ count: Int, seed: UInt64) -> Columns {
        var generator = SeededGenerator(seed: seed)
        var columns = Columns()
        for _ in 0..<count {
            columns.tensor.append([1, 2, 4, 8].randomElement(using: &generator) ?? 1)
            columns.pipeline.append([1, 2, 3, 4].randomElement(using: &generator) ?? 1)
            columns.data.append([1, 2, 4, 8, 16, 32].randomElement(using: &generator) ?? 1)
            columns.context.append([1, 1, 2, 8].randomElement(using: &generator) ?? 1)
            let ranks =
                (columns.tensor.last ?? 1) * (columns.data.last ?? 1) * (columns.context.last ?? 1)
            columns.expert.append([1, ranks].randomElement(using: &generator) ?? 1)
            columns.batch.append(Float(Int.random(in: 1...8_192, using: &generator)))
        }
        return columns
    }

    @Test("every instruction set gives the same bits, close to double; bytes are equal")
    func levels() throws {
        let columns = options(1_031, seed: 11)
        for model in try models() {
            let layout = ServingLayout(
                weightFormat: model.formats[0].weights, computeFormat: model.formats[0].compute)
            let table = model.table(layout)
            for count in [0, 1, 3, 4, 5, 15, 16, 17, 1_031] {
                func run(_ level: tangram_simd_level) -> ([UInt32], [Double], [Float], [Float]) {
                    var seconds = [Float](repeating: -1, count: count + 1)
                    var bytes = [Double](repeating: -1, count: count + 1)
                    var batches = [Float](repeating: -7, count: count + 1)
                    var rates = [Float](repeating: -7, count: count + 1)
                    tangram_serving_costs(
                        level, table.pointer, columns.tensor, columns.pipeline, columns.data,
                        columns.expert, columns.context, columns.batch, count, &seconds, &bytes)
                    tangram_serving_capacities(
                        level, table.pointer, columns.tensor, columns.pipeline, columns.data,
                        columns.expert, columns.context, count, &batches, &rates)
                    #expect(seconds[count] == -1 && bytes[count] == -1 && rates[count] == -7)
                    return (seconds.map(\.bitPattern), bytes, batches, rates)
                }
                let base = run(TANGRAM_SIMD_BASELINE)
                for level in kernelLevels {
                    let other = run(level)
                    #expect(
                        base.0 == other.0 && base.1 == other.1 && base.2 == other.2
                            && base.3 == other.3, "\(level) \(count)")
                }
                for index in 0..<count {
                    var option = tangram_serving_option(
                        tensor: columns.tensor[index], pipeline: columns.pipeline[index],
                        data: columns.data[index], expert: columns.expert[index],
                        context: columns.context[index])
                    var state = tangram_serving_state()
                    var point = tangram_serving_point()
                    var memory = tangram_serving_memory()
                    tangram_serving_state_of(table.pointer, &option, &state)
                    tangram_serving_point_of(
                        table.pointer, &option, &state, Double(columns.batch[index]), &point)
                    tangram_serving_memory_of(
                        table.pointer, &option, Double(columns.batch[index]), &memory)
                    #expect(
                        isClose(Double(Float(bitPattern: base.0[index])), point.step_s, 1e-5))
                    #expect(base.1[index] == memory.total_bytes)
                }
            }
        }
    }

    @Test("the largest batch meets the limits and the next one does not")
    func capacity() throws {
        for model in try models() {
            let front = try ServingSearch(model).front(acceleratorLimit: 32).get()
            #expect(!front.isEmpty)
            for estimate in front {
                let state = ReplicaState(model: model, layout: estimate.layout)
                func meets(_ batch: Double) -> Bool {
                    let point = state.point(batch: batch)
                    return point.token_s <= model.demand.timePerOutputToken?.value ?? .infinity
                        && point.first_token_s <= model.demand.timeToFirstToken?.value ?? .infinity
                }
                #expect(estimate.batch >= 1 && estimate.batch <= Double(estimate.batchLimit))
                #expect(meets(estimate.batch))
                #expect(
                    estimate.batch == Double(estimate.batchLimit) || !meets(estimate.batch + 1))
            }
        }
    }

    @Test("a search finds the best of all layouts, each estimated alone")
    func bruteForce() throws {
        let model = try models()[0]
        let front = try ServingSearch(model).front(acceleratorLimit: 16).get()
        var best = 0.0
        for tensor in [1, 2, 4, 8] {
            for pipeline in [1, 2, 4, 8, 16] {
                for data in [1, 2, 4, 8, 16] where tensor * pipeline * data <= 16 {
                    for format in model.formats {
                        let layout = ServingLayout(
                            tensorParallel: tensor, pipelineParallel: pipeline, dataParallel: data,
                            weightFormat: format.weights, computeFormat: format.compute)
                        if case .success(let estimate) = model.estimate(layout) {
                            best = max(
                                best, estimate.capacity.value / Double(layout.acceleratorCount))
                        }
                    }
                }
            }
        }
        let last = try #require(front.last)
        #expect(last.capacity.value / Double(last.acceleratorCount) == best)
    }

    @Test("decode reads weights and caches once: by hand for one dense layer on one card")
    func decode() throws {
        let model = ServingModel(
            demand: ServingDemand(
                model: smallModel(layers: 1), requestRate: .zero, promptTokens: 1_000,
                outputTokens: 48, engine: .ideal),
            group: roundGroup(peaks: [.bf16: FLOPRate(1e29)]))
        let terms = model.table(ServingLayout()).decode(ServingLayout(), sequences: 4)
        // Weights 12·1024² and activations of 4 tokens: 4 × (4·2048 + 2·5120) elements; the head
        // 1024² and 4·1024 logits; 2 bytes each at 1 TB/s.
        let layer: Double = 12 * 1_048_576 + 4 * (4 * 2_048 + 2 * 5_120)
        let head: Double = 1_048_576 + 4 * 1_024
        #expect(isClose(terms.matrix, 2 * (layer + head) / 1e12))
        // 4 sequences read keys and values of 1,000 + 24 tokens.
        #expect(isClose(terms.attention, 4 * 1_024 * 2_048 * 2 / 1e12))
        #expect(terms.tensorParallel == 0 && terms.experts == 0 && terms.pipelineParallel == 0)
    }

    @Test("zero tokens and limits that are no times are refused by name")
    func refused() throws {
        func reason(output: Int = 10, limit: Double = 1, prompt: Int = 10) throws -> Rejection? {
            let model = ServingModel(
                demand: ServingDemand(
                    model: smallModel(), requestRate: .zero, promptTokens: prompt,
                    outputTokens: output, timePerOutputToken: Seconds(limit)),
                group: roundGroup())
            guard case .failure(let rejection) = ServingSearch(model).front(acceleratorLimit: 1)
            else { return nil }
            return rejection
        }
        #expect(try reason() == nil)
        for rejection in [
            try reason(output: 0), try reason(limit: .nan), try reason(limit: 0),
            try reason(prompt: -1), try reason(prompt: .max),
        ] {
            guard case .invalidInput = rejection else {
                Issue.record("\(String(describing: rejection))")
                continue
            }
        }
    }
}
