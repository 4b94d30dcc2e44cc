import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Training memory")
struct TrainingMemoryTests {
    private func memory(
        _ model: TransformerModel, batch: Int = 64, format: NumberFormat = .bf16,
        method: TrainingDemand.Method = .full, _ layout: TrainingLayout
    ) throws -> MemoryBreakdown {
        try TrainingModel(
            demand: TrainingDemand(
                model: model, sequenceLength: 2_048, globalBatchSize: batch, format: format,
                method: method),
            group: roundGroup()
        ).estimate(layout).memory
    }

    @Test("18 bytes a parameter, 6 + 12/d with the optimizer sharded (Megatron-LM)")
    func modelStates() throws {
        let model = smallModel()
        let parameters = Double(model.parameterCount)
        for ranks in [1, 2, 4, 8] {
            let memory = try memory(model, TrainingLayout(dataParallel: ranks))
            let states = (memory.weights + memory.gradients + memory.optimizer).value
            #expect(isClose(states, parameters * (6 + 12 / Double(ranks)), 1e-6), "\(ranks)")
        }
        let narrow = try memory(model, format: .fp8, TrainingLayout())
        #expect(isClose(narrow.weights.value, 3 * parameters, 1e-6))
    }

    @Test("ZeRO-3 shards everything but two layers and a gradient in use")
    func zero3() throws {
        let model = smallModel(layers: 64, vocabulary: 1)
        let parameters = Double(model.parameterCount)
        let memory = try memory(model, TrainingLayout(dataParallel: 8, zeroStage: 3))
        #expect(isClose(memory.weights.value, parameters * 2 * (1 / 8.0 + 2 / 64.0), 1e-3))
        #expect(isClose(memory.gradients.value, parameters * 4 * (1 / 8.0 + 1 / 64.0), 1e-3))
        #expect(isClose(memory.optimizer.value, parameters * 12 / 8, 1e-6))
    }

    @Test("adapters of rank 8 keep 18 bytes each; the base keeps its weights alone")
    func lora() throws {
        let model = smallModel(layers: 1)
        let memory = try memory(model, method: .lora(rank: 8), TrainingLayout())
        // Four matrices of attention 1024 + 1024, two of 1024 + 4096: 18,432 × 8.
        let adapters = 18_432.0 * 8
        #expect(isClose(memory.gradients.value, 4 * adapters))
        #expect(isClose(memory.optimizer.value, 12 * adapters))
        #expect(isClose(memory.weights.value, 2 * (Double(model.parameterCount) + adapters)))
    }

    @Test("activations of a plain layer: 32·s·b·h bytes with a fused core (34 without dropout)")
    func activations() throws {
        let model = smallModel(layers: 16, vocabulary: 1)
        let tokens = 2_048.0
        let none = try memory(model, TrainingLayout())
        #expect(isClose(none.activations.value, 16 * 32 * tokens * 1_024, 1e-3))
        let full = try memory(model, TrainingLayout(recompute: .full))
        #expect(isClose(full.activations.value, (16 * 2 + 32) * tokens * 1_024, 1e-3))
        let cut = try memory(model, TrainingLayout(tensorParallel: 4))
        #expect(isClose(cut.activations.value, none.activations.value / 4, 1e-3))
        let selective = try memory(model, TrainingLayout(recompute: .selective))
        #expect(
            selective.activations < none.activations && full.activations < selective.activations)
    }

    @Test("the first stage keeps p micro-batches, p·(1 + (p−1)/(p·v)) when interleaved")
    func inFlight() throws {
        // A stage of 8 layers keeps 32·s·h bytes of each for a micro-batch.
        func count(
            _ virtual: Int = 1,
            _ schedule: TrainingLayout.Schedule = .oneForwardOneBackward, data: Int = 1
        ) throws -> Double {
            let memory = try memory(
                smallModel(layers: 32, vocabulary: 1),
                TrainingLayout(
                    pipelineParallel: 4, virtualPipeline: virtual, dataParallel: data,
                    schedule: schedule))
            return memory.activations.value / (8 * 32 * 2_048 * 1_024)
        }
        #expect(isClose(try count(), 4, 1e-3))
        #expect(isClose(try count(2), 4 * (1 + 3 / 8.0), 1e-3))
        #expect(isClose(try count(data: 32), 2, 1e-3))
        #expect(isClose(try count(1, .dualPipe), 5, 1e-3))
        #expect(isClose(try count(1, .gpipe), 64, 1e-3))
        #expect(isClose(try count(1, .zeroBubbleH1), 4, 1e-3))
        #expect(isClose(try count(2, .zeroBubbleV), 4, 1e-3))
    }

    @Test("stages hold a share of the layers; the ends go to the first and the last")
    func stages() throws {
        let model = smallModel(layers: 8, vocabulary: 32_768)
        let whole = Double(model.parameterCount)
        let half = try memory(model, TrainingLayout(pipelineParallel: 2))
        // Embedding and head are 32,768·1024 each, a layer 12.6 million.
        #expect(half.gradients.value / 4 > whole / 2)
        #expect(half.gradients.value / 4 < whole * 0.75)
        var tied = model
        tied.hasTiedEmbeddings = true
        let ends = 32_768.0 * 1_024
        #expect(isClose(try memory(tied, TrainingLayout()).gradients.value, 4 * (whole - ends)))
        // A last stage of its own needs a copy of the tied embedding.
        let cut = try memory(tied, TrainingLayout(pipelineParallel: 2))
        #expect(cut.gradients == half.gradients)
    }

    @Test("DualPipe keeps two stages' weights and gradients, and no more optimizer")
    func dualPipe() throws {
        let model = smallModel(layers: 32, vocabulary: 1)
        let plain = try memory(model, TrainingLayout(pipelineParallel: 4))
        let dual = try memory(
            model, TrainingLayout(pipelineParallel: 4, schedule: .dualPipe))
        #expect(isClose(dual.weights.value, 2 * plain.weights.value, 1e-3))
        #expect(isClose(dual.gradients.value, 2 * plain.gradients.value, 1e-3))
        #expect(isClose(dual.optimizer.value, plain.optimizer.value, 1e-3))
        #expect(isClose(dual.activations.value, plain.activations.value * 5 / 4, 1e-3))
    }

    @Test("experts are cut by expert parallelism alone, MLA's compressions by nothing")
    func experts() throws {
        let shape = ModelShape(try model("deepseek-v3"), includesPrediction: false)
        let one = shape.denseParametersPerLayer(tensorParallel: 1)
        let eight = shape.denseParametersPerLayer(tensorParallel: 8)
        // Down-projections 7168·(1536 + 576) of 61 layers, routers 7168·256 of 58.
        let whole = 7_168.0 * (1_536 + 576) + 7_168 * 256 * 58 / 61
        #expect(isClose(eight, (one - whole) / 8 + whole, 1e-9))
    }

    @Test("parts sum to the total, and the shortfall is what exceeds the device")
    func parts() throws {
        let memory = try memory(try model("llama-3.1-70b"), TrainingLayout())
        #expect(memory.parts.reduce(.zero) { $0 + $1.bytes } == memory.total)
        #expect(memory.shortfall == memory.total - memory.available)
    }
}
