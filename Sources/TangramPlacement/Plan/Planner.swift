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

    /// Creates a planner.
    ///
    /// - Parameter workers: Who works in parallel; plans do not depend on how many there are.
    public init(workers: any WorkerPool = SerialWorkers(), settings: Settings = Settings()) {
        self.workers = workers
        self.settings = settings
    }

    /// Plans `scenario`.
    ///
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all; a job that fits
    ///   nowhere is part of the plan, with reasons.
    public func plan(
        _ scenario: Scenario, progress: (@Sendable (Progress) -> Void)? = nil
    ) throws(PlanningError) -> Plan {
        try ScenarioCheck.check(scenario)
        let builder = MenuBuilder(scenario)
        let menus = builder.menus(workers: workers) {
            progress?(Progress(stage: "costing options", fraction: $0))
        }
        let model = try PlanModel(scenario: scenario, parts: builder.parts, menus: menus)
        let solver = PlacementSolver(
            workers: workers, iterationLimit: settings.iterationLimit,
            targetGap: settings.targetGap)
        let solution: PlacementSolution
        do throws(WorkerError) {
            solution = try solver.solve(
                model.problem,
                control: SolveControl(progress: { step in
                    progress?(Progress(stage: "pricing pools", fraction: step.fraction))
                }))
        } catch {
            throw .workers(error.description)
        }
        progress?(Progress(stage: "packing nodes", fraction: 0))
        let packed = PackedChoices(
            solution.choices, menus: model.menus, parts: builder.parts, problem: model.problem)
        return PlanAssembly(model: model, solution: solution, packed: packed).plan()
    }
}
