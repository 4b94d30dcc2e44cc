import TangramWorkers

/// Solves the objectives of a problem one after the other: each under the condition that those
/// before it keep what they reached.
///
/// A total that was reached becomes a floor: a resource of negative amounts, whose price is the
/// multiplier of the condition Σ value ≥ reached. A least value that was reached leaves only the
/// options that are worth as much. So every later bound holds for all choices that are as good by
/// the earlier objectives.
struct StagedSolver {
    let total: TotalSolver

    func solve(_ problem: PlacementProblem) throws(WorkerError) -> PlacementSolution {
        var floors: [(values: [[Double]], reached: Double)] = []
        var isAllowed = problem.items.map { [Bool](repeating: true, count: $0.count) }
        var solution = PlacementSolution(choices: [], objective: 0, bound: 0)
        var previous: [Int]?
        for index in 0...problem.stages.count {
            let stage =
                index == 0
                ? PlacementProblem.Stage(
                    goal: problem.goal, values: problem.items.map { $0.map(\.value) },
                    paysSupplies: problem.paysSupplies) : problem.stages[index - 1]
            let own = self.problem(problem, stage, floors, isAllowed)
            let proof: StageProof
            switch stage.goal {
            case .total:
                let start = previous.map { Assignment(own, choices: $0) }
                let found = try total.solve(own, from: start)
                previous = found.assignment.choices
                let reached = found.assignment.recomputedObjective
                proof = StageProof(
                    objective: reached, bound: max(found.bound, reached),
                    prices: Array(found.prices.prefix(problem.capacities.count)))
                floors.append((stage.values, reached))
                merge(found, into: &solution, isFirst: index == 0)
            case .least:
                let found = try LeastSolver(total: total).solve(own)
                if found.level > 0 || previous == nil { previous = found.assignment.choices }
                proof = StageProof(objective: found.level, bound: found.bound)
                restrict(&isAllowed, stage.values, level: found.level)
                if found.level > 0 {
                    // Every item that counts must have an option: their number is a floor.
                    let counts = stage.values.map { $0.contains { $0 > 0 } }
                    floors.append(
                        (
                            zip(stage.values, counts).map { values, counts in
                                values.map { _ in counts ? 1 : 0 }
                            }, Double(counts.count { $0 })
                        ))
                }
                merge(found, into: &solution, isFirst: index == 0)
            }
            if index == 0 {
                (solution.objective, solution.bound) = (proof.objective, proof.bound)
            } else {
                solution.stages.append(proof)
            }
        }
        let choices = previous ?? [Int](repeating: -1, count: problem.items.count)
        solution.choices = choices.map { $0 >= 0 ? $0 : nil }
        // A later stage may have come upon choices that are better by an earlier objective.
        solution.objective = problem.objective(choices, stage: nil)
        solution.bound = max(solution.bound, solution.objective)
        for (index, stage) in problem.stages.enumerated() {
            let reached = problem.objective(choices, stage: stage)
            solution.stages[index].objective = reached
            solution.stages[index].bound = max(solution.stages[index].bound, reached)
        }
        solution.supplied = Assignment(problem, choices: choices).supplied
        return solution
    }

    private func merge(
        _ found: TotalSolver.Outcome, into solution: inout PlacementSolution, isFirst: Bool
    ) {
        if isFirst { solution.prices = found.prices }
        solution.iterationCount += found.iterationCount
        solution.nodeCount += found.nodeCount
        solution.isComplete = solution.isComplete && found.isComplete
    }

    private func merge(
        _ found: LeastSolver.Outcome, into solution: inout PlacementSolution, isFirst: Bool
    ) {
        // Prices of refuted levels are in items, not in levels.
        if isFirst { solution.prices = found.prices.map { _ in 0 } }
        solution.iterationCount += found.iterationCount
        solution.nodeCount += found.nodeCount
        solution.isComplete = solution.isComplete && found.isComplete
    }

    /// Later stages keep what a least value reached.
    private func restrict(_ isAllowed: inout [[Bool]], _ values: [[Double]], level: Double) {
        guard level > 0 else { return }
        for item in values.indices {
            guard values[item].contains(where: { $0 > 0 }) else { continue }
            for option in values[item].indices where values[item][option] < level * (1 - 1e-12) {
                isAllowed[item][option] = false
            }
        }
    }

    /// The problem of one stage.
    private func problem(
        _ problem: PlacementProblem, _ stage: PlacementProblem.Stage,
        _ floors: [(values: [[Double]], reached: Double)], _ isAllowed: [[Bool]]
    ) -> PlacementProblem {
        let start = problem.capacities.count
        var items = problem.items
        for item in items.indices {
            for option in items[item].indices {
                items[item][option].value =
                    isAllowed[item][option] ? stage.values[item][option] : -.infinity
                for (index, floor) in floors.enumerated() where floor.values[item][option] != 0 {
                    items[item][option].uses.append(
                        .init(resource: start + index, amount: -floor.values[item][option]))
                }
            }
        }
        return PlacementProblem(
            unchecked: problem.capacities
                + floors.map { -($0.reached - abs($0.reached) * PlacementProblem.tolerance) },
            items: items, goal: stage.goal, supplies: problem.supplies,
            paysSupplies: stage.paysSupplies, floorStart: start)
    }
}

extension PlacementProblem {
    /// The objective of choices (−1 for none) by a stage, or by the problem's own goal.
    func objective(_ choices: [Int], stage: Stage?) -> Double {
        let goal = stage?.goal ?? goal
        func value(_ item: Int) -> Double {
            guard choices[item] >= 0 else { return 0 }
            return stage.map { $0.values[item][choices[item]] } ?? items[item][choices[item]].value
        }
        guard goal == .total else {
            let counted = items.indices.filter { item in
                items[item].indices.contains {
                    (stage?.values[item][$0] ?? items[item][$0].value) > 0
                }
            }
            return counted.isEmpty ? 0 : counted.reduce(.infinity) { min($0, value($1)) }
        }
        var total = items.indices.reduce(0) { $0 + value($1) }
        if stage?.paysSupplies ?? paysSupplies {
            let supplied = Assignment(self, choices: choices).supplied
            for (supply, units) in zip(supplies, supplied) { total -= supply.cost * Double(units) }
        }
        return total
    }
}
