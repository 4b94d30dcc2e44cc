import CCostKernel
import CInstructionSet
import CKernelCounts
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Training kernel")
struct TrainingKernelTests {
    @Test("every instruction set gives the same bits at every size, and writes nothing behind it")
    func levels() throws {
        let options = randomOptions(4_096, seed: 3)
        for model in try kernelJobs() {
            for count in [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 4_096] {
                let base = options.costs(model, level: TANGRAM_SIMD_BASELINE, count: count)
                #expect(base.seconds[count] == -1 && base.bytes[count] == -1)
                for level in kernelLevels {
                    let costs = options.costs(model, level: level, count: count)
                    #expect(
                        costs.seconds.map(\.bitPattern) == base.seconds.map(\.bitPattern),
                        "\(model.demand.model.id) \(level) \(count)")
                    #expect(costs.bytes == base.bytes)
                }
            }
        }
    }

    @Test("single precision is within 1e-5 of double, bytes are equal, both positive and finite")
    func precision() throws {
        let models = try kernelJobs()
        let options = randomOptions(optionCount / models.count, seed: 17)
        for model in models {
            let batch = options.costs(
                model, level: tangram_simd_detected(), count: options.options.count)
            var worst = 0.0
            var wrong = 0
            for (index, option) in options.options.enumerated() {
                let exact = cost(model, option)
                let relative = abs(Double(batch.seconds[index]) - exact.step_s) / exact.step_s
                worst = max(worst, relative)
                if !(exact.step_s > 0 && exact.step_s.isFinite) { wrong += 1 }
                if !(exact.total_bytes > 0 && exact.total_bytes.isFinite) { wrong += 1 }
                if batch.bytes[index] != exact.total_bytes { wrong += 1 }
                if exact.total_bytes != exact.total_bytes.rounded() { wrong += 1 }
            }
            #expect(worst < 1e-5, "\(model.demand.model.id)")
            #expect(wrong == 0, "\(model.demand.model.id)")
        }
    }

    @Test("counted operations come to the step and the bytes that the kernel gives")
    func counts() throws {
        for model in try kernelJobs() {
            for option in randomOptions(20, seed: 29).options {
                var option = option
                let counts = tangram_count_training(model.table.pointer, &option)
                let c = cost(model, option)
                #expect(abs(counts.step_s - c.step_s) <= 1e-12 * c.step_s)
                #expect(counts.total_bytes == c.total_bytes)
                // Every option has some hundred operations, few of them divisions.
                let all = counts.single_count + counts.double_count
                #expect((300...10_000).contains(all))
                #expect((counts.division_count + counts.root_count) * 5 < all)
            }
        }
    }

    @Test("energy is each part's time at what the card draws meanwhile, on every accelerator")
    func energy() throws {
        let models = try kernelJobs()
        for model in models {
            let accelerator = model.group.accelerator
            guard let limit = accelerator.power, let shares = accelerator.efficiency.power else {
                continue
            }
            let options = randomOptions(1_000, seed: 23)
            let lanes = options.efforts(model, level: tangram_simd_detected())
            let base = options.efforts(model, level: TANGRAM_SIMD_BASELINE)
            #expect(lanes.joules.map(\.bitPattern) == base.joules.map(\.bitPattern))
            #expect(lanes.flop.map(\.bitPattern) == base.flop.map(\.bitPattern))
            for (index, option) in options.options.enumerated() {
                let c = cost(model, option)
                let computing = c.matrix_s + c.experts_s + c.attention_s + c.recompute_s
                let waiting = c.bubble_s + c.host_s
                let watts =
                    computing * shares.computing + waiting * shares.waiting
                    + (c.step_s - computing - waiting) * shares.memoryBound
                let count = Double(TrainingLayout(option).acceleratorCount)
                let expected = watts * limit.value * count
                #expect(abs(c.energy_j - expected) <= 1e-9 * expected)
                #expect(c.energy_j <= limit.value * count * c.step_s)
                #expect(abs(Double(lanes.joules[index]) - c.energy_j) <= 1e-4 * c.energy_j)
                #expect(abs(Double(lanes.flop[index]) - c.flop) <= 1e-5 * c.flop)
            }
        }
        // H100: 700 W.
        #expect(models[4].group.accelerator.power == Power(700))
    }

    @Test("times sum to the step and bytes to the total")
    func sums() throws {
        let models = try kernelJobs()
        var wrong: [tangram_training_option] = []
        for model in models {
            for option in randomOptions(optionCount / models.count, seed: 5).options {
                let c = cost(model, option)
                let times =
                    c.matrix_s + c.experts_s + c.attention_s + c.elementwise_s + c.recompute_s
                    + c.tensor_s + c.context_s + c.expert_s + c.pipeline_s + c.bubble_s + c.data_s
                    + c.optimizer_s + c.host_s
                let bytes =
                    c.weight_bytes + c.gradient_bytes + c.optimizer_bytes + c.activation_bytes
                    + c.reserved_bytes
                if !isClose(times, c.step_s, 1e-6) || bytes != c.total_bytes {
                    wrong.append(option)
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    @Test("more sequences, longer sequences and more layers never take less time or memory")
    func monotone() throws {
        let options = randomOptions(optionCount, seed: 29).options
        var wrong: [tangram_training_option] = []
        func job(sequence: Int = 4_096, batch: Int = 2_048, layers: Int = 32) throws
            -> TrainingModel
        {
            try TrainingModel(
                demand: TrainingDemand(
                    model: smallModel(layers: layers), sequenceLength: sequence,
                    globalBatchSize: batch),
                group: roundGroup())
        }
        let base = try job()
        for other in [try job(sequence: 8_192), try job(batch: 4_096), try job(layers: 64)] {
            for option in options where option.last_layers < 0 {
                let (a, b) = (cost(base, option), cost(other, option))
                // The last norm is spread evenly over the layers, so that one of more layers
                // is a few bytes smaller.
                if b.step_s < a.step_s * (1 - 1e-12) || b.total_bytes < a.total_bytes * (1 - 1e-6) {
                    wrong.append(option)
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    @Test("more bandwidth or a higher peak is never slower for a given split")
    func faster() throws {
        let options = randomOptions(optionCount, seed: 31).options
        var wrong: [tangram_training_option] = []
        func job(_ group: DeviceGroup) throws -> TrainingModel {
            try TrainingModel(
                demand: TrainingDemand(
                    model: smallModel(layers: 32), sequenceLength: 4_096, globalBatchSize: 2_048),
                group: group)
        }
        let base = try job(roundGroup())
        let faster = [
            try job(roundGroup(memoryBandwidth: 2e12)), try job(roundGroup(inside: 200e9)),
            try job(roundGroup(outside: 20e9)), try job(roundGroup(insideLatency: 5e-6)),
            try job(roundGroup(peaks: [.bf16: FLOPRate(200e12)])),
        ]
        for option in options {
            var option = option
            // Where stages are cut depends on how fast the head is; a stage can only be compared
            // with itself. Ring exchange and gradients hide behind computation that shrinks.
            option.last_layers = 2
            let a = cost(base, option)
            for other in faster where cost(other, option).step_s > a.step_s * (1 + 1e-12) {
                wrong.append(option)
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    @Test("figures that cannot be computed with are refused by name")
    func refused() throws {
        func model(
            sequence: Int = 2_048, batch: Int = 64, _ group: DeviceGroup = roundGroup()
        ) throws -> TrainingModel {
            try TrainingModel(
                demand: TrainingDemand(
                    model: smallModel(), sequenceLength: sequence, globalBatchSize: batch),
                group: group)
        }
        for (sequence, batch) in [(0, 64), (-1, 64), (2_048, 0), (.max, 64), (64, .max)] {
            #expect(throws: Rejection.self) { try model(sequence: sequence, batch: batch) }
        }
        #expect(throws: Rejection.self) { try model(roundGroup(memoryBandwidth: .nan)) }
        #expect(throws: Rejection.self) { try model(roundGroup(memoryBandwidth: 0)) }
        #expect(throws: Rejection.self) { try model(roundGroup(inside: .infinity)) }
        #expect(throws: Rejection.self) { try model(roundGroup(insideLatency: .nan)) }
        #expect(throws: Rejection.self) { try model(roundGroup(memory: .zero)) }
        #expect(throws: Rejection.self) {
            try model(roundGroup(peaks: [.bf16: FLOPRate(.greatestFiniteMagnitude)]))
        }
        do {
            _ = try model(sequence: 0)
        } catch {
            #expect("\(error)".contains("sequence length 0"))
        }
    }
}
