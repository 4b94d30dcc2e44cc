import TangramCost
import TangramHardware
import TangramUnits
public import TangramWorkers

/// Makes plans.
public struct Planner: Sendable {
    /// Options of the solver.
    public struct Settings: Sendable {
        /// Most iterations of the dual ascent.
        public var iterationLimit: Int
        /// The dual ascent and rounding stop where the gap is no larger.
        public var targetGap: Double

        /// Creates settings.
        public init(iterationLimit: Int = 300, targetGap: Double = 1e-6) {
            self.iterationLimit = iterationLimit
            self.targetGap = targetGap
        }
    }

    /// Where the planner is.
    public struct Progress: Sendable {
        /// The stage, for people: "costing options", "pricing pools", "packing nodes".
        public var stage: String
        /// Fraction of the stage that is done, 0...1.
        public var fraction: Double
    }

    let workers: any WorkerPool
    let settings: Settings
    let strategy: (any PlacementStrategy)?
    let costs: (any CostTable)?

    /// Creates a planner.
    ///
    /// - Parameters:
    ///   - workers: Who works in parallel; plans do not depend on how many there are.
    ///   - settings: Options of the solver.
    ///   - strategy: Who chooses; nil for our solver. Our bound judges any strategy.
    ///   - costs: Costs of your own; nil for our estimator.
    public init(
        workers: any WorkerPool = SerialWorkers(), settings: Settings = Settings(),
        strategy: (any PlacementStrategy)? = nil, costs: (any CostTable)? = nil
    ) {
        self.workers = workers
        self.settings = settings
        self.strategy = strategy
        self.costs = costs
    }

    /// Plans `scenario`.
    ///
    /// - Parameters:
    ///   - scenario: What to plan.
    ///   - deadline: When to return the best plan found so far, with its bound; nil for never.
    ///   - isCancelled: Whether to do so now; asked now and then, from one thread.
    ///   - progress: Told how far the planner is, from one thread.
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all; a job that fits
    ///   nowhere is part of the plan, with reasons.
    public func plan(
        _ scenario: Scenario, deadline: ContinuousClock.Instant? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: (@Sendable (Progress) -> Void)? = nil
    ) throws(PlanningError) -> Plan {
        let control = SolveControl(deadline: deadline, isCancelled: isCancelled) { step in
            progress?(Progress(stage: "pricing pools", fraction: step.fraction))
        }
        let draft = try self.draft(scenario, control: control, progress: progress)
        return PlanAssembly(model: draft.model, solution: draft.solution, packed: draft.packed)
            .plan()
    }

    /// What a plan is made from.
    struct Draft {
        var builder: MenuBuilder
        var model: PlanModel
        var solution: PlacementSolution
        var packed: PackedChoices
    }

    func draft(
        _ scenario: Scenario, control: SolveControl, progress: (@Sendable (Progress) -> Void)?
    ) throws(PlanningError) -> Draft {
        try ScenarioCheck.check(scenario)
        let builder = MenuBuilder(scenario, costs: costs)
        let clock = PhaseClock(control)
        let (menus, isCosted) = try builder.menus(
            workers: workers, isOver: { clock.costing.isOver }
        ) {
            progress?(Progress(stage: "costing options", fraction: $0))
        }
        let start = ContinuousClock.now
        let model = try PlanModel(scenario: scenario, parts: builder.parts, menus: menus)
        var solution = try solve(
            model.problem, clock.solving(afterModelOf: ContinuousClock.now - start))
        solution.isComplete = solution.isComplete && isCosted
        progress?(Progress(stage: "packing nodes", fraction: 0))
        let packed = PackedChoices(solution.choices, model: model)
        return Draft(builder: builder, model: model, solution: solution, packed: packed)
    }

    private func solve(
        _ problem: PlacementProblem, _ control: SolveControl
    ) throws(PlanningError) -> PlacementSolution {
        let solver = PlacementSolver(
            workers: workers, iterationLimit: settings.iterationLimit,
            targetGap: settings.targetGap)
        do {
            guard let strategy else { return try solver.solve(problem, control: control) }
            let choices = try self.choices(of: strategy, for: problem)
            return try solver.judge(choices, of: problem, control: control)
        } catch let error as WorkerError {
            throw .workers(error.description)
        } catch let error as PlanningError {
            throw error
        } catch {
            throw .workers("\(error)")
        }
    }

    /// The choices of a strategy, checked.
    private func choices(
        of strategy: any PlacementStrategy, for problem: PlacementProblem
    ) throws(PlanningError) -> [Int?] {
        do {
            let choices = try strategy.choices(for: problem)
            _ = try problem.objective(of: choices)
            return choices
        } catch {
            throw .strategy(strategy.name, "\(error)")
        }
    }
}
