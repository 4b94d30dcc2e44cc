import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

/// What a served job may ask for beyond prompts and answers of one length on one card.
@Suite("Features of serving")
struct ServingFeatureTests {
    private func demand(
        _ id: String, prompt: Int, output: Int, engine: ServingEngine = .current
    ) throws -> ServingDemand {
        ServingDemand(
            model: try model(id), requestRate: RequestRate(1), promptTokens: prompt,
            outputTokens: output, engine: engine)
    }

    private func serving(_ demand: ServingDemand, _ card: String) throws -> ServingModel {
        ServingModel(demand: demand, group: try group(card))
    }

    // MARK: Engines

    @Test("a job that names no engine is served by its card's usual one, with that one's interval")
    func usualEngine() throws {
        for (card, id) in [
            ("h200-sxm-141gb", "vllm-2026"), ("mi355x", "sglang-2026"),
            ("ascend-910b2", "cann-2026"), ("arc-pro-b60", "vllm-2026"),
        ] {
            let job = try demand("llama-3.1-8b", prompt: 1_000, output: 100)
            let usual = try serving(job, card)
            #expect(usual.demand.engine.id == id, "\(card)")
            var named = job
            named.engine = .named(id)
            let same = try serving(named, card)
            let (a, b) = (
                try usual.estimate(ServingLayout()).get(), try same.estimate(ServingLayout()).get()
            )
            #expect(a.timePerOutputToken == b.timePerOutputToken && a.capacity == b.capacity)
            #expect(a.uncertainty == b.uncertainty && a.uncertainty.firstToken > 0)
        }
    }

    @Test("a card that no run was fitted on has a wider interval than the engine's")
    func widerInterval() throws {
        let job = try demand("llama-3.1-8b", prompt: 1_000, output: 100)
        let fitted = try serving(job, "h200-sxm-141gb")
        let other = try serving(job, "l40s")
        #expect(fitted.demand.engine.isFitted && !other.demand.engine.isFitted)
        #expect(fitted.baseUncertainty == fitted.demand.engine.uncertainty)
        #expect(other.baseUncertainty > fitted.baseUncertainty)
    }

    // MARK: Lengths

    @Test(
        "parts of a log-normal distribution have its mean and weights of 1, and nearly its variance"
    )
    func logNormal() {
        for variation in [0.1, 0.5, 1, 2] {
            let parts = LengthDistribution.logNormal(variation: variation).parts
            let mean = parts.reduce(0) { $0 + $1.weight * $1.ratio }
            let square = parts.reduce(0) { $0 + $1.weight * $1.ratio * $1.ratio }
            #expect(isClose(parts.reduce(0) { $0 + $1.weight }, 1, 1e-9))
            #expect(isClose(mean, 1, 1e-9))
            #expect(isClose(square, 1 + variation * variation, 0.05), "\(variation)")
            #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.ratio < $1.ratio })
        }
    }

    @Test("counted lengths keep their mean and moments, however many are merged")
    func counted() throws {
        let few = try #require(
            LengthDistribution.measured([(100, 3), (500, 1)]))
        // (300 + 500) / 4 and (3 · 100² + 500²) / 4 over the square of it.
        #expect(few.mean == 200)
        #expect(isClose(few.lengths.secondMoment, 70_000 / 40_000.0))
        let many = try #require(
            LengthDistribution.measured((1...10_000).map { ($0, 1.0) }))
        #expect(many.mean == 5_001 || many.mean == 5_000)
        #expect(many.lengths.parts.count <= LengthDistribution.partLimit)
        // A uniform distribution from 0: E[n²]/E[n]² = 4/3.
        #expect(isClose(many.lengths.secondMoment, 4 / 3.0, 0.01))
        #expect(LengthDistribution.measured([]) == nil)
        #expect(LengthDistribution.measured([(5, 0)]) == nil)
        #expect(LengthDistribution.measured([(5, 2), (5, 1)])?.lengths == .constant)
    }

    @Test("long prompts attend more than in proportion: E[n²] of the square is counted")
    func attention() throws {
        var job = try demand("llama-3.1-8b", prompt: 8_192, output: 1, engine: .ideal)
        let even = try serving(job, "h100-sxm-80gb")
        job.promptLengths = .logNormal(variation: 1)
        let spread = try serving(job, "h100-sxm-80gb")
        let layout = ServingLayout()
        let ratio =
            spread.table(layout).prefill(layout, prompts: 1).attention
            / even.table(layout).prefill(layout, prompts: 1).attention
        // 1 + 1² for pure arithmetic; the part bound by memory grows in proportion alone.
        #expect(ratio > 1.7 && ratio < 2.1)
    }

    @Test("spread lengths raise the tail of both latencies, and answers that run are the long ones")
    func tails() throws {
        var job = try demand("llama-3.1-8b", prompt: 4_000, output: 400)
        let even = try serving(job, "h100-sxm-80gb")
        job.promptLengths = .logNormal(variation: 1)
        job.outputLengths = .logNormal(variation: 1)
        let spread = try serving(job, "h100-sxm-80gb")
        let load = RequestRate(2)
        let a = try #require(even.latency(try even.estimate(ServingLayout()).get(), load: load))
        let b = try #require(spread.latency(try spread.estimate(ServingLayout()).get(), load: load))
        #expect(b.timeToFirstToken.ninetyNinth > a.timeToFirstToken.ninetyNinth * 1.5)
        #expect(b.timePerOutputToken.ninetieth >= a.timePerOutputToken.ninetieth)
        // An answer that runs is of E[n²]/E[n] = 800 tokens on average.
        let state = ReplicaState(model: spread, layout: ServingLayout())
        let other = ReplicaState(model: even, layout: ServingLayout())
        let ratio = Double(other.batchLimit) / Double(state.batchLimit)
        #expect(isClose(ratio, 4_800 / 4_400.0, 0.01))
    }

    @Test("capacity at a percentile keeps its limits, and is below that of the mean")
    func percentile() throws {
        var job = try demand("qwen3-32b", prompt: 2_000, output: 300)
        job.timeToFirstToken = Seconds(1)
        job.timePerOutputToken = Seconds(0.05)
        let mean = try ServingSearch(serving(job, "h200-sxm-141gb")).front(acceleratorLimit: 8)
            .get()
        job.percentile = 99
        let model = try serving(job, "h200-sxm-141gb")
        let tail = try ServingSearch(model).front(acceleratorLimit: 8).get()
        for estimate in tail {
            let same = mean.first { $0.layout == estimate.layout }
            #expect(same.map { $0.capacity > estimate.capacity } ?? true)
        }
        #expect(!tail.isEmpty)
    }

    // MARK: Long contexts

    @Test("ranks that share a prompt prefill it sooner, and hold a part of its cache each")
    func contextParallel() throws {
        let job = try demand("llama-3.1-70b", prompt: 120_000, output: 1_000)
        let model = try serving(job, "h200-sxm-141gb")
        let alone = ReplicaState(model: model, layout: ServingLayout(tensorParallel: 4))
        let shared = ReplicaState(
            model: model, layout: ServingLayout(tensorParallel: 4, contextParallel: 2))
        let speedup = alone.promptTime / shared.promptTime
        #expect(speedup > 1.5 && speedup <= 2)
        // Weights are whole on each part: the room for the cache is the same, its need a half.
        #expect(isClose(Double(shared.batchLimit), 2 * Double(alone.batchLimit), 0.1))
        let step = { (state: ReplicaState) in state.point(batch: 4).step_s }
        #expect(step(shared) < step(alone))
        let terms = shared.table.decode(shared.layout, sequences: 4)
        #expect(terms.contextParallel > 0)
        #expect(alone.table.decode(alone.layout, sequences: 4).contextParallel == 0)
    }

    @Test("the search shares long prompts between ranks and leaves short ones alone")
    func contextSearch() throws {
        func layouts(_ prompt: Int) throws -> [ServingLayout] {
            ServingSearch(
                try serving(
                    try demand("llama-3.1-8b", prompt: prompt, output: 100), "h100-sxm-80gb")
            ).allLayouts(limit: 16)
        }
        #expect(try layouts(2_000).allSatisfy { $0.contextParallel == 1 })
        #expect(try layouts(100_000).contains { $0.contextParallel == 8 })
    }

    @Test("cache beyond the card's memory is read over the host link, at the link's rate (by hand)")
    func hostCache() throws {
        var job = try demand("llama-3.1-8b", prompt: 1_000_000, output: 1_000, engine: .ideal)
        let layout = ServingLayout()
        guard case .failure(.memory) = try serving(job, "h100-sxm-80gb").estimate(layout) else {
            Issue.record("131 GB of cache fit into 80 GiB")
            return
        }
        job.hostCache = .gibibytes(256)
        let model = try serving(job, "h100-sxm-80gb")
        let found = try model.estimate(layout).get()
        #expect(found.batch >= 1 && found.memory.hostCache > .zero)
        #expect(found.memory.total <= found.memory.available)
        // 32 layers × 8 heads × 128 × 2 × 2 B × the tokens of prompt and answer.
        let one = 32 * 8 * 128 * 2 * 2.0 * 1_001_000
        let state = ReplicaState(model: model, layout: layout)
        let point = state.point(batch: 1)
        let memory = state.table.memory(layout, batch: 1)
        #expect(isClose(memory.keyValueCache.value + memory.hostCache.value, one, 1e-6))
        let link = try #require(model.group.accelerator.hostBandwidth?.value)
        let share = memory.hostCache.value / one
        // Of what half an answer into it has been cached.
        let read = share * 32 * 8 * 128 * 2 * 2 * 1_000_500 / link
        #expect(isClose(point.step_s, read, 0.01))
        #expect(isClose(found.decodeBreakdown.total, found.timePerOutputToken.value, 1e-6))
    }

    // MARK: Images

    @Test(
        "images cost their encoder: 2 FLOP a weight and patch, attention within an image (by hand)")
    func encoder() throws {
        // The encoder of Qwen2.5-VL: 32 layers of 1,280, inner 3,456 gated, 16 heads, 2 × 2 merged.
        let encoder = VisionEncoder(
            layerCount: 32, hiddenSize: 1_280, feedForwardWidth: 3_456, headCount: 16,
            patchesPerToken: 4, isGated: true, outputSize: 1_024)
        var shape = smallModel()
        shape.visionEncoder = encoder
        var job = ServingDemand(
            model: shape, requestRate: RequestRate(1), promptTokens: 2_000, outputTokens: 100,
            engine: .ideal)
        let text = ServingModel(demand: job, group: roundGroup())
        job.images = ImageInput(tokens: 1_024)
        let images = ServingModel(demand: job, group: roundGroup())
        let layout = ServingLayout()
        let more =
            ReplicaState(model: images, layout: layout).promptTime
            - ReplicaState(model: text, layout: layout).promptTime
        let patches = 4_096.0
        let layer = 4 * 1_280.0 * 1_280 + 3 * 1_280 * 3_456
        let joint = 1_024 * 2.0 * (5_120 * 5_120 + 5_120 * 1_024)
        let flop = 32 * (2 * layer * patches + 4 * patches * patches * 1_280) + joint
        // On a card of 100 TFLOP/s that is always at its peak.
        #expect(isClose(more, flop / 100e12, 0.02))
        // Two images of half the size attend to half as much.
        job.images = ImageInput(tokens: 1_024, count: 2)
        let two = ReplicaState(
            model: ServingModel(demand: job, group: roundGroup()), layout: layout
        ).promptTime
        let saved = 32 * 2 * patches * patches * 1_280 / 100e12
        let first = ReplicaState(model: images, layout: layout).promptTime
        #expect(isClose(first - two, saved, 0.02))
        let found = try images.estimate(layout).get()
        #expect(found.prefillBreakdown.seconds(.encoder) > 0)
        #expect(isClose(found.prefillBreakdown.total, found.timeToFirstToken.value, 1e-6))
        let bytes = Double(encoder.parameterCount) * 2
        let plain = try text.estimate(layout).get().memory.weights.value
        #expect(isClose(found.memory.weights.value - plain, bytes, 1e-6))
    }

    @Test("a model without an encoder refuses images")
    func noEncoder() throws {
        var job = try demand("llama-3.1-8b", prompt: 1_000, output: 100)
        job.images = ImageInput(tokens: 100)
        guard
            case .failure(.invalidInput(let input)) = try serving(job, "h100-sxm-80gb")
                .estimate(ServingLayout())
        else {
            Issue.record("images were read by a model of text")
            return
        }
        #expect(input.description.contains("encoder"))
    }

    // MARK: Experts

    @Test("an uneven router slows the busiest rank, and copies of busy experts even it out")
    func imbalance() throws {
        func experts(_ imbalance: Double, copies: Int) throws -> Double {
            var job = try demand("deepseek-v3", prompt: 1_000, output: 100, engine: .ideal)
            job.expertImbalance = imbalance
            job.redundantExperts = copies
            let model = try serving(job, "h800-sxm-80gb")
            let layout = ServingLayout(dataParallel: 32)
            return model.table(layout).prefill(layout, prompts: 8).experts
        }
        let even = try experts(1, copies: 0)
        let uneven = try experts(1.5, copies: 0)
        #expect(uneven > 1.2 * even)
        let half = try experts(1.5, copies: 16)
        let full = try experts(1.5, copies: 32)
        #expect(half < uneven && full < half)
        #expect(isClose(full, even, 0.1))
    }
}
