import TangramWorkers

/// Maximises the least value over all items.
///
/// A level can be reached where every item finds an option of at least that value. That is a
/// problem of placing as many items as possible with the options above the level: where its bound
/// is below the number of items, no choices reach the level.
struct LeastSolver {
    let total: TotalSolver

    struct Outcome {
        var assignment: Assignment
        var level: Double
        var bound: Double
        var prices: [Double]
        var iterationCount = 0
        var nodeCount = 0
        var isComplete = true
    }

    func solve(_ problem: PlacementProblem) throws(WorkerError) -> Outcome {
        let counts = problem.items.map { $0.contains { $0.value > 0 } }
        let counted = problem.items.indices.filter { counts[$0] }
        let levels = candidateLevels(problem, counted)
        var outcome = Outcome(
            assignment: Assignment(problem), level: 0, bound: 0,
            prices: [Double](repeating: 0, count: problem.capacities.count))
        guard !levels.isEmpty else { return outcome }
        // Levels below `reached` have been reached, those from `refuted` on have been refuted;
        // what is neither limits the bound only.
        var (reached, refuted) = (0, levels.count)
        var failed: Set<Int> = []
        func probe(_ index: Int) throws(WorkerError) {
            let found = try reach(levels[index], in: problem, counts)
            outcome.iterationCount += found.iterationCount
            outcome.nodeCount += found.nodeCount
            if found.assignment.objective > Double(counted.count) - 0.5
                && found.assignment.floorDeficit == 0
            {
                let choices = found.assignment.choices
                let level = counted.reduce(Double.infinity) {
                    min($0, problem.items[$1][choices[$1]].value)
                }
                outcome.assignment = Assignment(problem, choices: choices)
                outcome.level = level
                // Often more is reached than was asked for.
                reached = max(reached, (levels.lastIndex { $0 <= level } ?? index) + 1)
            } else if found.bound < Double(counted.count) - 1e-6 {
                if index < refuted { outcome.prices = found.prices }
                refuted = min(refuted, index)
            } else {
                failed.insert(index)
            }
        }
        // The lowest refuted level first, then the highest that is reached.
        var low = 0
        while low < refuted {
            if total.control.isOver { break }
            let middle = max(low, reached) + (refuted - max(low, reached)) / 2
            guard middle < refuted else { break }
            try probe(middle)
            if refuted > middle { low = middle + 1 }
        }
        var high = refuted
        while reached < high, !total.control.isOver {
            let middle = reached + (high - reached) / 2
            if !failed.contains(middle) { try probe(middle) }
            if reached <= middle { high = middle }
        }
        outcome.isComplete = !total.control.isOver
        outcome.bound = refuted > 0 ? levels[refuted - 1] : 0
        outcome.bound = max(outcome.bound, outcome.level)
        return outcome
    }

    /// Values that the least one may have: of any option, at most the best of every item that counts.
    private func candidateLevels(_ problem: PlacementProblem, _ counted: [Int]) -> [Double] {
        var highest = Double.infinity
        for options in counted.map({ problem.items[$0] }) {
            let most = options.lazy.filter { problem.allows($0) }.map(\.value).max() ?? 0
            highest = min(highest, max(0, most))
        }
        guard highest > 0, highest.isFinite else { return [] }
        var levels: Set<Double> = []
        for options in counted.map({ problem.items[$0] }) {
            for option in options where option.value > 0 && option.value <= highest {
                levels.insert(option.value)
            }
        }
        return levels.sorted()
    }

    /// Places as many items as possible with options worth at least `level`. Items that do not count
    /// keep their options, of no value, for the sake of floors.
    private func reach(
        _ level: Double, in problem: PlacementProblem, _ counts: [Bool]
    ) throws(WorkerError) -> TotalSolver.Outcome {
        let items = zip(problem.items, counts).map { options, counts in
            options.map { option in
                let isOut = option.value == -.infinity || (counts && option.value < level)
                return PlacementProblem.Option(
                    value: isOut ? -.infinity : counts ? 1 : 0, uses: option.uses)
            }
        }
        let restricted = PlacementProblem(
            unchecked: problem.capacities, items: items, supplies: problem.supplies,
            paysSupplies: false, floorStart: problem.floorStart)
        return try total.solve(
            restricted, enough: Double(counts.count { $0 }) - 1e-6, isQuiet: true)
    }
}
