import TangramCost
import TangramDocument
import TangramPlacement
import TangramSpec
import TangramUnits
import Testing

/// What a service may ask for in a scenario reaches the estimator.
@Suite("Serving in scenarios")
struct ServingSpecTests {
    private func demand(_ keys: String, prompt: String = "4k") throws -> ServingDemand {
        let text = """
            tangram: 1
            cluster: {pools: [{id: p, accelerator: h100, nodes: 4, per-node: 8, scale-out: ib-ndr400}]}
            jobs: [{id: a, serve: {model: deepseek-v3, demand: 2 req/s, prompt: \(prompt), output: 512\(keys)}}]
            """
        let job = try #require(try ScenarioFile.parse(text, path: "s.yaml").scenario.jobs.first)
        guard case .serve(let demand) = job.work else {
            Issue.record("no service was read")
            return try #require(nil)
        }
        return demand
    }

    @Test("without further keys the usual engine serves, on the card, together, at means")
    func defaults() throws {
        let demand = try demand("")
        #expect(demand.engine == .current && demand.percentile == nil && demand.images == nil)
        #expect(demand.hostCache == nil && !demand.spansPools && demand.speculation == nil)
        #expect(demand.promptLengths == .constant && demand.prefixHitRate == 0)
    }

    @Test("every key is read")
    func all() throws {
        let demand = try demand(
            ", engine: sglang-2026, prefix-hits: 0.3, drafts: {count: 2, acceptance: 0.7}, "
                + "experts: {redundant: 32, imbalance: 1.2}, host-cache: 64 GiB, across-pools: true, "
                + "slo: {ttft: 2 s, tpot: 40 ms, percentile: 99}, kv: int8")
        #expect(demand.engine == .named("sglang-2026"))
        #expect(demand.prefixHitRate == 0.3 && demand.redundantExperts == 32)
        #expect(demand.expertImbalance == 1.2 && demand.hostCache == .gibibytes(64))
        // 1 + a + a².
        #expect(abs((demand.speculation?.keptTokens ?? 0) - 2.19) < 1e-12)
        #expect(demand.spansPools && demand.percentile == 99 && demand.keyValueFormat == .int8)
    }

    @Test(
        "lengths: uniform, log-normal, as counted and as a histogram, with the mean of what was counted"
    )
    func lengths() throws {
        #expect(
            try demand("", prompt: "{mean: 4k, spread: 0.5}").promptLengths
                == .uniform(spread: 0.5))
        let normal = try demand("", prompt: "{mean: 1000, variation: 1.2}")
        #expect(normal.promptTokens == 1_000)
        #expect(normal.promptLengths == .logNormal(variation: 1.2))
        #expect(try demand("", prompt: "{lengths: [100, 100, 100, 500]}").promptTokens == 200)
        let histogram = try demand("", prompt: "{counts: {100: 3, 500: 1}}")
        #expect(histogram.promptTokens == 200)
        #expect(
            histogram.promptLengths
                == (try demand("", prompt: "{lengths: [100, 100, 100, 500]}"))
                .promptLengths)
    }
}
