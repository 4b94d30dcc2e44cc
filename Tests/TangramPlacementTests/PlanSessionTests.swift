import TangramPlacement
import Testing

/// Speeds by pool for any job: unlike pools, less than twice as fast on twice as many.
private struct ScaledCosts: CostTable {
    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? {
        guard case .train(let demand) = job.work else { return nil }
        let knee = Double(demand.globalBatchSize)
        return cluster.pools.enumerated().flatMap { index, pool in
            [2, 4, 8, 16].map { count in
                let speed = 1 + 0.4 * Double((index * 7 + demand.globalBatchSize) % 5)
                return CostedOption(
                    summary: "\(count)", poolID: pool.id, acceleratorCount: count,
                    rate: speed * Double(count) / (knee / 16 + Double(count)))
            }
        }
    }
}

@Suite("Plans that are kept up to date")
struct PlanSessionTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    private func nodes(_ plan: Plan) -> [String: [[NodeAssignment]]] {
        Dictionary(plan.jobs.map { ($0.jobID, $0.placements.map(\.nodes)) }) { $1 }
    }

    @Test(
        "after each of 120 random events the plan is in order, within a bound that holds for a new one"
    )
    func events() throws {
        var random = SeededGenerator(seed: 99)
        var incrementalCount = 0
        for round in 0..<12 {
            var scenario = try fixture.random(&random)
            for index in scenario.cluster.pools.indices where round % 3 == 0 {
                scenario.cluster.pools[index].reservedNodeCount =
                    scenario.cluster.pools[index].nodeCount > 1 ? 1 : 0
            }
            // With a deadline, training is worth the same whatever else the cluster has.
            for index in scenario.jobs.indices {
                guard case .train(var demand) = scenario.jobs[index].work else { continue }
                demand.tokens = Tokens(2e9)
                demand.deadline = .day
                scenario.jobs[index].work = .train(demand)
            }
            var session = try PlanSession(scenario)
            var failed: [(pool: String, node: Int)] = []
            for event in 0..<10 {
                let before = nodes(session.plan())
                let update: PlanUpdate
                switch Int.random(in: 0..<4, using: &random) {
                case 0: update = try session.add(try fixture.serve("new-\(event)", rate: 8))
                case 1 where session.scenario.jobs.count > 1:
                    let job = session.scenario.jobs.randomElement(using: &random)
                    update = try session.remove(jobID: job?.id ?? "")
                case 2 where !failed.isEmpty:
                    let back = failed.removeLast()
                    update = try session.restore(node: back.node, ofPool: back.pool)
                default:
                    let pool = scenario.cluster.pools.randomElement(using: &random)
                    let id = pool?.id ?? ""
                    let node = Int.random(in: 0..<(pool?.nodeCount ?? 1), using: &random)
                    if failed.contains(where: { $0.pool == id && $0.node == node }) { continue }
                    let isOut = pool?.health.contains {
                        $0.nodes.contains(node) && ($0.speed <= 0 || $0.memory <= 0)
                    }
                    if isOut == true { continue }
                    update = try session.fail(node: node, ofPool: id)
                    failed.append((id, node))
                }
                incrementalCount += update.isIncremental ? 1 : 0
                let plan = session.plan()
                let faults = PlanChecker(scenario: session.scenario).faults(plan)
                #expect(faults.isEmpty, "round \(round), event \(event): \(faults)")
                let fresh = try Planner().plan(session.scenario)
                // A demand that is divided anew has options that the session does not know.
                if fresh.jobs.allSatisfy({ $0.placements.count <= 1 }) {
                    #expect(fresh.proof.objective <= session.bound * (1 + 1e-9))
                }
                #expect(session.objective <= session.bound * (1 + 1e-9))
                #expect(abs(session.objective - plan.proof.objective) <= 1e-9)
                guard update.isIncremental else { continue }
                // What the update does not name has kept its nodes.
                let after = nodes(plan)
                for (job, old) in before where !update.jobs.contains(where: { $0.jobID == job }) {
                    #expect(after[job] == nil || after[job] == old, "\(job)")
                }
            }
        }
        #expect(incrementalCount > 90)
    }

    @Test("200 jobs: after 12 arrivals and failures the objective is within 0.5 % of a new plan's")
    func close() throws {
        let cards = ["h100-sxm-80gb", "l40s", "ascend-910b3"]
        let pools = try (0..<3).map { try fixture.pool("p\($0)", cards[$0], nodes: 40) }
        func job(_ index: Int) throws -> Job {
            var job = try fixture.train("job-\(index)")
            job.weight = Double(1 + index % 4)
            if case .train(var demand) = job.work {
                demand.globalBatchSize = 32 + index * 37 % 400
                job.work = .train(demand)
            }
            return job
        }
        let planner = Planner(costs: ScaledCosts())
        var session = try PlanSession(
            Scenario(
                name: "many", cluster: Cluster(name: "many", pools: pools),
                jobs: try (0..<200).map(job)), planner: planner)
        for event in 0..<6 {
            let arrival = try session.add(try job(1_000 + event))
            let failure = try session.fail(node: event * 7, ofPool: "p\(event % 3)")
            #expect(arrival.isIncremental && failure.isIncremental)
        }
        let plan = session.plan()
        #expect(PlanChecker(scenario: session.scenario).faults(plan).isEmpty)
        let fresh = try planner.plan(session.scenario).proof
        #expect(session.objective >= fresh.objective * 0.995)
        #expect(fresh.objective <= session.bound)
    }

    @Test("a node in reserve takes the place of one that fails, and nothing is lost")
    func reserve() throws {
        var pool = try fixture.pool("a", nodes: 4)
        pool.reservedNodeCount = 1
        var session = try PlanSession(
            Scenario(
                name: "spare", cluster: Cluster(name: "spare", pools: [pool]),
                jobs: [try fixture.train("tune")]))
        let before = session.objective
        let update = try session.fail(node: 1, ofPool: "a")
        #expect(update.isIncremental && update.objective == before)
        #expect(update.jobs.flatMap(\.placements).flatMap(\.nodes).map(\.node) == [0, 2, 3])
        // The next failure finds no other.
        let next = try session.fail(node: 0, ofPool: "a")
        #expect(next.objective < before)
        let back = try session.restore(node: 1, ofPool: "a")
        #expect(back.objective == before)
    }

    @Test("objectives of several stages are planned anew, jobs keeping the places that are as good")
    func stages() throws {
        let pools = [try fixture.pool("a"), try fixture.pool("b")]
        var session = try PlanSession(
            Scenario(
                name: "fair", cluster: Cluster(name: "fair", pools: pools),
                jobs: [try fixture.serve("x"), try fixture.serve("y")],
                objective: Objective(goal: .fairness)))
        let before = nodes(session.plan())
        let update = try session.add(try fixture.serve("z"))
        #expect(!update.isIncremental)
        #expect(update.jobs.map(\.jobID) == ["z"])
        #expect(nodes(session.plan())["x"] == before["x"])
        #expect(session.scenario.jobs.map(\.id) == ["x", "y", "z"])
    }

    @Test("events that cannot be are refused and change nothing")
    func refused() throws {
        var session = try PlanSession(
            Scenario(
                name: "one", cluster: Cluster(name: "one", pools: [try fixture.pool("a")]),
                jobs: [try fixture.serve("x")]))
        let before = nodes(session.plan())
        #expect(throws: PlanningError.duplicateName("x")) {
            try session.add(try fixture.serve("x"))
        }
        #expect(throws: PlanningError.self) { try session.remove(jobID: "y") }
        #expect(throws: PlanningError.self) { try session.fail(node: 9, ofPool: "a") }
        #expect(throws: PlanningError.self) { try session.fail(node: 0, ofPool: "b") }
        #expect(throws: PlanningError.self) { try session.restore(node: 0, ofPool: "a") }
        var bad = try fixture.serve("z")
        bad.weight = .nan
        #expect(throws: PlanningError.self) { try session.add(bad) }
        #expect(nodes(session.plan()) == before)
    }
}
