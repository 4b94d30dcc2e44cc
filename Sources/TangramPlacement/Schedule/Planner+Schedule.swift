import TangramCost
import TangramHardware
public import TangramUnits
import TangramWorkers

extension Planner {
    /// Plans `scenario` over time: jobs with an end follow one another on the same nodes, around
    /// services and training without an end, which keep theirs.
    ///
    /// With the objective `makespan` the last end is as early as possible, else Σ weight × end is
    /// as small as possible. Deadlines, licences and the horizon hold; what cannot be done in time is
    /// left out, and said.
    ///
    /// - Parameters:
    ///   - scenario: What to plan.
    ///   - horizon: How long the schedule reaches; nil for that of the scenario, or 30 days.
    ///   - deadline: When to return the best schedule found so far; nil for never.
    ///   - isCancelled: Whether to do so now.
    ///   - progress: Told how far the planner is.
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all.
    public func schedule(
        _ scenario: Scenario, horizon: Seconds? = nil,
        deadline: ContinuousClock.Instant? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: (@Sendable (Progress) -> Void)? = nil
    ) throws(PlanningError) -> Schedule {
        try ScenarioCheck.check(scenario)
        let horizon = horizon ?? scenario.horizon ?? Seconds.day * 30
        guard horizon.value > 0, horizon.value.isFinite else {
            throw .invalidQuantity(
                subject: "horizon", what: "\(horizon.value) s is not a finite time above 0")
        }
        let control = SolveControl(deadline: deadline, isCancelled: isCancelled)
        // Permanent jobs are placed by goodput, whatever the schedule minimises.
        var base = scenario
        base.objective = Objective(budget: scenario.objective.budget)
        let builder = MenuBuilder(base, costs: costs)
        let menus = try builder.menus(workers: workers, isOver: { control.isOver }) {
            progress?(Progress(stage: "costing options", fraction: $0))
        }.menus
        let isBatch = scenario.jobs.map(\.hasEnd)
        let model = try PlanModel(
            scenario: base, parts: builder.parts, menus: menus.filter { !isBatch[$0.jobIndex] })
        let solution: PlacementSolution
        do throws(WorkerError) {
            solution = try PlacementSolver(workers: workers).solve(model.problem, control: control)
        } catch {
            throw .workers(error.description)
        }
        let packed = PackedChoices(solution.choices, model: model)
        progress?(Progress(stage: "scheduling", fraction: 0))
        var left = model.resources.capacities
        for (item, choice) in packed.itemChoices.enumerated() {
            for use in choice.map({ model.problem.items[item][$0].uses }) ?? [] {
                left[use.resource] = max(0, left[use.resource] - use.amount)
            }
        }
        return try ScheduleBuilder(
            scenario: scenario, horizon: horizon, parts: builder.parts, model: model,
            packed: packed,
            free: left, control: control
        ).schedule(menus.filter { isBatch[$0.jobIndex] })
    }
}

extension Job {
    /// Whether it is training that ends.
    var hasEnd: Bool {
        training?.tokens != nil
    }
}
