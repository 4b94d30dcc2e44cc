import TangramPlacement

/// Speeds that were measured, in place of estimates.
struct Measured: CostTable {
    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? {
        guard job.id == "tune" else { return nil }  // nil: the estimator costs it
        return [
            CostedOption(summary: "tp8 dp2", poolID: "hall-1", acceleratorCount: 16, rate: 9_000),
            CostedOption(
                summary: "pipeline over both halls",
                parts: [
                    .init(poolID: "hall-1", acceleratorCount: 16, role: "stages 0-5"),
                    .init(poolID: "hall-2", acceleratorCount: 32, role: "stages 6-7"),
                ], rate: 14_000),
        ]
    }
}

extension Embedder {
    /// The same scenario with a second hall, at measured speeds.
    static func planMeasured(_ one: Scenario) throws {
        var scenario = one
        var second = one.cluster.pools[0]
        second.id = "hall-2"
        scenario.cluster.pools.append(second)
        let plan = try Planner(costs: Measured()).plan(scenario)
        for placement in plan.job("tune")?.placements ?? [] {
            print("measured", placement.poolID, placement.span?.role ?? "alone")
        }
    }

    /// What one more job and one node less change.
    static func replan(_ scenario: Scenario, _ chat: ServingDemand) throws {
        var session = try PlanSession(scenario)
        let update = try session.add(Job(id: "chat-2", work: .serve(chat)))
        for job in update.jobs { print(job.jobID, job.acceleratorCount) }  // what changed
        try session.fail(node: 3, ofPool: "hall-1")
        print(session.objective, session.bound, session.gap)
        let plan = session.plan()
        print("replanned", plan.jobs.count)
    }

    /// The problem below it all: options with values and amounts, without clusters.
    static func solveNumbers() throws {
        let problem = try PlacementProblem(
            capacities: [8, 16],
            items: [
                [.init(value: 3, uses: [.init(resource: 0, amount: 8)])],
                [
                    .init(value: 2, uses: [.init(resource: 0, amount: 4)]),
                    .init(value: 1, uses: [.init(resource: 1, amount: 16)]),
                ],
            ])
        let solution = try PlacementSolver().solve(problem)
        print("solved", solution.choices, solution.objective, solution.bound, solution.prices)
    }
}
