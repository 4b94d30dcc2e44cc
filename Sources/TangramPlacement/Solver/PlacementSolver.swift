public import TangramWorkers

/// Solves a ``PlacementProblem``: prices by dual ascent, choices by rounding and local search, and
/// exact search where the problem is small.
///
/// Deterministic: the same problem gives the same solution, whatever the number of workers.
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
        targetGap: Double = 1e-9, nodeLimit: Int = 400_000
    ) {
        self.workers = workers
        self.iterationLimit = max(1, iterationLimit)
        self.targetGap = targetGap
        self.nodeLimit = nodeLimit
    }

    /// The best choices found, with a bound that holds for all.
    ///
    /// - Throws: ``WorkerError`` where memory for the tables cannot be had.
    /// - Complexity: O(options × iterations) for the bound.
    public func solve(
        _ problem: PlacementProblem, progress: ((Double) -> Void)? = nil
    ) throws(WorkerError) -> PlacementSolution {
        let table = try MenuTable(problem, workers: workers)
        var ascent = DualAscent(table)
        var best = Assignment(problem)
        // Rounding costs as much as several iterations, so it runs at growing intervals.
        var nextRounding = 4
        for iteration in 1...iterationLimit {
            _ = ascent.step(target: best.objective)
            if iteration == nextRounding || iteration == iterationLimit {
                let rounding = Rounding(
                    problem: problem, prices: unitPrices(ascent.prices, problem))
                var candidate = rounding.greedy()
                rounding.improve(&candidate, passLimit: iteration == iterationLimit ? 6 : 2)
                if candidate.objective > best.objective { best = candidate }
                nextRounding = iteration * 2
                progress?(Double(iteration) / Double(iterationLimit))
                if gap(best.objective, ascent.bound) <= targetGap { break }
            }
        }
        let prices = unitPrices(ascent.prices, problem)
        var bound = ascent.bound
        if nodeLimit > 0 && gap(best.objective, bound) > targetGap
            && problem.items.count <= Self.exactItemLimit
        {
            let exact = BranchAndBound(problem: problem, prices: prices, nodeLimit: nodeLimit)
                .solve(from: best)
            best = exact.assignment
            if exact.isProven { bound = min(bound, best.recomputedObjective) }
        }
        Rounding(problem: problem, prices: prices).economise(&best)
        let objective = best.recomputedObjective
        return PlacementSolution(
            choices: best.choices.map { $0 >= 0 ? $0 : nil }, objective: objective,
            bound: max(bound, objective), prices: prices,
            iterationCount: ascent.iterationCount)
    }

    /// Items up to which exact search is tried.
    private static let exactItemLimit = 60

    /// What the solver chooses, without the proof: the solver as one strategy among others.
    public func choices(for problem: PlacementProblem) throws -> [Int?] {
        try solve(problem).choices
    }

    private func unitPrices(_ prices: [Double], _ problem: PlacementProblem) -> [Double] {
        zip(prices, problem.capacities).map { $1 > 0 ? $0 / $1 : 0 }
    }

    private func gap(_ objective: Double, _ bound: Double) -> Double {
        bound > 0 ? (bound - objective) / bound : 0
    }
}
