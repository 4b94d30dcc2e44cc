import TangramWorkers

/// Maximises the total of one problem: prices, rounding and exact search.
struct TotalSolver {
    let settings: PlacementSolver
    let workers: any WorkerPool
    let control: SolveControl

    struct Outcome {
        var assignment: Assignment
        var bound: Double
        /// Per unit of each resource.
        var prices: [Double]
        var iterationCount: Int
        var nodeCount: Int
        var isComplete: Bool
    }

    /// Iterations that are made however little time there is: they take no longer than it took to
    /// build the table.
    private static let leastIterations = 16

    /// - Parameters:
    ///   - start: Choices to improve on; they must meet floors where there are any.
    ///   - enough: Stops where the bound is at most this, which answers the question.
    func solve(
        _ problem: PlacementProblem, from start: Assignment? = nil,
        enough: Double = -.infinity, isQuiet: Bool = false
    ) throws(WorkerError) -> Outcome {
        let table = try MenuTable(problem, workers: workers)
        var ascent = DualAscent(table)
        var best = start ?? Assignment(problem)
        let limit = settings.iterationLimit
        let isSmall = problem.items.count <= PlacementSolver.exactItemLimit
        var (nextRounding, isOver) = (4, false)
        func isDone(_ bound: Double) -> Bool {
            bound <= enough
                || best.floorDeficit == 0
                    && relativeGap(best.objective, bound) <= settings.targetGap
        }
        func report(_ bound: Double, _ fraction: Double) {
            guard !isQuiet else { return }
            control.progress?(
                SolveProgress(objective: best.objective, bound: bound, fraction: fraction))
        }
        func round(_ prices: [Double], _ preferred: [Int32] = [], passLimit: Int) {
            let rounding = Rounding(problem: problem, prices: table.unitPrices(prices))
            var candidate = rounding.greedy(preferred: preferred)
            rounding.improve(&candidate, passLimit: passLimit, control: control)
            if candidate.isBetter(than: best) { best = candidate }
        }
        for iteration in 1...limit {
            _ = ascent.step(target: best.objective)
            // Rounding costs as much as several iterations, so it runs at growing intervals.
            if iteration == nextRounding || iteration == limit {
                round(ascent.prices, passLimit: iteration == limit ? 6 : 2)
                nextRounding = iteration * 2
                report(ascent.bound, Double(iteration) / Double(limit))
            }
            // Without prices of some sense the first choices would be poor ones.
            isOver = iteration >= Self.leastIterations && control.isOver
            if isOver || isDone(ascent.bound) || (isSmall && iteration >= 40) { break }
        }
        var outcome = Outcome(
            assignment: best, bound: ascent.bound, prices: ascent.prices,
            iterationCount: ascent.iterationCount, nodeCount: 0, isComplete: !isOver)
        if !isOver && !isDone(ascent.bound) && best.floorDeficit == 0 {
            var columns = ColumnAscent(table, ascent: ascent, start: best)
            columns.run(limit: limit, gap: min(1e-7, settings.targetGap)) { control.isOver }
            outcome.bound = min(outcome.bound, columns.bound)
            outcome.prices = columns.prices
            outcome.iterationCount += columns.iterationCount
            if !isDone(columns.bound) {
                round(columns.prices, passLimit: 6)
                round(columns.prices, columns.roundedChoices, passLimit: 6)
            }
            report(outcome.bound, 1)
        }
        let proof = UnitProof(
            problem: problem, scales: table.scales, nodeLimit: settings.nodeLimit,
            control: control)
        let isSizing = proof.isApplicable && best.floorDeficit == 0 && settings.nodeLimit > 0
        if (isSmall && settings.nodeLimit > 0 || isSizing) && !control.isOver
            && !isDone(outcome.bound)
        {
            // Many items are not branched on, but numbers of units near the relaxation's are tried.
            let exact = BranchAndBound(
                problem: problem, scales: table.scales, prices: outcome.prices,
                nodeLimit: isSmall ? settings.nodeLimit : 1, control: control
            ).solve(from: best, bound: outcome.bound)
            best = exact.assignment
            outcome.bound = min(outcome.bound, exact.bound)
            outcome.nodeCount = exact.nodeCount
        }
        if isSizing && !control.isOver && !isDone(outcome.bound) {
            let found = proof.prove(&best)
            if found.isProved { outcome.bound = min(outcome.bound, best.objective) }
            outcome.nodeCount += found.nodeCount
        }
        outcome.isComplete = !control.isOver
        outcome.prices = table.unitPrices(outcome.prices)
        if outcome.isComplete {
            Rounding(problem: problem, prices: outcome.prices).economise(&best)
        }
        outcome.assignment = best
        return outcome
    }
}

extension MenuTable {
    /// Prices per unit of each resource from those per scale.
    func unitPrices(_ prices: [Double]) -> [Double] { zip(prices, scales).map { $0 / $1 } }
}
