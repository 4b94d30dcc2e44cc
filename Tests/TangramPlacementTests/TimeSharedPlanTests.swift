import TangramPlacement
import Testing

/// Offers by job, for tests.
private struct FixedCosts: CostTable {
    var offers: [String: [CostedOption]]

    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? { offers[job.id] }
}

@Suite("Scenarios with shares of time")
struct TimeSharedPlanTests {
    private let fixture: ScenarioFixture

    init() throws { fixture = try ScenarioFixture() }

    private func scenario(_ pools: [Pool], _ jobs: [Job], _ goal: Objective.Goal) -> Scenario {
        Scenario(
            name: "turns", cluster: Cluster(name: "turns", pools: pools), jobs: jobs,
            objective: Objective(goal: goal, allocation: .timeShared))
    }

    private func offer(_ pool: String, _ rate: Double, count: Int = 8) -> CostedOption {
        CostedOption(summary: pool, poolID: pool, acceleratorCount: count, rate: rate)
    }

    @Test("two jobs on one node take turns by weight; whole placements leave one without any")
    func fair() throws {
        var (heavy, light) = (try fixture.train("heavy"), try fixture.train("light"))
        heavy.weight = 3
        light.weight = 1
        let scenario = scenario([try fixture.pool("a", nodes: 1)], [heavy, light], .fairness)
        let planner = Planner(
            costs: FixedCosts(offers: ["heavy": [offer("a", 10)], "light": [offer("a", 20)]]))
        let shares = try planner.timeShared(scenario)
        // Due in proportion to weight: three quarters and one quarter of the time.
        #expect(abs(shares.jobs[0].shares[0].fraction - 0.75) <= 1e-9)
        #expect(abs(shares.jobs[1].shares[0].fraction - 0.25) <= 1e-9)
        #expect(abs(shares.objective - 0.75) <= 1e-9 && shares.gap <= 1e-9)
        #expect(try planner.plan(scenario).proof.objective == 0)
    }

    @Test("the makespan of shares is the work over all that the cluster does, by hand")
    func makespan() throws {
        func job(_ id: String, _ tokens: Double) throws -> Job {
            var job = try fixture.train(id)
            if case .train(var demand) = job.work {
                demand.tokens = Tokens(tokens)
                job.work = .train(demand)
            }
            return job
        }
        // One pool twice as fast for both: 300 tokens in all at 20 + 10 per second take 10 s.
        let scenario = scenario(
            [try fixture.pool("fast", nodes: 1), try fixture.pool("slow", nodes: 1)],
            [try job("x", 150), try job("y", 150)], .makespan)
        let offers = [offer("fast", 20), offer("slow", 10)]
        let shares = try Planner(costs: FixedCosts(offers: ["x": offers, "y": offers]))
            .timeShared(scenario)
        #expect(abs(shares.objective - 10) <= 1e-6)
        #expect(shares.bound <= shares.objective + 1e-9)
    }

    @Test(
        "on 60 random scenarios shares reach at least what whole placements do, within capacities")
    func relaxes() throws {
        var random = SeededGenerator(seed: 8)
        for round in 0..<60 {
            var scenario = try fixture.random(&random)
            scenario.objective.goal = [.goodput, .fairness][round % 2]
            let whole = try Planner().plan(scenario).proof.objective
            let shares = try Planner().timeShared(scenario)
            #expect(shares.objective >= whole * (1 - 1e-6), "round \(round)")
            #expect(shares.objective <= shares.bound * (1 + 1e-9) + 1e-12)
            var used: [String: Double] = [:]
            for job in shares.jobs {
                #expect(job.shares.reduce(0) { $0 + $1.fraction } <= 1 + 1e-9)
                for share in job.shares {
                    used[share.poolIDs[0], default: 0] +=
                        share.fraction * Double(share.acceleratorCount)
                }
            }
            for pool in scenario.cluster.pools {
                #expect(used[pool.id] ?? 0 <= Double(pool.acceleratorCount) + 1e-6)
            }
        }
    }

    @Test("objectives that time shares do not know are typed errors")
    func refused() throws {
        let pool = try fixture.pool("a")
        var scenario = scenario([pool], [try fixture.serve("x")], .deadlines)
        #expect(throws: PlanningError.self) { try Planner().timeShared(scenario) }
        scenario.objective = Objective(goal: .fairness, then: [.goodput])
        #expect(throws: PlanningError.self) { try Planner().timeShared(scenario) }
        scenario.objective = Objective()
        scenario.jobs.append(try fixture.serve("y"))
        scenario.jobs[1].priority = 1
        #expect(throws: PlanningError.self) { try Planner().timeShared(scenario) }
    }
}

@Suite("Numbers beside each other")
struct NumberPairTests {
    @Test("two numbers that differ after the third digit are told apart; equal ones stay short")
    func pairs() {
        #expect(formatPair(3.0004, 3) == ("3.0004", "3"))
        #expect(formatPair(2.99961, 2.99958) == ("2.99961", "2.99958"))
        #expect(formatPair(1, 2) == ("1", "2"))
        #expect(formatPair(0.5, 0.5) == ("0.5", "0.5"))
    }
}
