import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Training on accelerators that do not match")
struct UnlikeTrainingTests {
    /// 16 layers, so that a third of them is no whole number.
    private let demand = TrainingDemand(
        model: smallModel(layers: 16, vocabulary: 1), sequenceLength: 2_048, globalBatchSize: 64)

    /// A group with only arithmetic, `rate` times as fast as 100 TFLOP/s.
    private func group(
        _ rate: Double, memory: Bytes = .gibibytes(80), vendor: String = "Acme"
    ) -> DeviceGroup {
        var group = roundGroup(
            memory: memory, memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0,
            outside: 1e30, outsideLatency: 0, peaks: [.bf16: FLOPRate(rate * 100e12)])
        group.accelerator.vendor = vendor
        return group
    }

    @Test("stages of a fast and a slow accelerator hold layers as their speeds: 3 to 1")
    func balance() throws {
        let model = try UnlikeTrainingModel(demand: demand, groups: [group(3), group(1)])
        let search = UnlikeTrainingSearch(model, counts: [1, 1])
        let stages = try #require(
            search.balance(
                [.init(group: 0, layerCount: 0), .init(group: 1, layerCount: 0)], replicas: 1,
                microBatches: 64, micro: 1, recompute: .none))
        #expect(stages.map(\.layerCount) == [12, 4])
    }

    @Test("a stage without memory for its share leaves layers to the other")
    func memory() throws {
        let all = try TrainingModel(demand: demand, group: group(1)).estimate(
            TrainingLayout(microBatch: 1)
        ).memory
        let small = group(3, memory: Bytes(rounding: all.total.value * 0.6 / 0.94))
        let model = try UnlikeTrainingModel(demand: demand, groups: [small, group(1)])
        let stages = try #require(
            UnlikeTrainingSearch(model, counts: [1, 1]).balance(
                [.init(group: 0, layerCount: 0), .init(group: 1, layerCount: 0)], replicas: 1,
                microBatches: 1, micro: 1, recompute: .none))
        #expect(stages[0].layerCount < 12 && stages[0].layerCount > 0)
        #expect(stages[0].layerCount + stages[1].layerCount == 16)
    }

    @Test("a pipeline takes the sum of its stages and the slowest for each other micro-batch")
    func time() throws {
        let model = try UnlikeTrainingModel(demand: demand, groups: [group(3), group(1)])
        let layout = UnlikeLayout(pipelines: [
            .init(
                stages: [.init(group: 0, layerCount: 10), .init(group: 1, layerCount: 6)],
                microBatchCount: 64)
        ])
        let found = model.estimate(layout)
        // Per layer 12,582,912 weights of 6 FLOP a token and a core of 2·S²·h forward and 2.5 times
        // that backward, at 63/73 of the rate.
        let matrices: Double = 6 * 2_048 * 12_582_912
        let core: Double = (1 + 2.5 * 73 / 63) * 2 * 2_048 * 2_048 * 1_024
        let layer: Double = (matrices + core) / 100e12
        let first: Double = 10 * layer / 3
        let second: Double = 6 * layer
        let expected: Double = first + second + 63 * second
        #expect(isClose(found.pipelineTimes[0].value, expected, 1e-4))
    }

    @Test("replicas of a fast and a slow group share the batch as their speeds")
    func batches() throws {
        let model = try UnlikeTrainingModel(demand: demand, groups: [group(3), group(1)])
        let search = UnlikeTrainingSearch(model, counts: [1, 1])
        let kinds = [0, 1].map {
            UnlikeLayout.Pipeline(
                stages: [.init(group: $0, layerCount: 16)], microBatchCount: 1)
        }
        let shared = try #require(search.share(64, kinds, [3, 1]))
        #expect(shared.map(\.microBatchCount) == [48, 16])
        let found = try search.best().get()
        #expect(found.layout.batch == 64)
        // Both together are a third faster than the fast one alone, but for what does not divide.
        let alone = try TrainingSearch(TrainingModel(demand: demand, group: group(3)))
            .best(acceleratorCount: 1).get()
        #expect(found.throughput.value / alone.throughput.value > 1.3)
        #expect(found.throughput.value / alone.throughput.value < 4.0 / 3 + 1e-3)
    }

    @Test("between vendors bytes pass both hosts: 1/10 + 1/20 + 1/10 of a second for a gigabyte")
    func staged() {
        var (a, b) = (roundGroup(outside: 20e9), roundGroup(outside: 20e9))
        a.accelerator.hostBandwidth = .gigabytesPerSecond(10)
        b.accelerator.hostBandwidth = .gigabytesPerSecond(10)
        #expect(!UnlikeLink(a, b).isStaged)
        b.accelerator.vendor = "Other"
        let link = UnlikeLink(a, b)
        #expect(link.isStaged)
        #expect(isClose(link.byteCost * 1e9, 0.25))
    }

    @Test("no layout beats the one that was found, among all cuts of layers of two stages")
    func bruteForce() throws {
        let model = try UnlikeTrainingModel(demand: demand, groups: [group(2), group(1)])
        let found = try UnlikeTrainingSearch(model, counts: [1, 1]).best().get()
        for first in 1..<16 {
            for order in [[0, 1], [1, 0]] {
                let layout = UnlikeLayout(pipelines: [
                    .init(
                        stages: [
                            .init(group: order[0], layerCount: first),
                            .init(group: order[1], layerCount: 16 - first),
                        ], microBatchCount: 64)
                ])
                #expect(model.estimate(layout).throughput <= found.throughput)
            }
        }
    }
}
