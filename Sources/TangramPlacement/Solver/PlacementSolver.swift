public import TangramWorkers

/// Solves a ``PlacementProblem``: prices by dual ascent, choices by rounding and local search, and
/// exact search where the problem is small.
///
/// Deterministic: the same problem gives the same solution, whatever the number of workers, unless
/// a limit on time or a cancellation ends the search.
public struct PlacementSolver: PlacementStrategy {
    /// "tangram".
    public let name = "tangram"
    /// Most iterations of the dual ascent.
    public var iterationLimit: Int
    /// The relative gap at which the search stops.
    public var targetGap: Double
    /// Nodes that exact search may visit; 0 leaves it out.
    public var nodeLimit: Int

    private let workers: any WorkerPool

    /// Creates a solver.
    public init(
        workers: any WorkerPool = SerialWorkers(), iterationLimit: Int = 300,
        targetGap: Double = 1e-9, nodeLimit: Int = 20_000
    ) {
        self.workers = workers
        self.iterationLimit = max(1, iterationLimit)
        self.targetGap = targetGap
        self.nodeLimit = nodeLimit
    }

    /// Items up to which exact search is tried.
    static let exactItemLimit = 120

    /// The best choices found, with a bound that holds for all.
    ///
    /// - Throws: `WorkerError` where memory for the tables cannot be had.
    /// - Complexity: O(options × iterations) for the bound.
    public func solve(
        _ problem: PlacementProblem, control: SolveControl = SolveControl()
    ) throws(WorkerError) -> PlacementSolution {
        let total = TotalSolver(settings: self, workers: workers, control: control)
        return try StagedSolver(total: total).solve(problem.tightened)
    }

    /// The proof for choices that something else made: our bound beside their objective.
    ///
    /// - Throws: `WorkerError` where memory for the tables cannot be had.
    public func judge(
        _ choices: [Int?], of problem: PlacementProblem, control: SolveControl = SolveControl()
    ) throws(WorkerError) -> PlacementSolution {
        var solution = try solve(problem, control: control)
        let numbers = choices.map { $0 ?? -1 }
        solution.choices = choices
        solution.objective = problem.objective(numbers, stage: nil)
        solution.supplied = Assignment(problem, choices: numbers).supplied
        // Later bounds hold under what our solution reached before, which these may not reach.
        for (index, stage) in problem.stages.enumerated() {
            let reached = problem.objective(numbers, stage: stage)
            solution.stages[index].objective = reached
            solution.stages[index].bound = max(solution.stages[index].bound, reached)
        }
        return solution
    }

    /// What the solver chooses, without the proof: the solver as one strategy among others.
    public func choices(for problem: PlacementProblem) throws -> [Int?] {
        try solve(problem).choices
    }
}

extension PlacementProblem {
    /// The same problem with each capacity lowered to what whole options can use of it: where all
    /// amounts of a resource are multiples of 8, 8 × ⌊capacity ÷ 8⌋.
    var tightened: PlacementProblem {
        var divisors = [Double](repeating: 0, count: capacities.count)
        for supply in supplies { divisors[supply.resource] = 1 }
        for options in items {
            for option in options {
                for use in option.uses where use.amount > 0 {
                    let old = divisors[use.resource]
                    guard old != 1 else { continue }
                    divisors[use.resource] = Self.divisor(old, use.amount)
                }
            }
        }
        let limits = zip(capacities, divisors).map { capacity, divisor in
            divisor > 1 ? (capacity / divisor + Self.tolerance).rounded(.down) * divisor : capacity
        }
        return PlacementProblem(
            unchecked: limits.enumerated().map { min(capacities[$0], $1) }, items: items,
            goal: goal, supplies: supplies, paysSupplies: paysSupplies, stages: stages,
            floorStart: floorStart)
    }

    /// The greatest common divisor of whole numbers, 1 where one is not whole.
    private static func divisor(_ left: Double, _ right: Double) -> Double {
        guard left.rounded() == left, right.rounded() == right, max(left, right) < 1e15 else {
            return 1
        }
        var (a, b) = (left, right)
        while b != 0 { (a, b) = (b, a.truncatingRemainder(dividingBy: b)) }
        return a
    }
}
