import TangramPlacement
import Testing

/// Offers by job, for tests.
private struct FixedCosts: CostTable {
    var offers: [String: [CostedOption]]

    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? { offers[job.id] }
}

private struct BrokenCosts: CostTable {
    struct Offline: Error {}

    func options(for job: Job, in cluster: Cluster) throws -> [CostedOption]? { throw Offline() }
}

@Suite("Costs from an embedder's table")
struct CostTableTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    private func scenario(_ jobs: [Job], _ pools: [Pool]) -> Scenario {
        Scenario(name: "table", cluster: Cluster(name: "table", pools: pools), jobs: jobs)
    }

    @Test("the table's rate is the plan's rate, and jobs that it leaves out are estimated")
    func replaces() throws {
        var pool = try fixture.pool("a", nodes: 4)
        pool.availability = 0.5
        let scenario = scenario([try fixture.train("tune"), try fixture.serve("chat")], [pool])
        let costs = FixedCosts(offers: [
            "tune": [
                .init(summary: "small", poolID: "a", acceleratorCount: 8, rate: 1_000),
                .init(summary: "large", poolID: "a", acceleratorCount: 16, rate: 1_500),
            ]
        ])
        let plan = try Planner(costs: costs).plan(scenario)
        guard case .table(let entry)? = plan.job("tune")?.placements.first?.work else {
            Issue.record("\(plan.jobs)")
            return
        }
        #expect(entry.option.summary == "large" && entry.rate == 750)
        #expect(plan.job("tune")?.placements.first?.cost?.value == 32)
        guard case .serve? = plan.job("chat")?.placements.first?.work else {
            Issue.record("chat was not estimated")
            return
        }
        #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
    }

    @Test(
        "costs that are no numbers, pools that are not there and counts that overflow are refused")
    func refused() throws {
        let pool = try fixture.pool("a")
        let scenario = scenario([try fixture.train("tune")], [pool])
        func option(
            _ rate: Double = 1, cost: Double = 1, pool: String = "a", count: Int = 8, block: Int = 8
        ) -> CostedOption {
            CostedOption(
                summary: "x", poolID: pool, acceleratorCount: count, blockSize: block, rate: rate,
                cost: MoneyRate(cost))
        }
        let bad = [
            option(.nan), option(.infinity), option(-1), option(0), option(1e300),
            option(cost: .nan), option(cost: .infinity), option(cost: -1), option(pool: "b"),
            option(count: 0), option(count: -8), option(count: .max, block: 1), option(count: 9),
            option(block: 0), CostedOption(summary: "none", parts: [], rate: 1),
            CostedOption(
                summary: "twice",
                parts: [
                    .init(poolID: "a", acceleratorCount: 8),
                    .init(poolID: "a", acceleratorCount: 8),
                ], rate: 1),
        ]
        for offer in bad {
            let costs = FixedCosts(offers: ["tune": [option(), offer]])
            do throws(PlanningError) {
                _ = try Planner(costs: costs).plan(scenario)
                Issue.record("accepted \(offer)")
            } catch {
                guard case .costTable("tune", 1, let what) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!what.isEmpty)
            }
        }
        #expect(throws: PlanningError.costTable(job: "tune", option: nil, "Offline()")) {
            try Planner(costs: BrokenCosts()).plan(scenario)
        }
    }

    @Test("an offer that cannot be packed, is forbidden or too large is told, not placed")
    func rejected() throws {
        var job = try fixture.train("tune")
        job.constraints = [PolicyRule(effect: .forbid, pools: PoolSelector(pools: ["b"]))]
        let scenario = scenario([job], [try fixture.pool("a"), try fixture.pool("b")])
        let costs = FixedCosts(offers: [
            "tune": [
                .init(summary: "odd", poolID: "a", acceleratorCount: 12, rate: 1),
                .init(
                    summary: "large", poolID: "a", acceleratorCount: 4_000, blockSize: 8, rate: 1),
                .init(
                    summary: "both",
                    parts: [
                        .init(poolID: "a", acceleratorCount: 8),
                        .init(poolID: "b", acceleratorCount: 8),
                    ], rate: 1),
            ]
        ])
        let plan = try Planner(costs: costs).plan(scenario)
        #expect(plan.job("tune")?.isPlaced == false)
        #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
    }

    @Test("one job on unlike pools is named on both, with its speed told once")
    func spans() throws {
        var slow = try fixture.pool("slow", "l40s", nodes: 2)
        slow.price = MoneyRate(1)
        slow.availability = 0.5
        let scenario = scenario(
            [try fixture.train("tune")], [try fixture.pool("fast", nodes: 1), slow])
        let costs = FixedCosts(offers: [
            "tune": [
                .init(summary: "alone", poolID: "fast", acceleratorCount: 8, rate: 10),
                .init(
                    summary: "pipeline",
                    parts: [
                        .init(poolID: "fast", acceleratorCount: 8, role: "stages 0-5"),
                        .init(poolID: "slow", acceleratorCount: 16, role: "stages 6-7"),
                    ], rate: 30),
            ]
        ])
        let plan = try Planner(costs: costs).plan(scenario)
        let placements = try #require(plan.job("tune")?.placements)
        #expect(placements.map(\.poolID) == ["fast", "slow"])
        #expect(placements.map(\.acceleratorCount) == [8, 16])
        #expect(placements.map { $0.cost?.value } == [16, 16])
        #expect(placements.map { $0.span?.role } == ["stages 0-5", "stages 6-7"])
        #expect(placements[1].nodes.map(\.node) == [0, 1])
        guard case .table(let entry) = placements[0].work else { return }
        // It runs only while both pools are up.
        #expect(entry.rate == 15)
        #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
    }

    @Test("with options over unlike pools plans equal brute force on 200 random scenarios")
    func bruteForce() throws {
        var random = SeededGenerator(seed: 611)
        let cards = ["h100-sxm-80gb", "l40s", "ascend-910b3"]
        var spanCount = 0
        for round in 0..<200 {
            let pools = try (0..<3).map {
                try fixture.pool(
                    "p\($0)", cards[$0], nodes: Int.random(in: 1...4, using: &random), perNode: 1)
            }
            var offers: [String: [CostedOption]] = [:]
            let jobs = try (0..<Int.random(in: 1...4, using: &random)).map { index in
                var job = try fixture.train("job-\(index)")
                job.weight = Double(Int.random(in: 1...5, using: &random))
                offers[job.id] = (0..<Int.random(in: 1...4, using: &random)).map { option in
                    let chosen = [0, 1, 2].shuffled(using: &random)
                        .prefix(Int.random(in: 1...3, using: &random))
                    return CostedOption(
                        summary: "o\(option)",
                        parts: chosen.map {
                            .init(
                                poolID: "p\($0)",
                                acceleratorCount: Int.random(in: 1...3, using: &random),
                                blockSize: 1)
                        }, rate: Double.random(in: 1...10, using: &random))
                }
                return job
            }
            let scenario = scenario(jobs, pools)
            let plan = try Planner(costs: FixedCosts(offers: offers)).plan(scenario)
            #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty, "round \(round)")
            let best = best(jobs, pools, offers)
            #expect(abs(plan.proof.objective - best) <= 1e-9, "round \(round)")
            #expect(best <= plan.proof.bound + 1e-9)
            spanCount += plan.jobs.flatMap(\.placements).count { $0.span != nil }
        }
        #expect(spanCount > 100)
    }

    /// The most weight × share of the best rate that any choice of offers reaches.
    private func best(
        _ jobs: [Job], _ pools: [Pool], _ offers: [String: [CostedOption]]
    ) -> Double {
        let size = Dictionary(pools.map { ($0.id, $0.acceleratorCount) }) { $1 }
        func fits(_ option: CostedOption, _ free: [String: Int]) -> Bool {
            option.parts.allSatisfy { $0.acceleratorCount <= free[$0.poolID] ?? 0 }
        }
        func descend(_ index: Int, _ free: [String: Int]) -> Double {
            guard index < jobs.count else { return 0 }
            var best = descend(index + 1, free)
            let own = (offers[jobs[index].id] ?? []).filter { fits($0, size) }
            let most = own.map(\.rate).max() ?? 1
            for option in own where fits(option, free) {
                var left = free
                for part in option.parts { left[part.poolID, default: 0] -= part.acceleratorCount }
                best = max(
                    best, jobs[index].weight * option.rate / most + descend(index + 1, left))
            }
            return best
        }
        return descend(0, size)
    }
}
