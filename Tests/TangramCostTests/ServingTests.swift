import TangramCost
import TangramHardware
import TangramModels
import TangramUnits
import Testing

/// Serving through the public interface: limits, hand-computed cases, and what must grow or shrink.
@Suite("Serving")
struct ServingTests {
    private func serving(
        model: TransformerModel? = nil, group: DeviceGroup? = nil, prompt: Int = 1_000,
        output: Int = 100, first: Double? = nil, each: Double? = nil
    ) -> ServingModel {
        ServingModel(
            demand: ServingDemand(
                model: model ?? smallModel(), requestRate: .zero, promptTokens: prompt,
                outputTokens: output, timeToFirstToken: first.map { Seconds($0) },
                timePerOutputToken: each.map { Seconds($0) }),
            group: group ?? roundGroup())
    }

    private func part(_ name: String, _ estimate: ServingEstimate) -> Double {
        estimate.memory.parts.first { $0.name == name }?.bytes.value ?? 0
    }

    @Test("weights take two bytes a parameter on one card, and a half of that on each of two")
    func weights() throws {
        let one = try serving().estimate(ServingLayout()).get()
        let two = try serving().estimate(ServingLayout(tensorParallel: 2)).get()
        // 8 layers of 12·1024² in matrices; embedding and head of 1024² each; norms are small.
        let bytes = 2.0 * (8 * 12 + 2) * 1_024 * 1_024
        #expect(isClose(part("weights", one), bytes, 1e-3))
        #expect(isClose(part("weights", two), bytes / 2, 2e-2))
    }

    @Test("the cache of a sequence is 2 · layers · heads · 128 · 2 bytes a token")
    func cache() throws {
        let long = try serving(prompt: 3_000, output: 1_000).estimate(ServingLayout()).get()
        let perToken = 2.0 * 8 * 8 * 128 * 2
        let perSequence = part("KV cache", long) / long.batch
        // At least what the middle of the output needs, at most the whole sequence in whole blocks.
        #expect(perSequence >= perToken * 3_500 && perSequence <= perToken * 4_200)
    }

    @Test("decode is never faster than reading the weights once")
    func floor() throws {
        let estimate = try serving().estimate(ServingLayout()).get()
        #expect(estimate.timePerOutputToken.value >= part("weights", estimate) * 0.98 / 1e12)
    }

    @Test("without peers nothing is spent on collectives; with free links they cost nothing")
    func freeLinks() throws {
        func collectives(_ estimate: ServingEstimate) -> Double {
            (estimate.decodeBreakdown + estimate.prefillBreakdown)
                .filter { $0.cause.rawValue.contains("collectives") }
                .reduce(0) { $0 + $1.time.value }
        }
        #expect(collectives(try serving().estimate(ServingLayout()).get()) == 0)
        let wired = try serving().estimate(ServingLayout(tensorParallel: 4)).get()
        #expect(collectives(wired) > 0)
        let free = roundGroup(inside: 1e29, insideLatency: 0)
        let ideal = try serving(group: free).estimate(ServingLayout(tensorParallel: 4)).get()
        #expect(collectives(ideal) <= 1e-9)
    }

    @Test("a model larger than the memory is refused with what is missing")
    func memory() throws {
        guard
            case .failure(.memory(_, let shortfall, let largest, _)) = serving(
                group: roundGroup(memory: .gibibytes(1))
            ).estimate(ServingLayout())
        else {
            Issue.record("it fits into nothing")
            return
        }
        #expect(shortfall > .zero && largest != "")
    }

    @Test("limits that nothing meets name the best that was reached")
    func limits() throws {
        guard
            case .failure(.timePerOutputToken(let best, let limit)) = serving(each: 1e-9)
                .estimate(ServingLayout())
        else {
            Issue.record("decoded in a nanosecond")
            return
        }
        #expect(best > limit)
        guard case .failure(.timeToFirstToken) = serving(first: 1e-9).estimate(ServingLayout())
        else {
            Issue.record("answered in a nanosecond")
            return
        }
    }

    @Test("less load waits less: both latencies fall, and the rate is what was asked for")
    func load() throws {
        let model = serving(each: 0.02)
        let full = try model.estimate(ServingLayout()).get()
        var last = full
        for share in [0.9, 0.5, 0.1] {
            let rate = RequestRate(full.capacity.value * share)
            let own = model.estimate(full, at: rate)
            #expect(isClose(own.requestRate.value, rate.value, 1e-3))
            #expect(own.timePerOutputToken <= last.timePerOutputToken)
            #expect(own.timeToFirstToken <= last.timeToFirstToken)
            #expect(own.capacity == full.capacity)
            last = own
        }
    }

    @Test("more bandwidth, memory or time never lowers capacity: 60 random cases")
    func monotone() throws {
        var random = SeededGenerator(seed: 31)
        for _ in 0..<60 {
            let prompt = Int.random(in: 16...8_000, using: &random)
            let output = Int.random(in: 1...2_000, using: &random)
            let each = Double.random(in: 0.002...0.1, using: &random)
            let layout = ServingLayout(
                tensorParallel: [1, 2, 4].randomElement(using: &random) ?? 1,
                dataParallel: [1, 2].randomElement(using: &random) ?? 1)
            func capacity(_ group: DeviceGroup, _ limit: Double) -> Double {
                let model = serving(group: group, prompt: prompt, output: output, each: limit)
                guard case .success(let estimate) = model.estimate(layout) else { return 0 }
                return estimate.capacity.value
            }
            let base = capacity(roundGroup(), each)
            let slack = 1 - 1e-5
            #expect(capacity(roundGroup(memoryBandwidth: 2e12), each) >= base * slack)
            #expect(capacity(roundGroup(memory: .gibibytes(160)), each) >= base * slack)
            #expect(capacity(roundGroup(inside: 400e9), each) >= base * slack)
            #expect(capacity(roundGroup(), 2 * each) >= base * slack)
            #expect(capacity(roundGroup(speed: 0.5), each) <= base / slack)
        }
    }

    @Test("breakdowns sum to their totals for real cards and models")
    func sums() throws {
        for (name, card) in [
            ("deepseek-v3", "h200-sxm-141gb"), ("qwen3-32b", "ascend-910b3"),
            ("gpt-oss-120b", "rtx-pro-6000-blackwell"),
        ] {
            let model = ServingModel(
                demand: ServingDemand(
                    model: try model(name), requestRate: .zero, promptTokens: 2_000,
                    outputTokens: 400),
                group: try group(card))
            for estimate in try ServingSearch(model).front(acceleratorLimit: 16).get() {
                let first = estimate.prefillBreakdown.total
                let each = estimate.decodeBreakdown.total
                #expect(isClose(first, estimate.timeToFirstToken.value, 1e-6))
                #expect(isClose(each, estimate.timePerOutputToken.value, 1e-6))
                #expect(estimate.memory.total <= estimate.memory.available)
                #expect(estimate.acceleratorCount <= 16)
            }
        }
    }
}
