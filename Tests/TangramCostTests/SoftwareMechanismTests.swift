import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

/// What a software stack hides, repeats, merges and keeps, by hand.
@Suite("What software hides, merges and keeps")
struct SoftwareMechanismTests {
    private func estimate(
        _ stack: SoftwareStack, _ model: TransformerModel = smallModel(), batch: Int = 64,
        sequence: Int = 2_048, format: NumberFormat = .bf16, on group: DeviceGroup = roundGroup(),
        _ layout: TrainingLayout
    ) throws -> TrainingEstimate {
        try TrainingModel(
            demand: TrainingDemand(
                model: model, sequenceLength: sequence, globalBatchSize: batch, format: format,
                stack: stack),
            group: group
        ).estimate(layout)
    }

    /// Arithmetic that takes no time beside a wire of 100 GB/s without latency.
    private let wire = roundGroup(
        memoryBandwidth: 1e30, insideLatency: 0,
        peaks: [.bf16: FLOPRate(1e27), .fp8: FLOPRate(1e27)])

    @Test("ZeRO-3 gathers all weights twice and scatters 32-bit gradients once a micro-batch")
    func zero3() throws {
        let model = smallModel()
        let parameters = Double(model.parameterCount)
        var stack = SoftwareStack(id: "waits", gradientOverlap: 0)
        let layout = TrainingLayout(dataParallel: 8, zeroStage: 3)
        // 8 micro-batches. Weights of 2 bytes are gathered forward and backward, gradients of 4
        // scattered: 7/8 of 8 bytes at 100 GB/s, and an eighth of a gather with nothing before it.
        let once = parameters * 7 / 8 / 100e9
        let expected = 8 * (8 * once + 2 * once / 8)
        let step = try estimate(stack, model, on: wire, layout)
        #expect(isClose(step.breakdown.seconds(.dataParallel), expected, 1e-3))
        stack.gatherRate = 0.25
        let slow = try estimate(stack, model, on: wire, layout)
        #expect(isClose(slow.breakdown.seconds(.dataParallel), 4 * expected, 1e-3))
    }

    @Test("ZeRO-3 hides its collectives behind computation as far as the software overlaps")
    func zero3Overlap() throws {
        let layout = TrainingLayout(dataParallel: 8, zeroStage: 3)
        let group = roundGroup(memoryBandwidth: 1e30, insideLatency: 0)
        let exposed = try [1.0, 0.5, 0].map { overlap in
            try estimate(SoftwareStack(id: "some", gradientOverlap: overlap), on: group, layout)
                .breakdown.seconds(.dataParallel)
        }
        #expect(exposed[0] < exposed[1] && exposed[1] < exposed[2])
    }

    @Test("a hidden collective costs its share of the multiprocessors, an exposed one does not")
    func collectiveShare() throws {
        var group = roundGroup(memoryBandwidth: 1e30, insideLatency: 0)
        for zero in [0, 1, 2, 3] {
            let layout = TrainingLayout(dataParallel: 8, zeroStage: zero)
            func exposed(_ overlap: Double, _ share: Double) throws -> Double {
                group.accelerator.efficiency.collectiveShare = share
                return try estimate(
                    SoftwareStack(id: "some", gradientOverlap: overlap), on: group, layout
                ).breakdown.seconds(.dataParallel)
            }
            let (all, some) = (try exposed(0, 0), try exposed(1, 0))
            let shared = try exposed(1, 0.25)
            // Without overlap the whole collective shows, with ZeRO-3 the first gather twice: an
            // eighth of a gather of 2 bytes in each of 8 micro-batches, of 8 bytes a micro-batch.
            let sent = zero == 3 ? all / (1 + 2.0 / 8 / 8) : all
            #expect(isClose(shared, some + 0.25 * (sent - some), 1e-6))
            #expect(isClose(try exposed(0, 0.25), all, 1e-9))
        }
    }

    @Test("unfused attention multiplies whole squares: 4·S²·h forward, twice that backward")
    func unfused() throws {
        var stack = SoftwareStack(id: "old")
        stack.keepsScores = true
        let group = roundGroup(
            memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0, outside: 1e30,
            outsideLatency: 0)
        let step = try estimate(stack, batch: 1, on: group, TrainingLayout())
        let work: Double = 8 * 3 * 4 * 2_048 * 2_048 * 1_024
        let core: Double = work / 100e12
        #expect(isClose(step.breakdown.seconds(.attention), core))
    }

    @Test("scores of unfused attention move 13 bytes forward and 19 backward")
    func scores() throws {
        var stack = SoftwareStack(id: "old")
        stack.keepsScores = true
        let group = roundGroup(peaks: [.bf16: FLOPRate(1e27)])
        let step = try estimate(stack, batch: 1, on: group, TrainingLayout())
        // 8 layers, 8 heads, 2,048² scores at 1 TB/s.
        let scores: Double = 8 * 8 * 2_048 * 2_048
        let expected: Double = scores * 32 / 1e12
        #expect(isClose(step.breakdown.seconds(.attention), expected))
        // Selective recomputation repeats the forward core.
        let again = try estimate(stack, batch: 1, on: group, TrainingLayout(recompute: .selective))
        #expect(again.breakdown.seconds(.recompute) >= expected * 13 / 32)
    }

    @Test("Korthikanti's bytes: s·b·h·(10 + 24/t + 5·a·s/(h·t)), 34/t with sequence parallelism")
    func activations() throws {
        var stack = SoftwareStack(id: "old")
        stack.keepsScores = true
        let model = smallModel(layers: 16, vocabulary: 1)
        let tokens = 2_048.0
        func bytes(_ layout: TrainingLayout) throws -> Double {
            try estimate(stack, model, layout).memory.activations.value / (16 * tokens * 1_024)
        }
        // 32 instead of 34: dropout masks are not kept (arXiv 2205.05198, Table 2).
        let scores = 5 * 8 * 2_048.0 / 1_024
        #expect(isClose(try bytes(TrainingLayout()), 32 + scores, 1e-3))
        // What one layer rebuilds comes on top, once for all layers.
        #expect(isClose(try bytes(TrainingLayout(recompute: .selective)), 32 + scores / 16, 1e-3))
        #expect(isClose(try bytes(TrainingLayout(tensorParallel: 4)), (32 + scores) / 4, 1e-3))
        stack.isSequenceParallel = false
        #expect(
            isClose(
                try bytes(TrainingLayout(tensorParallel: 4)), 10 * 0.75 + (32 + scores) / 4, 1e-3))
    }

    @Test("asynchronous tensor parallelism shows only what the multiplications do not hide")
    func tensorOverlap() throws {
        let layout = TrainingLayout(tensorParallel: 4)
        var stack = SoftwareStack(id: "async")
        let all = try estimate(stack, smallModel(), batch: 1, layout).breakdown.seconds(
            .tensorParallel)
        stack.tensorOverlap = 0.5
        let half = try estimate(stack, smallModel(), batch: 1, layout).breakdown.seconds(
            .tensorParallel)
        #expect(half < all && half >= all / 2)
    }

    private func experts(_ count: Int = 64, active: Int = 8) -> TransformerModel {
        TransformerModel(
            id: "moe", name: "MoE", family: "test", hiddenSize: 1_024, vocabularySize: 1,
            layerGroups: [
                LayerGroup(
                    count: 8,
                    attention: .grouped(
                        GroupedQueryAttention(
                            headCount: 8, keyValueHeadCount: 8, headDimension: 128)),
                    feedForward: .mixtureOfExperts(
                        MixtureOfExperts(
                            expertCount: count, activeExpertCount: active, expertWidth: 512)))
            ])
    }

    @Test("eight copies over four nodes cross the fabric 4·(1 − (3/4)⁸) times when merged")
    func mergedCopies() throws {
        // The fabric is slow enough to be all that counts.
        let group = roundGroup(
            memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0, outside: 1e9,
            outsideLatency: 0)
        let layout = TrainingLayout(dataParallel: 32, expertParallel: 32)
        var stack = SoftwareStack(id: "each")
        stack.mergesCopies = false
        let each = try estimate(stack, experts(), on: group, layout)
            .breakdown.seconds(.expertParallel)
        stack.mergesCopies = true
        let merged = try estimate(stack, experts(), on: group, layout)
            .breakdown.seconds(.expertParallel)
        let missed = 0.75 * 0.75 * 0.75 * 0.75
        #expect(isClose(merged / each, 4 * (1 - missed * missed) / 8, 1e-3))
    }

    @Test("experts' layers wait for the host: time per operator × operators × three passes")
    func expertHost() throws {
        var stack = SoftwareStack(id: "slow host")
        stack.hostTimePerExpertOperator = Seconds(1)
        let step = try estimate(
            stack, experts(), TrainingLayout(dataParallel: 8, expertParallel: 8))
        // Queries with keys and values, output, router, two of the experts: 5 operators, 8 layers,
        // 8 micro-batches, forward once and backward twice.
        #expect(isClose(step.breakdown.seconds(.host), 5 * 8 * 8 * 3, 1e-2))
        let dense = try estimate(stack, smallModel(), TrainingLayout(dataParallel: 8))
        #expect(dense.breakdown.seconds(.host) == 0)
    }

    @Test("compressed gradients cross as factors, bits or places; weights as bytes")
    func compression() throws {
        func exchanged(_ compression: CommunicationCompression) throws -> Double {
            var demand = TrainingDemand(
                model: smallModel(), sequenceLength: 2_048, globalBatchSize: 64,
                stack: SoftwareStack(id: "waits", gradientOverlap: 0))
            demand.compression = compression
            return try TrainingModel(demand: demand, group: wire)
                .estimate(TrainingLayout(dataParallel: 8)).breakdown.seconds(.dataParallel)
        }
        // Gradients of 4 bytes and weights of 2, 7/8 of both at 100 GB/s.
        let parameter = Double(smallModel().parameterCount) * 7 / 8 / 100e9
        #expect(isClose(try exchanged(.none), 6 * parameter, 1e-3))
        #expect(
            isClose(try exchanged(.init(gradient: .oneBit)), (2 + 1.0 / 8) * parameter, 1e-3))
        // Rank 4 of matrices 1,024 wide: 8/1,024 of the bytes.
        #expect(
            isClose(
                try exchanged(.init(gradient: .powerSGD(rank: 4))),
                (2 + 4.0 * 8 / 1_024) * parameter, 1e-3))
        #expect(
            isClose(
                try exchanged(.init(gradient: .topK(share: 0.01))), (2 + 0.08) * parameter, 1e-3))
        let bytes = 1 + 4.0 / 128
        #expect(isClose(try exchanged(.init(gather: .fp8)), (4 + bytes) * parameter, 1e-3))
    }

    @Test("results come back from experts in 10 bits instead of 16")
    func combine() throws {
        let group = roundGroup(
            memoryBandwidth: 1e30, insideLatency: 0,
            peaks: [.bf16: FLOPRate(1e27), .fp8: FLOPRate(1e27)])
        func exchange(_ combine: CommunicationCompression.Combine) throws -> Double {
            var demand = TrainingDemand(
                model: experts(), sequenceLength: 2_048, globalBatchSize: 64)
            demand.compression.combine = combine
            return try TrainingModel(demand: demand, group: group).estimate(
                TrainingLayout(dataParallel: 8, expertParallel: 8)
            ).breakdown.seconds(.expertParallel)
        }
        // Dispatch in 16 bits and return in 10: 26 of 32.
        #expect(isClose(try exchange(.logfmt10) / (try exchange(.bf16)), 26.0 / 32, 1e-3))
    }

    @Test("two narrow copies instead of a wide weight and one: 2 bytes a parameter in FP8, not 3")
    func narrowWeights() throws {
        var stack = SoftwareStack(id: "narrow")
        let model = smallModel()
        let wide = try estimate(stack, model, format: .fp8, TrainingLayout()).memory
        stack.keepsNarrowWeightsOnly = true
        stack.gradientFormat = .bf16
        let narrow = try estimate(stack, model, format: .fp8, TrainingLayout()).memory
        #expect(isClose(narrow.weights.value / wide.weights.value, 2.0 / 3, 1e-6))
        #expect(isClose(narrow.gradients.value / wide.gradients.value, 0.5, 1e-6))
    }
}

/// Packing and checkpoints.
@Suite("Packed documents and checkpoints")
struct PackingAndCheckpointTests {
    private func estimate(_ change: (inout TrainingDemand) -> Void) throws -> TrainingEstimate {
        var demand = TrainingDemand(
            model: smallModel(), sequenceLength: 2_048, globalBatchSize: 64)
        change(&demand)
        let group = roundGroup(
            memoryBandwidth: 1e30, inside: 1e30, insideLatency: 0, outside: 1e30,
            outsideLatency: 0)
        return try TrainingModel(demand: demand, group: group)
            .estimate(TrainingLayout(dataParallel: 8))
    }

    @Test("four documents a sequence take a quarter of the attention core")
    func packing() throws {
        let whole = try estimate { _ in }
        let packed = try estimate { $0.documentTokens = 512 }
        #expect(
            isClose(
                packed.breakdown.seconds(.attention), whole.breakdown.seconds(.attention) / 4))
        #expect(
            packed.breakdown.seconds(.matrixMultiply) == whole.breakdown.seconds(.matrixMultiply))
    }

    @Test("a checkpoint of 14 bytes a parameter every minute costs its share of the time")
    func checkpoint() throws {
        let none = try estimate { _ in }
        let bytes = 14 * Double(smallModel().parameterCount)
        let some = try estimate {
            $0.checkpoint = CheckpointPlan(
                interval: Seconds(60), bandwidth: Bandwidth(bytes / 6))
        }
        // 6 s after every 60 s.
        #expect(isClose(some.throughput.value / none.throughput.value, 60.0 / 66, 1e-6))
        #expect(some.stepTime == none.stepTime)
    }
}
