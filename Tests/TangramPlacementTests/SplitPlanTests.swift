import TangramCost
import TangramHardware
import TangramPlacement
import TangramSpec
import TangramUnits
import Testing

/// Plans whose services prefill and decode apart.
@Suite("Prefill and decode over pools")
struct SplitPlanTests {
    private func plan(_ demand: String, across: Bool) throws -> (Plan, Scenario) {
        let text = """
            tangram: 1
            cluster:
              sites: [{id: hall, region: eu}]
              pools:
                - id: ascend
                  site: hall
                  accelerator: ascend-910c-die
                  nodes: 12
                  per-node: 16
                  scale-up: {link: ub-cm384, domain: 192}
                  scale-out: {link: vpc-400g-cm384, nics: 8, rails: 8}
                  price: 0.75 USD/h
                - id: hopper
                  site: hall
                  accelerator: h200-sxm-141gb
                  nodes: 4
                  per-node: 8
                  scale-out: {link: roce-400-tuned, nics: 8, rails: 8}
                  price: 2.90 USD/h
            jobs:
              - id: chat
                serve:
                  model: deepseek-v3
                  demand: \(demand)
                  prompt: 4096
                  output: 1024
                  slo: {ttft: 2 s, tpot: 30 ms}
                  across-pools: \(across)
            """
        let scenario = try ScenarioFile.parse(text, path: "s.yaml").scenario
        return (try Planner().plan(scenario), scenario)
    }

    @Test("prefill on one vendor's cards and decode on another's serve what neither pool can")
    func unlike() throws {
        let (apart, _) = try plan("20 req/s", across: true)
        let (together, _) = try plan("20 req/s", across: false)
        let job = try #require(apart.job("chat"))
        #expect(job.satisfaction > 0.999)
        #expect((together.job("chat")?.satisfaction ?? 1) < 0.9)
        #expect(Set(job.placements.map(\.poolID)) == ["ascend", "hopper"])
        for placement in job.placements {
            guard case .table(let entry) = placement.work else { continue }
            #expect(entry.rate >= entry.load?.value ?? .infinity)
            #expect((entry.option.timeToFirstToken ?? Seconds(9)) <= Seconds(2.000001))
            #expect((entry.option.timePerOutputToken ?? Seconds(9)) <= Seconds(0.030001))
            #expect(entry.option.uncertainty != nil && !entry.option.details.isEmpty)
        }
    }

    @Test("replicas of either side are as many as the load needs: one fewer would not carry it")
    func ratio() throws {
        let hardware = try HardwareCatalogue.builtIn()
        func side(_ card: String, _ count: Int, _ perNode: Int) throws -> ServingModel {
            var demand = ServingDemand(
                model: try #require(try ModelCatalogue.builtIn().model("deepseek-v3")),
                requestRate: RequestRate(1), promptTokens: 4_096, outputTokens: 1_024)
            demand.timeToFirstToken = Seconds(2)
            demand.timePerOutputToken = Seconds(0.03)
            return ServingModel(
                demand: demand,
                group: try AcceleratorSet(accelerator: card, count: count, perNode: perNode)
                    .group(in: hardware))
        }
        let split = SplitServing(
            prefill: try side("ascend-910c-die", 192, 16),
            decode: try side("h200-sxm-141gb", 32, 8))
        for load in [2.0, 5, 11, 17] {
            let choices = try split.choices(load: load, prefillLimit: 192, decodeLimit: 32).get()
            let first = try #require(choices.first)
            #expect(first.capacity.value >= load * (1 - 1e-6))
            let x = Double(first.prefillCount)
            let y = Double(first.decodeCount)
            #expect(first.prefillCapacity.value * (x - 1) / x < load)
            #expect(first.decodeCapacity.value * (y - 1) / y < load)
            #expect(first.prefillCount * first.prefill.acceleratorCount <= 192)
            #expect(first.decodeCount * first.decode.acceleratorCount <= 32)
        }
    }

    @Test("the most accelerators of a job are for all its shares, apart or not")
    func most() throws {
        var (_, scenario) = try plan("20 req/s", across: true)
        scenario.jobs[0].spread = Spread(domain: .pool, most: 0.5)
        for most in [48, 96, 160] {
            scenario.jobs[0].maximumAccelerators = most
            let job = try #require(try Planner().plan(scenario).job("chat"))
            #expect(job.acceleratorCount <= most, "\(most)")
        }
    }

    @Test("slow nodes slow both halves once")
    func slow() throws {
        var (_, scenario) = try plan("5 req/s", across: true)
        for index in scenario.cluster.pools.indices {
            let nodes = 0...(scenario.cluster.pools[index].nodeCount - 1)
            scenario.cluster.pools[index].health = [
                NodeHealth(nodes: nodes, speed: 0.8, memory: 1)
            ]
        }
        guard case .serve(let demand) = scenario.jobs[0].work else { return }
        let models = scenario.cluster.pools.map {
            ServingModel(demand: demand, group: DeviceGroup(pool: $0, health: $0.health[0]))
        }
        let choices = try SplitServing(prefill: models[0], decode: models[1])
            .choices(load: 5, prefillLimit: 192, decodeLimit: 32).get()
        let job = try #require(try Planner().plan(scenario).job("chat"))
        let rates = job.placements.compactMap { placement -> Double? in
            guard case .table(let entry) = placement.work else { return nil }
            return entry.rate
        }
        #expect(!rates.isEmpty)
        for rate in rates {
            #expect(choices.contains { abs($0.capacity.value / rate - 1) < 1e-9 }, "\(rate)")
        }
    }

    @Test("a policy that keeps a job off a pool keeps both halves off it")
    func policy() throws {
        var (_, scenario) = try plan("8 req/s", across: true)
        scenario.jobs[0].constraints = [
            PolicyRule(effect: .forbid, pools: PoolSelector(pools: ["ascend"]))
        ]
        let plan = try Planner().plan(scenario)
        #expect(
            plan.job("chat")?.placements.allSatisfy { $0.poolID == "hopper" } ?? false)
    }
}
