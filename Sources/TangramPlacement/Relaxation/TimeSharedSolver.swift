/// Solves a ``TimeSharedProblem`` to its optimum.
///
/// Jobs answer prices of the resources, one by one; a master problem of as many rows as resources
/// weighs the answers and gives new prices (Dantzig–Wolfe decomposition). Each price bounds the
/// optimum, so the gap is known at every step.
public struct TimeSharedSolver: Sendable {
    /// Most times that all jobs are priced.
    public var iterationLimit: Int
    /// The relative gap at which it stops.
    public var targetGap: Double

    /// Creates a solver.
    public init(iterationLimit: Int = 2_000, targetGap: Double = 1e-9) {
        self.iterationLimit = max(1, iterationLimit)
        self.targetGap = targetGap
    }

    /// The best shares, or the best so far with their bound where `control` ends the search.
    ///
    /// - Complexity: O(options) for each time that all jobs are priced; as a rule some tens of times
    ///   for a few resources.
    public func solve(
        _ problem: TimeSharedProblem, control: SolveControl = SolveControl()
    ) -> TimeSharedSolution {
        let table = TimeSharedTable(problem)
        switch problem.goal {
        case .level:
            var oracle = LevelOracle(table)
            return solve(table, control, isReachable: true) { oracle.answer($0) }
        case .total:
            let oracle = TotalOracle(table)
            return solve(table, control, isReachable: oracle.isReachable) {
                oracle.answer($0)
            }
        }
    }

    private func solve(
        _ table: TimeSharedTable, _ control: SolveControl, isReachable: Bool,
        answer: ([Double]) -> TimeSharedAnswer
    ) -> TimeSharedSolution {
        let resources = table.resourceCount
        let zero = [Double](repeating: 0, count: resources)
        let first = answer(zero)
        var answers: [TimeSharedAnswer] = [
            TimeSharedAnswer(usage: zero)
        ]
        // Doing nothing breaks a least rate, so it is fined; the fine grows until nobody pays it.
        let needsRates =
            table.problem.goal == .total && table.problem.items.contains { $0.minimumRate > 0 }
        var fine =
            needsRates ? 1 + 10 * table.values.reduce(0) { $0 + abs($1) } : 0
        var state = Search(
            master: ColumnMaster(
                limits: [Double](repeating: 1, count: resources), value: -fine, usage: zero),
            bound: first.score, bestPrices: zero)
        state.add(first, &answers)
        var iterations = 1
        var isComplete = true
        // Prices of this answer are 0: its value is the bound, and where it fits it is the best.
        while iterations < iterationLimit {
            state.master.solve()
            // Some answers are always heard: without them there are no shares at all.
            if iterations >= Self.leastIterations && control.isOver {
                isComplete = false
                break
            }
            let isFined = needsRates && state.finedWeight > 1e-12
            if state.gap <= targetGap {
                guard isFined, isReachable, fine < 1e15 else { break }
                fine *= 100
                state.master = ColumnMaster(
                    limits: [Double](repeating: 1, count: resources), value: -fine, usage: zero)
                for entry in answers.dropFirst() {
                    state.master.add(value: entry.value, usage: entry.usage)
                }
                continue
            }
            let prices = state.master.duals.prices
            // Between the best prices so far and the master's: the master's alone jump about.
            let smooth = zip(state.bestPrices, prices).map { 0.3 * $0 + 0.7 * $1 }
            var isUseful = false
            for query in [smooth, prices] {
                let entry = answer(query)
                iterations += 1
                let bound = query.reduce(entry.score, +)
                if bound < state.bound {
                    state.bound = bound
                    state.bestPrices = query
                }
                isUseful = state.master.reducedValue(entry.value, entry.usage) > 0
                if isUseful {
                    state.add(entry, &answers)
                    break
                }
            }
            if !isUseful { break }
        }
        var result = solution(
            state, answers, table, iterations,
            isReachable && !(needsRates && state.finedWeight > 1e-9))
        result.isComplete = isComplete
        return result
    }

    /// Answers that are heard however little time there is.
    private static let leastIterations = 8

    private struct Search {
        var master: ColumnMaster
        var bound: Double
        var bestPrices: [Double]

        var gap: Double {
            let scale = max(abs(bound), abs(master.objective), 1e-300)
            return (bound - master.objective) / scale
        }
        var finedWeight: Double { master.weights.first { $0.column == 0 }?.weight ?? 0 }

        mutating func add(_ answer: TimeSharedAnswer, _ answers: inout [TimeSharedAnswer]) {
            answers.append(answer)
            master.add(value: answer.value, usage: answer.usage)
        }
    }

    private func solution(
        _ state: Search, _ answers: [TimeSharedAnswer], _ table: TimeSharedTable,
        _ iterations: Int, _ isFeasible: Bool
    ) -> TimeSharedSolution {
        let problem = table.problem
        var rowShares = [Double](repeating: 0, count: table.rowCount)
        for (column, weight) in state.master.weights {
            for entry in answers[column].shares { rowShares[entry.row] += weight * entry.share }
        }
        var shares = problem.items.map { [Double](repeating: 0, count: $0.options.count) }
        var objective = problem.goal == .level ? Double.infinity : 0
        for item in problem.items.indices {
            var (rate, value) = (0.0, 0.0)
            for row in table.offsets[item]..<table.offsets[item + 1] {
                shares[item][table.optionIndices[row]] = rowShares[row]
                rate += rowShares[row] * table.rates[row]
                value += rowShares[row] * table.values[row]
            }
            switch problem.goal {
            case .total: objective += value
            case .level: objective = min(objective, problem.items[item].level(atRate: rate))
            }
        }
        if !objective.isFinite { objective = 0 }
        let prices = zip(state.bestPrices, problem.capacities).map { $1 > 0 ? $0 / $1 : 0 }
        return TimeSharedSolution(
            shares: shares, objective: objective, bound: max(state.bound, objective),
            prices: prices, iterationCount: iterations, isFeasible: isFeasible)
    }
}
