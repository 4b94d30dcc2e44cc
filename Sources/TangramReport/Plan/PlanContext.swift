import TangramPlacement

/// A plan with the jobs and pools of its scenario by name.
struct PlanContext {
    let plan: Plan
    let scenario: Scenario
    private let jobs: [String: Job]
    private let pools: [String: Pool]

    init(_ plan: Plan, _ scenario: Scenario) {
        self.plan = plan
        self.scenario = scenario
        jobs = Dictionary(scenario.jobs.map { ($0.id, $0) }) { first, _ in first }
        pools = Dictionary(scenario.cluster.pools.map { ($0.id, $0) }) { first, _ in first }
    }

    func job(_ id: String) -> Job? { jobs[id] }
    func pool(_ id: String) -> Pool? { pools[id] }

    func weight(_ job: JobPlan) -> Double { self.job(job.jobID)?.weight ?? 1 }

    /// "h100 nodes 0-3" of a placement.
    func place(_ placement: Placement) -> String {
        NodeRange.text(
            placement.nodes, acceleratorsPerNode: pool(placement.poolID)?.acceleratorsPerNode)
    }
}
