import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Training time")
struct TrainingTimeTests {
    /// A group in which only arithmetic takes time.
    private let arithmetic = roundGroup(
        memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0, outside: 1e30, outsideLatency: 0)

    private func estimate(
        _ model: TransformerModel = smallModel(), on group: DeviceGroup,
        sequence: Int = 2_048, batch: Int = 64, format: NumberFormat = .bf16,
        method: TrainingDemand.Method = .full, _ layout: TrainingLayout
    ) throws -> TrainingEstimate {
        try TrainingModel(
            demand: TrainingDemand(
                model: model, sequenceLength: sequence, globalBatchSize: batch, format: format,
                method: method),
            group: group
        ).estimate(layout)
    }

    @Test("forward and twice as much backward: 3 × 2 FLOP per weight and token")
    func matrices() throws {
        // Per layer 4·1024² + 2·1024·4096 = 12,582,912 weights; 8 layers and a head of 1024²
        // make 101,711,872. 6 FLOP × 2,048 tokens of 1 sequence at 100 TFLOP/s.
        let step = try estimate(on: arithmetic, batch: 1, TrainingLayout())
        let matrices = 6 * 2_048 * (8 * 12_582_912.0 + 1_048_576) / 100e12
        #expect(isClose(step.breakdown.seconds(.matrixMultiply), matrices))
        // Core: 4·(S²/2)·H·D = 2·2048²·1024 forward, 2.5 times that backward at 63/73 of the rate.
        let core = 8 * (1 + 2.5 * 73 / 63) * 2 * 2_048 * 2_048 * 1_024 / 100e12
        #expect(isClose(step.breakdown.seconds(.attention), core))
        #expect(isClose(step.stepTime.value, matrices + core))
    }

    @Test("utilisation is model FLOP over peak: 6·N + 6·S·h per token, whatever was recomputed")
    func utilisation() throws {
        let step = try estimate(
            on: arithmetic, batch: 1, TrainingLayout(recompute: .full))
        let perToken = 6 * 101_711_872.0 + 3 * 8 * 2 * 2_048 * 1_024
        // Norm weights add some parameters that the arithmetic above does not have.
        let expected = perToken * 2_048 / step.stepTime.value / 100e12
        #expect(isClose(step.modelFLOPUtilisation, expected, 1e-3))
    }

    @Test("tensor parallelism halves the arithmetic and adds four gathers and four scatters")
    func tensorParallel() throws {
        let one = try estimate(on: arithmetic, batch: 1, TrainingLayout())
        let two = try estimate(on: arithmetic, batch: 1, TrainingLayout(tensorParallel: 2))
        #expect(isClose(two.stepTime.value, one.stepTime.value / 2))
        let wired = roundGroup(memoryBandwidth: 1e30, insideLatency: 0)
        let step = try estimate(on: wired, batch: 1, TrainingLayout(tensorParallel: 2))
        // 2 B·2048·1024 gathered or scattered by two: half of it at 100 GB/s; 8 of them in each
        // of 8 layers, and one gather and one scatter at the head.
        let once = 2.0 * 2_048 * 1_024 / 2 / 100e9
        #expect(isClose(step.breakdown.seconds(.tensorParallel), (8 * 8 + 2) * once))
    }

    @Test("two key-value heads on eight ranks are multiplied on four ranks each")
    func keyValueReplication() throws {
        let step = try estimate(
            smallModel(layers: 1, keyValueHeads: 2), on: arithmetic, batch: 1,
            TrainingLayout(tensorParallel: 8))
        // Query and output 2·1024²/8, key and value 2·1024·256/2, blocks 8·1024²/8, head 1024²/8.
        let cut: Double = 11 * 1_048_576 / 8
        let repeated: Double = 2 * 1_024 * 256 / 2
        let expected: Double = 6 * 2_048 * (cut + repeated) / 100e12
        #expect(isClose(step.breakdown.seconds(.matrixMultiply), expected))
    }

    @Test("a frozen base saves the weight gradients: 4 FLOP per weight instead of 6")
    func lora() throws {
        let full = try estimate(on: arithmetic, batch: 1, TrainingLayout())
        let lora = try estimate(
            on: arithmetic, batch: 1, method: .lora(rank: 8), TrainingLayout())
        let (a, b) = (
            full.breakdown.seconds(.matrixMultiply), lora.breakdown.seconds(.matrixMultiply)
        )
        #expect(isClose(b, a * 2 / 3))
        #expect(lora.modelFLOPUtilisation <= 1)
    }

    @Test("the bubble of p equal stages and m micro-batches is (p−1)/m; v virtual stages divide it")
    func bubble() throws {
        let model = smallModel(layers: 32, vocabulary: 1)
        for stages in [2, 4, 8] {
            for virtual in [1, 2, 4] {
                let step = try estimate(
                    model, on: arithmetic, batch: 16,
                    TrainingLayout(pipelineParallel: stages, virtualPipeline: virtual))
                let bubble = step.breakdown.seconds(.bubble)
                let ideal = step.stepTime.value - bubble
                let expected = Double(stages - 1) / Double(16 * virtual)
                #expect(isClose(bubble / ideal, expected, 1e-3), "\(stages) \(virtual)")
            }
        }
    }

    @Test("virtual stages hold whole layers: 10 layers over 2×4 are 4 and 6, not 5 and 5")
    func virtualRounding() throws {
        func split(_ vocabulary: Int, virtual: Int = 1) throws -> (others: Int, last: Int) {
            try TrainingModel(
                demand: TrainingDemand(
                    model: smallModel(layers: 10, vocabulary: vocabulary), sequenceLength: 2_048,
                    globalBatchSize: 8),
                group: arithmetic
            ).stageLayers(TrainingLayout(pipelineParallel: 2, virtualPipeline: virtual))
        }
        #expect(try split(1, virtual: 4) == (4, 6))
        #expect(try split(1) == (5, 5))
        // A head of 30,000·1024 weights takes 2.04 times as long as a layer with its core.
        #expect(try split(30_000) == (6, 4))
        // A given split stays.
        var layout = TrainingLayout(pipelineParallel: 2)
        layout.lastStageLayerCount = 3
        let model = try TrainingModel(
            demand: TrainingDemand(
                model: smallModel(layers: 10), sequenceLength: 2_048, globalBatchSize: 8),
            group: arithmetic)
        #expect(model.stageLayers(layout) == (7, 3))
    }

    @Test("gradients hide behind the last backward pass, all but the last bucket")
    func overlap() throws {
        let group = roundGroup(memoryBandwidth: 1e30, insideLatency: 0)
        let step = try estimate(on: group, batch: 8, TrainingLayout(dataParallel: 8))
        // 8 layers: one of eight buckets of 4-byte gradients and of 2-byte weights is exposed.
        let parameters = Double(smallModel().parameterCount)
        let bucket = 6 * parameters * 7 / 8 / 100e9 / 8
        #expect(isClose(step.breakdown.seconds(.dataParallel), bucket))
        let slow = roundGroup(memoryBandwidth: 1e30, inside: 1e9, insideLatency: 0)
        let exposed = try estimate(on: slow, batch: 8, TrainingLayout(dataParallel: 8))
        #expect(exposed.breakdown.seconds(.dataParallel) > 10 * bucket)
        let free = try estimate(on: arithmetic, batch: 8, TrainingLayout(dataParallel: 8))
        #expect(free.breakdown.seconds(.dataParallel) < 1e-12)
    }

    @Test("ZeRO-3 gathers a frozen base too, and pays for it in every micro-batch")
    func zero3() throws {
        let slow = roundGroup(memoryBandwidth: 1e30, inside: 1e9, insideLatency: 0)
        let layout = TrainingLayout(dataParallel: 8, zeroStage: 3)
        let one = try estimate(on: slow, batch: 8, method: .lora(rank: 8), layout)
        let two = try estimate(on: slow, batch: 16, method: .lora(rank: 8), layout)
        let exposed = one.breakdown.seconds(.dataParallel)
        #expect(exposed > 0.1)
        #expect(isClose(two.breakdown.seconds(.dataParallel), 2 * exposed))
    }

    @Test("context parallelism sends keys and values only, and nothing on an infinite link")
    func contextParallel() throws {
        let slow = roundGroup(memoryBandwidth: 1e30, inside: 1e8, insideLatency: 0)
        let step = try estimate(
            smallModel(layers: 1), on: slow, batch: 1, TrainingLayout(contextParallel: 2))
        // Keys and values of 2048 tokens: 2·2048·2048 B; half arrives, twice in backward with the
        // gradients. Behind it runs the core: 2·2048²·1024/2 FLOP, 2.5 times in backward at
        // 63/73 of the rate.
        let exchange = 2.0 * 2_048 * 2_048 / 2 / 1e8
        let core = 2.0 * 2_048 * 2_048 * 1_024 / 2 / 100e12
        let expected = (exchange - core) + (2 * exchange - 2.5 * 73 / 63 * core)
        #expect(isClose(step.breakdown.seconds(.contextParallel), expected))
        let free = try estimate(
            smallModel(layers: 1), on: arithmetic, batch: 1, TrainingLayout(contextParallel: 2))
        #expect(free.breakdown.seconds(.contextParallel) == 0)
    }

    @Test("an optimizer step moves 30 bytes a parameter: 30·N at 1 TB/s")
    func optimizer() throws {
        let step = try estimate(on: roundGroup(), batch: 1, TrainingLayout())
        let expected = 30 * Double(smallModel().parameterCount) / 1e12
        #expect(isClose(step.breakdown.seconds(.optimizer), expected))
    }

    @Test("a prediction layer costs a layer and the head again")
    func prediction() throws {
        var more = smallModel()
        more.multiTokenPredictionLayerCount = 1
        let plain = try estimate(on: arithmetic, batch: 1, TrainingLayout())
        let step = try estimate(more, on: arithmetic, batch: 1, TrainingLayout())
        // Layer 12·1024², joining matrix 2·1024², head 1024².
        let extra = 6 * 2_048 * 15 * 1_048_576.0 / 100e12
        let both =
            plain.breakdown.seconds(.matrixMultiply) + extra
        #expect(isClose(step.breakdown.seconds(.matrixMultiply), both))
    }
}

@Suite("Training schedules and exchanges")
struct TrainingScheduleTests {
    private func estimate(
        _ layout: TrainingLayout, on group: DeviceGroup, layers: Int = 16, batch: Int = 16
    ) throws -> TrainingEstimate {
        try TrainingModel(
            demand: TrainingDemand(
                model: smallModel(layers: layers, vocabulary: 1), sequenceLength: 2_048,
                globalBatchSize: batch),
            group: group
        ).estimate(layout)
    }

    /// Only arithmetic takes time.
    private let arithmetic = roundGroup(
        memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0, outside: 1e30, outsideLatency: 0)

    @Test("weight gradients shorten the bubble: (p−1)(F+B−2W) and (p−1)(F+B−3W), never below 0")
    func bubbles() throws {
        // A stage of 4 layers: 12·1024² weights take F, F and W = F of 2·2048 FLOP each; the core
        // takes the time of 1 + 2.5 · 73/63 times 2·2048²·1024 FLOP, none of it in W.
        let weights: Double = 4 * 2 * 2_048 * 12 * 1_048_576 / 100e12
        let core: Double = 4 * (1 + 2.5 * 73 / 63) * 2 * 2_048 * 2_048 * 1_024 / 100e12
        func bubble(_ schedule: TrainingLayout.Schedule, virtual: Int = 1) throws -> Double {
            try estimate(
                TrainingLayout(
                    pipelineParallel: 4, virtualPipeline: virtual, schedule: schedule),
                on: arithmetic
            ).breakdown.seconds(.bubble)
        }
        #expect(isClose(try bubble(.oneForwardOneBackward), 3 * (3 * weights + core), 1e-4))
        #expect(isClose(try bubble(.gpipe), 3 * (3 * weights + core), 1e-4))
        #expect(isClose(try bubble(.zeroBubbleH1), 3 * (weights + core), 1e-3))
        #expect(isClose(try bubble(.zeroBubbleV, virtual: 2), 3 * core, 1e-3))
    }

    @Test("Ulysses sends queries, keys, values and output: 3/4 of 8·h bytes a token to four ranks")
    func ulysses() throws {
        let slow = roundGroup(memoryBandwidth: 1e30, inside: 1e9, insideLatency: 0)
        var layout = TrainingLayout(contextParallel: 4)
        layout.contextExchange = .ulysses
        let step = try estimate(layout, on: slow, layers: 1, batch: 1)
        let once: Double = 2 * 512 * 4_096 * 0.75 / 1e9
        #expect(isClose(step.breakdown.seconds(.contextParallel), 2 * once, 1e-9))
        layout.contextExchange = .allGather
        let gathered = try estimate(layout, on: slow, layers: 1, batch: 1)
        // Keys and values of 2,048 tokens forward; backward again and their gradients.
        let keys: Double = 2 * 2_048 * 2_048 * 0.75 / 1e9
        #expect(isClose(gathered.breakdown.seconds(.contextParallel), 3 * keys, 1e-9))
    }

    @Test("ZeRO-0 keeps all optimizer states, ZeRO-2 a shard of the gradients and one layer's")
    func zero() throws {
        func memory(_ stage: Int) throws -> MemoryBreakdown {
            try estimate(
                TrainingLayout(dataParallel: 8, zeroStage: stage), on: roundGroup(), layers: 64
            ).memory
        }
        let parameters = Double(smallModel(layers: 64, vocabulary: 1).parameterCount)
        #expect(isClose(try memory(0).optimizer.value, 12 * parameters, 1e-6))
        #expect(isClose(try memory(1).optimizer.value, 12 * parameters / 8, 1e-6))
        #expect(
            isClose(try memory(2).gradients.value, 4 * parameters * (1 / 8.0 + 1 / 64.0), 1e-3))
        #expect(isClose(try memory(2).weights.value, 2 * parameters, 1e-6))
    }
}
