import Synchronization
import TangramPlacement
import Testing

@Suite("Plans that are cut short")
struct TimeLimitTests {
    @Test("a search that is ended before its first rounding still places what it can")
    func greedy() throws {
        let problem = try mediumProblem(300, seed: 12)
        let cut = try PlacementSolver().solve(
            problem, control: SolveControl(isCancelled: { true }))
        let full = try PlacementSolver().solve(problem)
        #expect(!cut.isComplete)
        #expect(cut.objective > 0.8 * full.objective)
        #expect(full.objective <= cut.bound * (1 + 1e-9))
    }

    @Test(
        "a plan whose costing is cut short places jobs that were costed, and says that it is not done"
    )
    func costing() throws {
        let fixture = try ScenarioFixture()
        let jobs = try (0..<60).map { index in
            var job = try fixture.serve("job-\(index)", rate: 1)
            if case .serve(var demand) = job.work {
                demand.promptTokens = 500 + index
                job.work = .serve(demand)
            }
            return job
        }
        let scenario = Scenario(
            name: "cut", cluster: Cluster(name: "cut", pools: [try fixture.pool("a", nodes: 20)]),
            jobs: jobs)
        // Cancelled at the second look: after the first piece of the costing.
        let calls = Mutex(0)
        let plan = try Planner().plan(
            scenario,
            isCancelled: {
                calls.withLock { calls in
                    calls += 1
                    return calls > 1
                }
            })
        let placed = plan.jobs.count { $0.isPlaced }
        #expect(!plan.proof.isComplete)
        #expect(placed > 0 && placed < 60)
        #expect(PlanChecker(scenario: scenario).faults(plan).isEmpty)
        #expect(plan.jobs.last?.reason?.contains("no time to cost it") == true)
    }
}
