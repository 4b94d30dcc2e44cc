import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

/// Hybrid sharding, recomputation by module, and experts that are visited unevenly, by hand.
@Suite("Layouts beyond the common ones")
struct LayoutFeatureTests {
    private func estimate(
        _ model: TransformerModel = smallModel(), batch: Int = 64, on group: DeviceGroup,
        _ layout: TrainingLayout, change: (inout TrainingDemand) -> Void = { _ in }
    ) throws -> TrainingEstimate {
        var demand = TrainingDemand(
            model: model, sequenceLength: 2_048, globalBatchSize: batch)
        change(&demand)
        return try TrainingModel(demand: demand, group: group).estimate(layout)
    }

    /// Arithmetic takes no time; wires of 100 GB/s inside and 10 GB/s between nodes, no latency.
    private let wire = roundGroup(
        memoryBandwidth: 1e30, insideLatency: 0, outsideLatency: 0,
        peaks: [.bf16: FLOPRate(1e27)])
    /// Only arithmetic takes time.
    private let arithmetic = roundGroup(
        memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0, outside: 1e30, outsideLatency: 0)

    private func experts() -> TransformerModel {
        var model = smallModel()
        model.layerGroups[0].feedForward = .mixtureOfExperts(
            MixtureOfExperts(expertCount: 32, activeExpertCount: 4, expertWidth: 512))
        return model
    }

    @Test("HSDP shards inside a node and reduces an eighth of the gradients between two")
    func hybridTime() throws {
        let parameters = Double(smallModel().parameterCount)
        let stack = SoftwareStack(id: "waits", gradientOverlap: 0)
        let found = try estimate(
            on: wire,
            TrainingLayout(dataParallel: 16, zeroStage: 3, shardCount: 8)
        ) { $0.stack = stack }
        // Four micro-batches: gathered twice in 2 bytes and scattered in 4, 7/8 at 100 GB/s, and an
        // eighth of a gather with nothing before it.
        let inside = 4 * (8 + 2 / 8.0) * parameters * 7 / 8 / 100e9
        // Once: 4 bytes of an eighth of the parameters scattered and gathered by two at 10 GB/s.
        let between = 2 * 4 * parameters / 8 / 2 / 10e9
        #expect(isClose(found.breakdown.seconds(.dataParallel), inside + between, 1e-3))
        let whole = try estimate(on: wire, TrainingLayout(dataParallel: 16, zeroStage: 3)) {
            $0.stack = stack
        }
        #expect(found.stepTime < whole.stepTime)
    }

    @Test("HSDP keeps 12/8 bytes of optimizer a parameter on any number of nodes")
    func hybridMemory() throws {
        let parameters = Double(smallModel().parameterCount)
        for nodes in [2, 4] {
            let found = try estimate(
                on: wire, TrainingLayout(dataParallel: 8 * nodes, zeroStage: 1, shardCount: 8))
            #expect(isClose(found.memory.optimizer.value, 12 * parameters / 8, 1e-3))
        }
        let all = try estimate(on: wire, TrainingLayout(dataParallel: 16, zeroStage: 1))
        #expect(isClose(all.memory.optimizer.value, 12 * parameters / 16, 1e-3))
    }

    @Test("a search may find HSDP, and a shard that does not divide is refused")
    func hybridSearch() throws {
        let slow = roundGroup(outside: 1e9)
        let demand = TrainingDemand(
            model: smallModel(layers: 64), sequenceLength: 2_048, globalBatchSize: 64)
        var space = TrainingSpace(
            microBatches: [1], zeroStages: [3], schedules: [.oneForwardOneBackward])
        space.tensorLimit = 1
        let plain = try TrainingSearch(TrainingModel(demand: demand, group: slow), space: space)
            .best(acceleratorCount: 32).get()
        space.triesHybridSharding = true
        let hybrid = try TrainingSearch(TrainingModel(demand: demand, group: slow), space: space)
            .best(acceleratorCount: 32).get()
        #expect(hybrid.stepTime <= plain.stepTime)
        let problems = LayoutCheck(model: demand.model, group: slow).problems(
            of: TrainingLayout(dataParallel: 8, shardCount: 3), demand: demand, count: 8)
        #expect(
            problems == ["layout: shard=3 needs zero of at least 1 and must divide cp × dp = 8"])
    }

    @Test("recomputing feed-forward blocks repeats both matrices and keeps half of a plain layer")
    func feedForward() throws {
        let found = try estimate(batch: 1, on: arithmetic, TrainingLayout(recompute: .selective)) {
            $0.recomputeModules = [.feedForward]
        }
        let again = 8 * 2 * 2_048 * (2 * 1_024 * 4_096.0) / 100e12
        #expect(isClose(found.breakdown.seconds(.recompute), again, 1e-6))
        // 16·h elements of 2 bytes a token, of which the block's inner width twice is dropped: 8·h.
        let deep = try estimate(
            smallModel(layers: 16, vocabulary: 1), batch: 1, on: arithmetic,
            TrainingLayout(recompute: .selective)
        ) { $0.recomputeModules = [.feedForward] }
        let expected = 2_048 * 1_024 * 2 * (16 * 8 + 8)
        #expect(isClose(deep.memory.activations.value, Double(expected), 1e-3))
    }

    @Test("recomputing experts repeats a third of their time and half of their all-to-all")
    func expertModule() throws {
        let group = roundGroup(
            memoryBandwidth: 1e30, inside: 1e11, insideLatency: 0, outside: 1e10, outsideLatency: 0)
        let layout = TrainingLayout(
            dataParallel: 8, expertParallel: 8, recompute: .selective)
        let found = try estimate(experts(), on: group, layout) {
            $0.recomputeModules = [.experts]
        }
        let parts = found.breakdown
        let again = parts.seconds(.experts) / 3 + parts.seconds(.expertParallel) / 2
        #expect(isClose(parts.seconds(.recompute), again, 1e-3))
        let none = try estimate(
            experts(), on: group, TrainingLayout(dataParallel: 8, expertParallel: 8))
        #expect(found.memory.activations < none.memory.activations)
    }

    @Test(
        "each module keeps less than nothing recomputed, all of them least",
        arguments: [
            RecomputeModule.norms, .activations, .latentProjections, .coreAttention, .feedForward,
            .experts,
        ])
    func modules(module: RecomputeModule) throws {
        let deep = try model("deepseek-v3")
        func memory(_ modules: Set<RecomputeModule>) throws -> TrainingEstimate {
            try estimate(
                deep, on: group("h800-sxm-80gb"),
                TrainingLayout(
                    pipelineParallel: 16, dataParallel: 8, expertParallel: 8,
                    recompute: .selective)
            ) { $0.recomputeModules = modules }
        }
        let nothing = try memory([])
        let one = try memory([module])
        let all = try memory(Set(RecomputeModule.allCases))
        #expect(nothing.breakdown.seconds(.recompute) <= 1e-12 * nothing.stepTime.value)
        #expect(one.memory.activations < nothing.memory.activations)
        #expect(all.memory.activations < one.memory.activations)
        #expect(one.stepTime > nothing.stepTime && all.stepTime > one.stepTime)
    }

    @Test("what a job names is recomputed, also where software would repeat every other product")
    func modulesFirst() throws {
        let stack = try #require(
            try SoftwareStack.shipped("torchtitan-2024", architecture: "Hopper"))
        #expect(stack.selection == .operators)
        let found = try estimate(
            on: group("h100-sxm-80gb"),
            TrainingLayout(dataParallel: 8, recompute: .selective)
        ) {
            $0.stack = stack
            $0.recomputeModules = []
        }
        #expect(found.breakdown.seconds(.recompute) == 0)
    }

    @Test("two ranks that share an expert gather and scatter half of each other's tokens")
    func expertTensor() throws {
        // Only the wire inside a node takes time.
        let found = try estimate(
            experts(), on: wire,
            TrainingLayout(dataParallel: 2, expertTensorParallel: 2))
        // 32 micro-batches of 2,048 tokens visit 4 experts: 2 bytes × 1,024 of both ranks' copies,
        // half of them gathered and half scattered at 100 GB/s, forward and backward, in 8 layers.
        let copies = 2.0 * 1_024 * 2_048 * 4 * 2
        let expected = 32 * 8 * 2 * 2 * copies / 2 / 100e9
        #expect(isClose(found.breakdown.seconds(.expertParallel), expected, 1e-3))
    }

    @Test("a rank with twice its share of visits doubles experts and all-to-all, not the work")
    func imbalance() throws {
        let group = roundGroup(
            memoryBandwidth: 1e30, inside: 1e11, insideLatency: 0, outside: 1e10, outsideLatency: 0)
        let layout = TrainingLayout(dataParallel: 8, expertParallel: 8)
        let even = try estimate(experts(), on: group, layout)
        let uneven = try estimate(experts(), on: group, layout) {
            $0.expertLoad = ExpertLoad(imbalance: 2)
        }
        for cause in [TimePart.Cause.experts, .expertParallel] {
            #expect(
                isClose(uneven.breakdown.seconds(cause), 2 * even.breakdown.seconds(cause), 1e-6))
        }
        #expect(uneven.workPerAccelerator == even.workPerAccelerator)
        #expect(uneven.memory.activations > even.memory.activations)
    }

    @Test("under a capacity the busiest rank stops there, and padding computes it everywhere")
    func capacity() throws {
        let group = roundGroup(
            memoryBandwidth: 1e30, inside: 1e11, insideLatency: 0, outside: 1e10, outsideLatency: 0)
        let layout = TrainingLayout(dataParallel: 8, expertParallel: 8)
        func experts(_ load: ExpertLoad) throws -> Double {
            try estimate(self.experts(), on: group, layout) { $0.expertLoad = load }
                .breakdown.seconds(.experts)
        }
        let even = try experts(.even)
        #expect(
            isClose(try experts(ExpertLoad(imbalance: 2, capacity: 1.25)), 1.25 * even, 1e-6))
        #expect(
            isClose(try experts(ExpertLoad(imbalance: 1.1, capacity: 1.25)), 1.1 * even, 1e-6))
        let padded = ExpertLoad(imbalance: 1.1, capacity: 1.25, isPadded: true)
        #expect(isClose(try experts(padded), 1.25 * even, 1e-6))
    }

    @Test(
        "dropped visits are what a ramp of loads has above the capacity",
        arguments: [
            (1.5, 1.25), (1.5, 1.0), (2.0, 1.0), (1.2, 0.9), (3.0, 1.5), (4.0, 1.0), (1.5, 0.4),
        ])
    func dropped(imbalance: Double, capacity: Double) {
        let load = ExpertLoad(imbalance: imbalance, capacity: capacity)
        // Loads evenly from 2 − i to i; beyond 2, from 0 to i for a part of 2/i of the experts.
        let count = 200_000
        let (low, part) = imbalance <= 2 ? (2 - imbalance, 1.0) : (0, 2 / imbalance)
        var over = 0.0
        for index in 0..<count {
            let x = low + (imbalance - low) * (Double(index) + 0.5) / Double(count)
            over += max(0, x - capacity)
        }
        #expect(isClose(load.droppedShare, part * over / Double(count), 1e-4))
        #expect(load.busiest == capacity)
    }

    @Test("the head and prediction may have the last stage to themselves")
    func headAlone() throws {
        let layout = TrainingLayout(pipelineParallel: 3, lastStageLayerCount: 0)
        let model = try TrainingModel(
            demand: TrainingDemand(
                model: smallModel(), sequenceLength: 2_048, globalBatchSize: 8),
            group: arithmetic)
        #expect(model.stageLayers(layout) == (4, 0))
        #expect(
            LayoutCheck(model: smallModel(), group: arithmetic).problems(
                of: layout, demand: model.demand, count: 3
            ).isEmpty)
    }
}

@Suite("Memory stage by stage")
struct StageMemoryTests {
    private func trainingModel(_ model: TransformerModel, on group: DeviceGroup) throws
        -> TrainingModel
    {
        try TrainingModel(
            demand: TrainingDemand(model: model, sequenceLength: 4_096, globalBatchSize: 256),
            group: group)
    }

    @Test(
        "the fullest stage is the device that the estimate counts",
        arguments: [
            TrainingLayout(dataParallel: 8, expertParallel: 8),
            TrainingLayout(pipelineParallel: 8, dataParallel: 8, expertParallel: 8),
            TrainingLayout(
                pipelineParallel: 8, virtualPipeline: 2, dataParallel: 8, expertParallel: 8,
                recompute: .full),
            TrainingLayout(
                pipelineParallel: 8, dataParallel: 8, expertParallel: 8, schedule: .gpipe),
            TrainingLayout(
                pipelineParallel: 8, dataParallel: 8, expertParallel: 8, schedule: .zeroBubbleH1),
            TrainingLayout(
                pipelineParallel: 8, virtualPipeline: 2, dataParallel: 8, expertParallel: 8,
                schedule: .zeroBubbleV),
            TrainingLayout(
                pipelineParallel: 8, dataParallel: 8, expertParallel: 8, schedule: .dualPipe),
            TrainingLayout(
                pipelineParallel: 8, dataParallel: 8, expertParallel: 8, lastStageLayerCount: 3),
        ])
    func fullest(layout: TrainingLayout) throws {
        for name in ["deepseek-v3", "qwen3-30b-a3b"] {
            let model = try trainingModel(try model(name), on: group("h800-sxm-80gb"))
            let stages = model.stages(layout)
            #expect(stages.count == layout.pipelineParallel)
            let fullest = try #require(stages.map(\.memory.total).max())
            #expect(fullest == model.estimate(layout).memory.total, "\(name) \(layout.summary)")
            for stage in stages {
                let sum = stage.memory.parts.reduce(Bytes.zero) { $0 + $1.bytes }
                #expect(sum == stage.memory.total)
            }
        }
    }

    @Test("1F1B keeps p − s micro-batches, interleaving from (v+1)p − 1 to (v−1)p + 1 parts of 1/v")
    func inFlight() throws {
        let model = try trainingModel(smallModel(layers: 16), on: roundGroup())
        #expect(model.stages(TrainingLayout(pipelineParallel: 4)).map(\.inFlight) == [4, 3, 2, 1])
        let interleaved = model.stages(TrainingLayout(pipelineParallel: 4, virtualPipeline: 2))
        let expected: [Double] = [5.5, 4.5, 3.5, 2.5]
        #expect(interleaved.map(\.inFlight) == expected)
    }

    @Test("advice names the largest term and changes that fit before those that do not")
    func advice() throws {
        let model = try trainingModel(try model("llama-3.1-70b"), on: group("h100-sxm-80gb"))
        let layout = TrainingLayout(tensorParallel: 4, pipelineParallel: 2, dataParallel: 8)
        let advice = MemoryAdvice(layout, of: model)
        #expect(model.estimate(layout).memory.shortfall > .zero)
        #expect(advice.largest == model.estimate(layout).memory.parts[0].name)
        let fits: [Bool] = advice.changes.map { $0.shortfall == .zero }
        let firstMiss = fits.firstIndex(of: false) ?? fits.count
        #expect(!fits[firstMiss...].contains(true))
        for change in advice.changes {
            let after = model.estimate(change.layout)
            #expect(after.memory.total + change.saved == model.estimate(layout).memory.total)
            #expect(after.acceleratorCount == layout.acceleratorCount)
        }
        #expect(advice.changes.contains { $0.text == "PP4 for PP2" })
    }
}
