import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramCost

@Suite("Prefill and decode apart")
struct SplitServingTests {
    private func model(
        _ name: String, on card: String, count: Int, first: Double? = nil, each: Double? = nil
    ) throws -> ServingModel {
        let hardware = try HardwareCatalogue.builtIn()
        let group = try AcceleratorSet(accelerator: card, count: count).group(in: hardware)
        let shape = try #require(try ModelCatalogue.builtIn().model(name))
        return ServingModel(
            demand: ServingDemand(
                model: shape, requestRate: RequestRate(1), promptTokens: 4_096,
                outputTokens: 1_024, timeToFirstToken: first.map { Seconds($0) },
                timePerOutputToken: each.map { Seconds($0) }),
            group: group)
    }

    @Test("the slower side sets the capacity, and the cache is counted exactly")
    func capacity() throws {
        let model = try model("deepseek-v3", on: "h200-sxm-141gb", count: 32)
        let split = try SplitServing(prefill: model, decode: model).best(limit: 32).get()
        #expect(split.capacity == min(split.prefillCapacity, split.decodeCapacity))
        #expect(split.acceleratorCount <= 32)
        // 61 layers × 576 values × 2 B (DeepSeek-V2, arXiv 2405.04434, table 1).
        #expect(split.cacheBytes == Bytes(4_096 * 61 * 576 * 2))
    }

    @Test("a slower link sends the cache longer, and never serves more")
    func link() throws {
        let model = try model("llama-3.1-70b", on: "h100-sxm-80gb", count: 16, first: 5)
        func best(_ gigabytes: Double) throws -> SplitEstimate {
            try SplitServing(
                prefill: model, decode: model, bandwidth: .gigabytesPerSecond(gigabytes)
            ).best(prefillLimit: 8, decodeLimit: 8).get()
        }
        let (fast, slow) = (try best(400), try best(0.1))
        #expect(slow.transfer > fast.transfer)
        #expect(slow.capacity <= fast.capacity)
        #expect(fast.timeToFirstToken.value < 5.000001 && slow.timeToFirstToken.value < 5.000001)
    }

    @Test("unlike cards: prefill on one, decode on the other, at the limits")
    func unlike() throws {
        let prefill = try model(
            "deepseek-v3", on: "ascend-910c-die", count: 64, first: 6, each: 0.05)
        let decode = try model("deepseek-v3", on: "h200-sxm-141gb", count: 16, first: 6, each: 0.05)
        let split = try SplitServing(prefill: prefill, decode: decode)
            .best(prefillLimit: 64, decodeLimit: 16).get()
        #expect(split.timePerOutputToken.value <= 0.05)
        #expect(split.timeToFirstToken.value <= 6)
        #expect(split.prefill.weightFormat == .int8 || split.prefill.weightFormat == .bf16)
        #expect(split.decode.weightFormat == .fp8)
    }

    @Test("a limit that no layout reaches is a reason, with the best")
    func unreachable() throws {
        let model = try model("deepseek-v3", on: "h200-sxm-141gb", count: 16, each: 1e-6)
        guard
            case .failure(.timePerOutputToken(let best, _)) = SplitServing(
                prefill: model, decode: model
            ).best(limit: 16)
        else {
            Issue.record("a limit of a microsecond was met")
            return
        }
        #expect(best.value > 1e-6)
    }

    @Test("on the front nothing is beaten in both throughput and speed")
    func front() throws {
        let model = try model("qwen3-32b", on: "l40s", count: 8)
        let front = ServingSearch(model).throughputFront(acceleratorLimit: 8)
        #expect(front.count > 3)
        for point in front {
            #expect(
                !front.contains {
                    $0.tokensPerUser > point.tokensPerUser
                        && $0.tokensPerAccelerator > point.tokensPerAccelerator
                })
        }
    }

    @Test("drafts are kept as a chain: 1 + a + a² (by hand)")
    func drafts() {
        #expect(abs(Speculation(draftCount: 2, acceptance: 0.7).keptTokens - 2.19) < 1e-12)
        #expect(Speculation(draftCount: 0, acceptance: 0.7).keptTokens == 1)
        #expect(Speculation(draftCount: 1, keptTokens: 9).keptTokens == 2)
    }

    @Test("cached prompt tokens are not prefilled again, but are attended to")
    func prefix() throws {
        let cold = try model("llama-3.1-8b", on: "h100-sxm-80gb", count: 1)
        var demand = cold.demand
        demand.prefixHitRate = 0.5
        let warm = ServingModel(demand: demand, group: cold.group)
        let layout = ServingLayout()
        let full = cold.prefilling(layout, prompts: 1).time.value
        let half = warm.prefilling(layout, prompts: 1).time.value
        // Half the matrices, three quarters of the pairs.
        #expect(half > 0.45 * full && half < 0.75 * full)
    }
}
