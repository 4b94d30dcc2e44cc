import TangramPlacement
import Testing

/// Offers by job, for tests.
private struct FixedCosts: CostTable {
    var offers: [String: [CostedOption]]

    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? { offers[job.id] }
}

@Suite("Failure domains, co-location and places that jobs have")
struct FailureDomainTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    private func scenario(_ pools: [Pool], _ jobs: [Job]) -> Scenario {
        Scenario(name: "domains", cluster: Cluster(name: "domains", pools: pools), jobs: jobs)
    }

    // MARK: Properties

    /// A random scenario with rules on failure domains, pools that survive the loss of a node, and
    /// jobs that run already.
    private func random(_ random: inout SeededGenerator) throws -> Scenario {
        func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &random) == 0 }
        var scenario = try fixture.random(&random)
        for index in scenario.cluster.pools.indices {
            if chance(2) { scenario.cluster.pools[index].survivesNodeFailure = true }
            if chance(2) { scenario.cluster.pools[index].scaleOut.nodesPerLeaf = 2 }
        }
        let ids = scenario.jobs.map(\.id)
        let kinds = FailureDomain.allCases
        var pairs: Set<[String]> = []
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let pair = Array(ids.shuffled(using: &random).prefix(2)).sorted()
            guard pairs.insert(pair).inserted else { continue }
            scenario.affinities.append(
                AffinityRule(
                    effect: chance(2) ? .apart : .together, jobs: JobSelector(jobs: pair),
                    domain: kinds.randomElement(using: &random) ?? .node))
        }
        let ruled = pairs.flatMap { $0 }
        for index in scenario.jobs.indices {
            guard case .serve = scenario.jobs[index].work, chance(2) else { continue }
            let domain = kinds.randomElement(using: &random) ?? .node
            if domain >= .pool && ruled.contains(scenario.jobs[index].id) { continue }
            scenario.jobs[index].spread = Spread(domain: domain, most: chance(2) ? 0.5 : 0.34)
        }
        // The first half of an earlier plan runs already.
        if chance(2), let plan = try? Planner().plan(scenario) {
            for (index, job) in plan.jobs.enumerated() where job.placements.count == 1 && chance(2)
            {
                scenario.jobs[index].placed = job.placements.map {
                    CurrentPlacement(poolID: $0.poolID, nodes: $0.nodes)
                }
            }
            scenario.migration = Migration(downtime: .hour, period: .day * 10)
        }
        return scenario
    }

    @Test("200 random scenarios keep to every rule, and every node may fail that may fail")
    func rules() throws {
        var random = SeededGenerator(seed: 77)
        var (placedCount, ruleCount, stayCount) = (0, 0, 0)
        for round in 0..<200 {
            let scenario = try self.random(&random)
            let plan: Plan
            do throws(PlanningError) {
                plan = try Planner().plan(scenario)
            } catch {
                // Rules drawn at random may contradict each other; then both are named.
                guard case .contradictoryRules = error else { throw error }
                continue
            }
            let faults =
                PlanChecker(scenario: scenario).faults(plan)
                + RuleChecker(scenario: scenario).faults(plan)
            #expect(faults.isEmpty, "round \(round): \(faults)")
            for pool in scenario.cluster.pools where pool.survivesNodeFailure {
                #expect(plan.failures(ofNodesIn: pool.id, of: scenario).isEmpty, "round \(round)")
            }
            placedCount += plan.jobs.count { $0.isPlaced }
            ruleCount += scenario.affinities.count + scenario.jobs.count { $0.spread != nil }
            stayCount += plan.jobs.count { $0.isMoved == false }
            for (job, own) in zip(scenario.jobs, plan.jobs) where own.isMoved == false {
                #expect(
                    own.placements.map { CurrentPlacement(poolID: $0.poolID, nodes: $0.nodes) }
                        == job.placed)
            }
        }
        #expect(placedCount > 150 && ruleCount > 150 && stayCount > 20)
    }

    @Test(
        "with such rules too, the order of jobs and of pools changes no objective beyond its bound")
    func permuted() throws {
        var random = SeededGenerator(seed: 303)
        for round in 0..<60 {
            let scenario = try self.random(&random)
            var other = scenario
            other.jobs.shuffle(using: &random)
            other.cluster.pools.shuffle(using: &random)
            guard let left = try? Planner().plan(scenario).proof,
                let right = try? Planner().plan(other).proof
            else { continue }
            #expect(left.objective <= right.bound * (1 + 1e-9), "round \(round)")
            #expect(right.objective <= left.bound * (1 + 1e-9), "round \(round)")
            if left.gap < 1e-9 && right.gap < 1e-9 {
                #expect(abs(left.objective - right.objective) <= 1e-9 * max(1, left.objective))
            }
        }
    }

    @Test("with rules on pools and sites plans equal brute force on 200 random scenarios")
    func bruteForce() throws {
        var random = SeededGenerator(seed: 4_711)
        for round in 0..<200 {
            var pools = try (0..<3).map {
                try fixture.pool(
                    "p\($0)", nodes: Int.random(in: 2...5, using: &random), perNode: 1)
            }
            pools[0].siteID = "s"
            pools[1].siteID = "s"
            pools[2].siteID = "t"
            var offers: [String: [CostedOption]] = [:]
            let jobs = try (0..<4).map { index in
                var job = try fixture.train("job-\(index)")
                job.weight = Double(Int.random(in: 1...5, using: &random))
                offers[job.id] = (0..<3).map { option in
                    CostedOption(
                        summary: "o\(option)", poolID: "p\(Int.random(in: 0...2, using: &random))",
                        acceleratorCount: Int.random(in: 1...3, using: &random), blockSize: 1,
                        rate: Double.random(in: 1...10, using: &random))
                }
                return job
            }
            var scenario = scenario(pools, jobs)
            scenario.affinities = [
                AffinityRule(
                    effect: .apart, jobs: JobSelector(jobs: ["job-0", "job-1"]),
                    domain: Bool.random(using: &random) ? .pool : .site),
                AffinityRule(
                    effect: .together, jobs: JobSelector(jobs: ["job-2", "job-3"]),
                    domain: Bool.random(using: &random) ? .pool : .site),
            ]
            let plan = try Planner(costs: FixedCosts(offers: offers)).plan(scenario)
            let best = best(scenario, offers)
            #expect(abs(plan.proof.objective - best) <= 1e-9, "round \(round)")
            #expect(best <= plan.proof.bound + 1e-9)
            #expect(RuleChecker(scenario: scenario).faults(plan).isEmpty)
        }
    }

    private func best(_ scenario: Scenario, _ offers: [String: [CostedOption]]) -> Double {
        let pools = scenario.cluster.pools
        func domain(_ kind: FailureDomain, _ option: CostedOption) -> String {
            let pool = pools.first { $0.id == option.parts[0].poolID }
            return kind == .site ? pool?.siteID ?? "" : pool?.id ?? ""
        }
        func keeps(_ chosen: [CostedOption?]) -> Bool {
            scenario.affinities.allSatisfy { rule in
                let (a, b) = rule.effect == .apart ? (chosen[0], chosen[1]) : (chosen[2], chosen[3])
                switch (a, b) {
                case (let a?, let b?):
                    let isShared = domain(rule.domain, a) == domain(rule.domain, b)
                    return rule.effect == .apart ? !isShared : isShared
                case (nil, nil): return true
                default: return rule.effect == .apart
                }
            }
        }
        let size = Dictionary(pools.map { ($0.id, $0.acceleratorCount) }) { $1 }
        var most = 0.0
        func descend(_ chosen: [CostedOption?], _ free: [String: Int], _ value: Double) {
            guard chosen.count < scenario.jobs.count else {
                if keeps(chosen) { most = max(most, value) }
                return
            }
            descend(chosen + [nil], free, value)
            let job = scenario.jobs[chosen.count]
            let own = (offers[job.id] ?? []).filter {
                $0.parts[0].acceleratorCount <= size[$0.parts[0].poolID] ?? 0
            }
            let fastest = own.map(\.rate).max() ?? 1
            for option in own {
                let part = option.parts[0]
                guard part.acceleratorCount <= free[part.poolID] ?? 0 else { continue }
                var left = free
                left[part.poolID, default: 0] -= part.acceleratorCount
                descend(chosen + [option], left, value + job.weight * option.rate / fastest)
            }
        }
        descend([], size, 0)
        return most
    }

    // MARK: Single cases

    @Test("a service of two replicas on a pool that survives a failure is on two nodes")
    func survives() throws {
        var pool = try fixture.pool("a", nodes: 2)
        let job = try fixture.serve("chat", rate: 1)
        let before = try Planner().plan(scenario([pool], [job]))
        #expect(Set(before.jobs[0].placements.flatMap(\.nodes).map(\.node)).count == 1)
        pool.survivesNodeFailure = true
        let scenario = scenario([pool], [job])
        let plan = try Planner().plan(scenario)
        #expect(plan.jobs[0].satisfaction == 1)
        #expect(Set(plan.jobs[0].placements.flatMap(\.nodes).map(\.node)) == [0, 1])
        #expect(plan.failures(ofNodesIn: "a", of: scenario).isEmpty)
        #expect(before.failures(ofNodesIn: "a", of: scenario).map(\.node) == [0])
        #expect(plan.notes.contains { $0.contains("any one node may fail") })
    }

    @Test("one node cannot survive its own failure, and the plan says so")
    func alone() throws {
        var pool = try fixture.pool("a", nodes: 1)
        pool.survivesNodeFailure = true
        let plan = try Planner().plan(scenario([pool], [try fixture.serve("chat")]))
        #expect(!plan.jobs[0].isPlaced)
        #expect(plan.jobs[0].reason?.contains("if one node failed") == true)
    }

    @Test("training keeps one node of such a pool free; without training none is kept")
    func spare() throws {
        var pool = try fixture.pool("a", nodes: 4)
        pool.survivesNodeFailure = true
        let trained = try Planner().plan(scenario([pool], [try fixture.train("tune")]))
        #expect(trained.pools[0].usableAccelerators == 24)
        let served = try Planner().plan(scenario([pool], [try fixture.serve("chat")]))
        #expect(served.pools[0].usableAccelerators == 32)
    }

    @Test(
        "a job stays where a better pool wins less than the move costs, and moves where it wins more"
    )
    func migration() throws {
        let pools = [try fixture.pool("old", nodes: 1), try fixture.pool("new", nodes: 1)]
        var job = try fixture.train("tune")
        job.placed = [
            CurrentPlacement(poolID: "old", nodes: [NodeAssignment(node: 0, accelerators: 0...7)])
        ]
        let costs = FixedCosts(offers: [
            "tune": [
                .init(summary: "old", poolID: "old", acceleratorCount: 8, rate: 100),
                .init(summary: "new", poolID: "new", acceleratorCount: 8, rate: 105),
            ]
        ])
        // The new pool wins 5 %: a move that costs 10 % of the time does not pay, one of 1 % does.
        for (hours, isMoved) in [(24.0, true), (240.0, false)] {
            var scenario = scenario(pools, [job])
            scenario.migration = Migration(downtime: .hour * hours, period: .day * 100)
            let plan = try Planner(costs: costs).plan(scenario)
            #expect(plan.jobs[0].isMoved == isMoved)
            #expect(plan.jobs[0].placements.map(\.poolID) == [isMoved ? "new" : "old"])
        }
    }

    @Test("without a cost of moving, a job whose place is as good as any keeps it")
    func stays() throws {
        let pool = try fixture.pool("a", nodes: 4)
        var scenario = scenario([pool], [try fixture.train("tune"), try fixture.serve("chat")])
        scenario.jobs[0].maximumAccelerators = 8
        scenario.jobs[0].placed = [
            CurrentPlacement(poolID: "a", nodes: [NodeAssignment(node: 3, accelerators: 0...7)])
        ]
        let plan = try Planner().plan(scenario)
        #expect(plan.jobs[0].placements[0].nodes == scenario.jobs[0].placed[0].nodes)
        #expect(plan.jobs[0].isMoved == false && plan.jobs[1].isMoved == nil)
    }

    @Test("blocks keep to a leaf and to a NUMA node where there is one with room")
    func leaves() throws {
        var pool = try fixture.pool("a", nodes: 8, perNode: 6)
        pool.scaleUp.size = 6
        pool.scaleOut.nodesPerLeaf = 4
        pool.host.numaNodeCount = 2
        let jobs = try ["x", "y", "z"].map { id in
            var job = try fixture.train(id)
            job.weight = id == "x" ? 2 : 1
            return job
        }
        let costs = FixedCosts(offers: [
            "x": [.init(summary: "3 nodes", poolID: "a", acceleratorCount: 18, rate: 1)],
            "y": [.init(summary: "2 nodes", poolID: "a", acceleratorCount: 12, rate: 1)],
            "z": [
                .init(summary: "2 each", poolID: "a", acceleratorCount: 4, blockSize: 2, rate: 1)
            ],
        ])
        let scenario = scenario([pool], jobs)
        let plan = try Planner(costs: costs).plan(scenario)
        #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
        for job in plan.jobs.prefix(2) {
            let leaves = Set(job.placements.flatMap(\.nodes).map { $0.node / 4 })
            #expect(leaves.count == 1)
        }
        // Two blocks of 2 in a node of two NUMA nodes of 3: 0-1 and 3-4, none across 2-3.
        #expect(plan.jobs[2].placements[0].nodes.map(\.accelerators) == [0...1, 3...4])
    }

    @Test("rules that contradict each other are named, both")
    func contradictions() throws {
        let pool = try fixture.pool("a")
        var scenario = scenario([pool], [try fixture.serve("x"), try fixture.serve("y")])
        let both = JobSelector(jobs: ["x", "y"])
        scenario.affinities = [
            AffinityRule(effect: .together, jobs: both, domain: .node),
            AffinityRule(effect: .apart, jobs: both, domain: .pool),
        ]
        func message() -> String {
            do throws(PlanningError) {
                _ = try Planner().plan(scenario)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(
            message().contains("together within node") && message().contains("apart within pool"))
        // Together in a pool and apart in its nodes is no contradiction.
        scenario.affinities = [
            AffinityRule(effect: .together, jobs: both, domain: .pool),
            AffinityRule(effect: .apart, jobs: both, domain: .node),
        ]
        let plan = try Planner().plan(scenario)
        #expect(plan.jobs.allSatisfy { $0.isPlaced })
        #expect(RuleChecker(scenario: scenario).faults(plan).isEmpty)
        scenario.affinities = []
        scenario.policy = [
            PolicyRule(effect: .require, pools: PoolSelector(vendors: ["NVIDIA"])),
            PolicyRule(effect: .forbid, pools: PoolSelector(vendors: ["NVIDIA"])),
        ]
        #expect(message().contains("require vendor NVIDIA"))
        #expect(message().contains("forbid vendor NVIDIA"))
    }

    @Test("places that cannot be are refused")
    func places() throws {
        let pool = try fixture.pool("a")
        func fails(_ places: [CurrentPlacement]...) throws {
            var scenario = scenario([pool], [try fixture.serve("x"), try fixture.serve("y")])
            for (index, place) in places.enumerated() { scenario.jobs[index].placed = place }
            #expect(throws: PlanningError.self) { try Planner().plan(scenario) }
        }
        func at(_ node: Int, _ range: ClosedRange<Int> = 0...3, pool: String = "a")
            -> [CurrentPlacement]
        {
            [
                CurrentPlacement(
                    poolID: pool, nodes: [NodeAssignment(node: node, accelerators: range)])
            ]
        }
        try fails(at(4))
        try fails(at(-1))
        try fails(at(0, 0...8))
        try fails(at(0, pool: "b"))
        try fails(at(0), at(0, 3...4))
        try fails([CurrentPlacement(poolID: "a", nodes: [])])
    }
}
