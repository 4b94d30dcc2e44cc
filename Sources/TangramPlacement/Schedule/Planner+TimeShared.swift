import TangramHardware
import TangramUnits
import TangramWorkers

extension Planner {
    /// Plans `scenario` with shares of time in place of whole placements: the relaxation x ∈ [0, 1]
    /// itself, solved to its optimum.
    ///
    /// Goodput, fairness, finish-time fairness, makespan and cost; one measure, without priorities.
    /// Capacities, budgets, licences, quotas and power hold on average over time. Nodes are not named,
    /// and rules on failure domains within pools are not asked.
    ///
    /// - Parameters:
    ///   - scenario: What to plan.
    ///   - deadline: When to return the best shares found so far, with their bound; nil for never.
    ///   - isCancelled: Whether to do so now; asked now and then, from one thread.
    ///   - progress: Told how far the planner is.
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all, or its objective is
    ///   not one of those.
    public func timeShared(
        _ scenario: Scenario, deadline: ContinuousClock.Instant? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: (@Sendable (Progress) -> Void)? = nil
    ) throws(PlanningError) -> TimeSharedPlan {
        try ScenarioCheck.check(scenario)
        let goal = scenario.objective.goal
        guard goal != .deadlines, scenario.objective.then.isEmpty,
            scenario.objective.charge == .accelerator
        else {
            throw .contradictoryObjective(
                "time-shared takes one of goodput, fairness, finish-time-fairness, makespan and "
                    + "cost by accelerator, and nothing after it")
        }
        guard Set(scenario.jobs.map(\.priority)).count <= 1 else {
            throw .contradictoryObjective("time-shared knows no priorities; use weights")
        }
        let builder = MenuBuilder(scenario, costs: costs)
        let clock = PhaseClock(SolveControl(deadline: deadline, isCancelled: isCancelled))
        let (menus, isCosted) = try builder.menus(
            workers: workers, isOver: { clock.costing.isOver }
        ) {
            progress?(Progress(stage: "costing options", fraction: $0))
        }
        let start = ContinuousClock.now
        let shared = TimeSharedModel(scenario, parts: builder.parts, menus: menus)
        let problem: TimeSharedProblem
        do throws(ProblemError) {
            problem = try shared.problem()
        } catch {
            throw .invalidQuantity(subject: "estimates", what: error.description)
        }
        var solution = TimeSharedSolver().solve(
            problem, control: clock.solving(afterModelOf: ContinuousClock.now - start))
        solution.isComplete = solution.isComplete && isCosted
        guard solution.isFeasible || solution.isComplete else {
            throw .contradictoryObjective(
                "no shares that meet every demand were found in time; allow more of it")
        }
        guard solution.isFeasible else {
            throw .contradictoryObjective(
                "not every demand can be met even in turns, so no cost is least; add nodes, or "
                    + "maximise goodput")
        }
        return shared.plan(solution)
    }
}

/// A scenario as shares of time.
struct TimeSharedModel {
    let scenario: Scenario
    let parts: [PoolPart]
    private let measures: PlanMeasures
    private let resources: PlanResources
    /// Menus that count, with the options that are worth something and their rows.
    private var entries: [(menu: JobMenu, rows: [OptionRow])] = []
    private var omissions: [Schedule.Omission] = []

    init(_ scenario: Scenario, parts: [PoolPart], menus: [JobMenu]) {
        self.scenario = scenario
        self.parts = parts
        measures = PlanMeasures(scenario, parts: parts)
        resources = PlanResources(scenario, parts: parts, hasSupplies: false)
        let first = measures.measures[0]
        for menu in menus {
            let job = scenario.jobs[menu.jobIndex]
            let values = measures.values(first, menu, of: job)
            let useful = menu.options.indices.filter { values[$0] > 0 }
            let own = OptionRow.rows(menu.keeping(useful), of: job, measures, resources)
            guard !own.rows.isEmpty else {
                let reason =
                    menu.options.isEmpty
                    ? menu.refusals.first.map { "\($0.reason)" } ?? "it fits nowhere"
                    : "it does not count for the \(scenario.objective.goal.rawValue)"
                omissions.append(.init(jobID: job.id, reason: reason))
                continue
            }
            entries.append((menu.keeping(useful).keeping(own.kept), own.rows))
        }
    }

    private var isLevel: Bool { measures.measures[0].combination == .least }
    private var isCost: Bool { scenario.objective.goal == .cost }

    func problem() throws(ProblemError) -> TimeSharedProblem {
        let items = entries.map { menu, rows in
            let job = scenario.jobs[menu.jobIndex]
            let weight = job.weight * menu.share
            // Under least cost every job gets the most of its demand that any option meets.
            let most = menu.options.map(\.satisfaction).max() ?? 1
            return TimeSharedProblem.Item(
                options: zip(rows, menu.options).map { row, option in
                    TimeSharedProblem.Option(
                        rate: isCost ? row.values[0] / weight : row.values[0],
                        value: isCost ? row.values[1] : row.values[0], uses: row.uses)
                }, minimumRate: isCost ? most : 0)
        }
        return try TimeSharedProblem(
            capacities: resources.capacities, items: items, goal: isLevel ? .level : .total)
    }

    func plan(_ solution: TimeSharedSolution) -> TimeSharedPlan {
        var jobs: [TimeSharedPlan.JobShares] = []
        for (index, entry) in entries.enumerated() {
            var shares: [TimeSharedPlan.Share] = []
            var level = 0.0
            for (option, fraction) in zip(entry.menu.options, solution.shares[index])
            where fraction > 1e-9 {
                shares.append(
                    .init(
                        poolIDs: option.pools(parts).map { scenario.cluster.pools[$0].id },
                        acceleratorCount: option.acceleratorCount,
                        summary: option.work.summary, fraction: min(1, fraction)))
            }
            for (row, fraction) in zip(entry.rows, solution.shares[index]) {
                level += row.values[0] * fraction
            }
            jobs.append(
                .init(
                    jobID: scenario.jobs[entry.menu.jobIndex].id, shares: shares, level: level))
        }
        let (value, bound) = (stated(solution.objective), stated(solution.bound))
        return TimeSharedPlan(
            scenarioName: scenario.name, goal: scenario.objective.goal, objective: value,
            bound: bound, gap: solution.gap, jobs: jobs, omissions: omissions,
            isComplete: solution.isComplete,
            nodeValues: scenario.cluster.pools.enumerated().map { index, pool in
                let part = parts.firstIndex { $0.poolIndex == index }
                let price = part.map { solution.prices[$0] } ?? 0
                return (pool.id, price * Double(pool.acceleratorsPerNode))
            })
    }

    /// A level or a sum in the unit of the goal.
    private func stated(_ value: Double) -> Double {
        switch scenario.objective.goal {
        case .makespan, .finishTimeFairness: value > 0 ? 1 / value : .infinity
        case .cost: -value
        default: value
        }
    }
}
