import TangramPlacement
import TangramUnits
import Testing

/// Offers by job, for tests.
private struct FixedCosts: CostTable {
    var offers: [String: [CostedOption]]

    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? { offers[job.id] }
}

/// What plans say that more of something is worth, beside plans of scenarios that have more of it.
@Suite("What one more node, licence and 100 Gb/s are worth")
struct ResourceValueTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    /// Two jobs of two nodes each that cross leaves of one node, 8 NICs of 400 Gb/s in each node.
    private func crossing(uplinks: Double?) throws -> (Scenario, Planner) {
        var pool = try fixture.pool("a", nodes: 4)
        pool.scaleOut.uplinkBandwidth = uplinks.map { Bandwidth($0 * 12.5e9) }
        var jobs = [try fixture.train("x"), try fixture.train("y")]
        jobs[1].weight = 2
        let offers = ["x", "y"].map { id in
            (
                id,
                [
                    CostedOption(
                        summary: "two", poolID: "a", acceleratorCount: 16, blockSize: 16, rate: 10),
                    CostedOption(summary: "one", poolID: "a", acceleratorCount: 8, rate: 6),
                ]
            )
        }
        return (
            Scenario(
                name: "fabric", cluster: Cluster(name: "fabric", pools: [pool]), jobs: jobs),
            Planner(costs: FixedCosts(offers: Dictionary(uniqueKeysWithValues: offers)))
        )
    }

    @Test("jobs over leaves share the uplinks; what more of them is worth is what a new plan gains")
    func fabric() throws {
        // 16 accelerators at 400 Gb/s take 64 × 100 Gb/s, both jobs 128. With less than 64 each has
        // its 6 of 10 on one node.
        var plans: [Plan] = []
        for (uplinks, objective) in [(0.5, 1.8), (64, 2.6), (128, 3), (nil, 3)] as [(Double?, _)] {
            let (scenario, planner) = try crossing(uplinks: uplinks)
            let plan = try planner.plan(scenario)
            #expect(abs(plan.proof.objective - objective) <= 1e-9, "\(uplinks ?? -1)")
            let limit = plan.limits.first { $0.kind == .fabric }
            #expect(limit?.used ?? 0 <= uplinks ?? .infinity)
            plans.append(plan)
        }
        // The light job gains 0.4 by 64 more, the heavy one lost 0.8 by 64 less.
        let value = try #require(plans[1].limits.first { $0.kind == .fabric }?.unitValue)
        #expect(value * 64 >= 0.4 - 1e-6 && value * 64 <= 0.8 + 1e-6)
        #expect(plans[2].limits.first { $0.kind == .fabric }?.used == 128)
    }

    @Test("in a pool of limited uplinks a job that fits into a leaf lies in one, or is not placed")
    func leaves() throws {
        var pool = try fixture.pool("a", nodes: 6)
        pool.scaleOut.nodesPerLeaf = 3
        let names = ["x", "y", "z"]
        let jobs = try names.map { try fixture.train($0) }
        let offers = names.map {
            (
                $0,
                [
                    CostedOption(
                        summary: "two", poolID: "a", acceleratorCount: 16, blockSize: 16, rate: 1)
                ]
            )
        }
        let planner = Planner(costs: FixedCosts(offers: Dictionary(uniqueKeysWithValues: offers)))
        for (uplinks, count) in [(nil, 3), (Bandwidth(12.5e9), 2)] {
            pool.scaleOut.uplinkBandwidth = uplinks
            let scenario = Scenario(
                name: "leaves", cluster: Cluster(name: "leaves", pools: [pool]), jobs: jobs)
            let plan = try planner.plan(scenario)
            #expect(plan.jobs.count { $0.isPlaced } == count)
            #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
            guard uplinks != nil else { continue }
            for job in plan.jobs {
                #expect(Set(job.placements.flatMap(\.nodes).map { $0.node / 3 }).count <= 1)
            }
        }
    }

    /// What one resource more is counted in, so that every option takes a whole number of steps.
    private struct Step {
        var kind: String
        /// How many nodes, accelerators under the licence, or 100 Gb/s.
        var size: Double
    }

    /// Jobs of two accelerators in blocks of one: they cross leaves, and take 8 × 100 Gb/s. With options
    /// of one size and limits that nest, the relaxation has whole optima, so values are exact.
    private func random(_ random: inout SeededGenerator) throws -> (Scenario, Planner) {
        let licence = Licence(
            name: "lease", acceleratorLimit: 2 * Int.random(in: 1...4, using: &random))
        let pools = try (0..<Int.random(in: 1...3, using: &random)).map { index in
            var pool = try fixture.pool(
                "p\(index)", nodes: 2 * Int.random(in: 1...4, using: &random), perNode: 1)
            pool.licence = licence
            pool.scaleOut.uplinkBandwidth = Bandwidth(
                Double(8 * Int.random(in: 1...4, using: &random)) * 12.5e9)
            return pool
        }
        var offers: [String: [CostedOption]] = [:]
        let jobs = try (0..<Int.random(in: 2...8, using: &random)).map { index in
            var job = try fixture.train("job-\(index)")
            job.weight = Double(Int.random(in: 1...5, using: &random))
            offers[job.id] = pools.map { pool in
                CostedOption(
                    summary: pool.id, poolID: pool.id, acceleratorCount: 2, blockSize: 1,
                    rate: Double.random(in: 1...10, using: &random))
            }
            return job
        }
        return (
            Scenario(name: "values", cluster: Cluster(name: "values", pools: pools), jobs: jobs),
            Planner(costs: FixedCosts(offers: offers))
        )
    }

    /// The scenario with `sign` steps more of something.
    private func changed(
        _ scenario: Scenario, _ step: Step, pool: Int, sign: Double
    ) -> Scenario {
        var other = scenario
        for index in other.cluster.pools.indices {
            switch step.kind {
            case "node" where index == pool:
                other.cluster.pools[index].nodeCount += Int(sign * step.size)
            case "licence":
                let limit = other.cluster.pools[index].licence?.acceleratorLimit ?? 0
                other.cluster.pools[index].licence?.acceleratorLimit =
                    limit + Int(sign * step.size)
            case "fabric" where index == pool:
                let now = other.cluster.pools[index].scaleOut.uplinkBandwidth ?? .zero
                other.cluster.pools[index].scaleOut.uplinkBandwidth = Bandwidth(
                    now.value + sign * step.size * 12.5e9)
            default: break
            }
        }
        return other
    }

    @Test(
        "on 200 random scenarios a value lies between what a new plan gains by one more and loses by one less",
        arguments: ["node", "licence", "fabric"])
    func gains(_ kind: String) throws {
        let step = Step(kind: kind, size: kind == "fabric" ? 8 : 2)
        var random = SeededGenerator(seed: 20_261)
        var gainCount = 0
        for round in 0..<200 {
            let (scenario, planner) = try self.random(&random)
            let pool = Int.random(in: 0..<scenario.cluster.pools.count, using: &random)
            let plan = try planner.plan(scenario)
            let limits = plan.limits.filter { $0.kind.rawValue == kind }
            // One licence is over all pools, uplinks and nodes are of one.
            let value =
                kind == "node"
                ? plan.pools[pool].nodeValue : limits[min(pool, limits.count - 1)].unitValue
            let more = try planner.plan(changed(scenario, step, pool: pool, sign: 1))
            let gain = more.proof.objective - plan.proof.objective
            // Prices are as good as the bound that they prove.
            let slack = plan.proof.bound - plan.proof.objective + 1e-6
            #expect(gain >= -slack && gain <= value * step.size + slack, "round \(round)")
            if gain > 1e-9 { gainCount += 1 }
            let fewer = changed(scenario, step, pool: pool, sign: -1)
            let isEmpty =
                fewer.cluster.pools[pool].nodeCount == 0
                || fewer.cluster.pools[pool].licence?.acceleratorLimit == 0
                || fewer.cluster.pools[pool].scaleOut.uplinkBandwidth?.value ?? 0 < 1
            guard !isEmpty else { continue }
            let loss = plan.proof.objective - (try planner.plan(fewer)).proof.objective
            #expect(loss >= value * step.size - slack, "round \(round): \(loss), \(value)")
        }
        #expect(gainCount > 20)
    }
}
