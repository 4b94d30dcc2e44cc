import TangramPlacement
import TangramUnits
import Testing

/// The kinds of objectives that plans are made for, as problems.
enum ObjectiveKind: String, CaseIterable {
    /// Weighted goodput; deadlines met.
    case total
    /// Max-min fairness, finish-time fairness, makespan.
    case least
    /// Fairness, then goodput.
    case leastThenTotal
    /// One tenant's goodput before another's.
    case totalThenTotal
    /// Demand first, then the cost of options.
    case totalThenCost
    /// Demand first, then the cost of nodes.
    case totalThenSupplies
    /// Demand first, then the cost of nodes, of which nothing else costs anything: sizing.
    case totalThenUnits
    /// Goodput less the cost of nodes.
    case totalWithSupplies
}

/// A random problem of at most 4 items and 3 options each.
func randomProblem(
    _ kind: ObjectiveKind, _ random: inout SeededGenerator
) throws -> PlacementProblem {
    let base = try randomProblem(
        &random, items: Int.random(in: 0...4, using: &random), options: 3,
        resources: Int.random(in: 1...3, using: &random))
    func values(_ range: ClosedRange<Double>) -> [[Double]] {
        base.items.map { $0.map { _ in Double.random(in: range, using: &random) } }
    }
    func coarse() -> [[Double]] {
        base.items.map { $0.map { _ in Double(Int.random(in: 0...2, using: &random)) } }
    }
    func with(_ values: [[Double]]) -> [[PlacementProblem.Option]] {
        zip(base.items, values).map { zip($0, $1).map { .init(value: $1, uses: $0.uses) } }
    }
    let capacities = base.capacities
    let supplies = capacities.indices.map { resource in
        PlacementProblem.Supply(
            resource: resource, amount: Double(Int.random(in: 1...8, using: &random)),
            cost: Double.random(in: 0...2, using: &random),
            limit: Int.random(in: 0...3, using: &random))
    }
    switch kind {
    case .total: return base
    case .least:
        return try PlacementProblem(capacities: capacities, items: base.items, goal: .least)
    case .leastThenTotal:
        return try PlacementProblem(
            capacities: capacities, items: with(coarse()), goal: .least,
            stages: [.init(values: values(0...3))])
    case .totalThenTotal:
        return try PlacementProblem(
            capacities: capacities, items: with(coarse()), stages: [.init(values: values(0...3))])
    case .totalThenCost:
        return try PlacementProblem(
            capacities: capacities, items: with(coarse()), stages: [.init(values: values(-3...0))])
    case .totalThenSupplies:
        return try PlacementProblem(
            capacities: capacities.map { _ in 0 }, items: with(coarse()), supplies: supplies,
            paysSupplies: false,
            stages: [.init(values: values(-0.5...0), paysSupplies: true)])
    case .totalThenUnits:
        return try PlacementProblem(
            capacities: capacities.map { _ in 0 }, items: with(coarse()), supplies: supplies,
            paysSupplies: false,
            stages: [.init(values: base.items.map { $0.map { _ in 0 } }, paysSupplies: true)])
    case .totalWithSupplies:
        return try PlacementProblem(
            capacities: capacities, items: base.items, supplies: supplies)
    }
}

/// All choices within capacities, with their value by every objective.
private func everything(_ problem: PlacementProblem) -> [[Double]] {
    var result: [[Double]] = []
    var choices = [Int?](repeating: nil, count: problem.items.count)
    func values(_ choices: [Int?]) -> [Double]? {
        guard let first = try? problem.objective(of: choices) else { return nil }
        var used = [Double](repeating: 0, count: problem.capacities.count)
        for (item, choice) in choices.enumerated() {
            for use in choice.map({ problem.items[item][$0].uses }) ?? [] {
                used[use.resource] += use.amount
            }
        }
        return [first]
            + problem.stages.map { stage in
                var value = 0.0
                for (item, choice) in choices.enumerated() {
                    if let choice { value += stage.values[item][choice] }
                }
                guard stage.paysSupplies else { return value }
                for supply in problem.supplies {
                    let missing = used[supply.resource] - problem.capacities[supply.resource]
                    value -= supply.cost * max(0, (missing / supply.amount).rounded(.up))
                }
                return value
            }
    }
    func descend(_ item: Int) {
        guard item < choices.count else {
            if let found = values(choices) { result.append(found) }
            return
        }
        for choice in [nil] + problem.items[item].indices.map(Optional.some) {
            choices[item] = choice
            descend(item + 1)
        }
        choices[item] = nil
    }
    descend(0)
    return result
}

@Suite("Objectives on random problems")
struct ObjectivePropertyTests {
    private func tolerance(_ value: Double) -> Double { 1e-6 * max(1, abs(value)) }

    @Test(
        "plan ≤ brute-force optimum ≤ bound on 2,000 random problems of every objective",
        arguments: ObjectiveKind.allCases)
    func bruteForce(_ kind: ObjectiveKind) throws {
        var random = SeededGenerator(seed: 2_026_000 + UInt64(kind.rawValue.count))
        for round in 0..<2_000 {
            let problem = try randomProblem(kind, &random)
            let isExact = round % 4 != 0
            let solution = try PlacementSolver(
                iterationLimit: 40, nodeLimit: isExact ? 20_000 : 0
            ).solve(problem)
            let reached = try problem.objective(of: solution.choices)
            #expect(abs(reached - solution.objective) <= tolerance(reached))
            var left = everything(problem)
            var achieved = [solution.objective] + solution.stages.map(\.objective)
            let bounds = [solution.bound] + solution.stages.map(\.bound)
            for index in achieved.indices {
                // What is best among all that are as good by the objectives before.
                let best = left.map { $0[index] }.max() ?? 0
                #expect(achieved[index] <= best + tolerance(best), "objective \(index)")
                #expect(best <= bounds[index] + tolerance(best), "objective \(index)")
                if isExact {
                    #expect(achieved[index] >= best - tolerance(best), "objective \(index)")
                    #expect(bounds[index] <= best + tolerance(best), "bound \(index)")
                }
                achieved[index] -= tolerance(achieved[index])
                left = left.filter { $0[index] >= achieved[index] }
            }
        }
    }

    @Test("permuting items does not change the proven optimum", arguments: ObjectiveKind.allCases)
    func permutation(_ kind: ObjectiveKind) throws {
        var random = SeededGenerator(seed: 99)
        for _ in 0..<300 {
            let problem = try randomProblem(kind, &random)
            let order = problem.items.indices.shuffled(using: &random)
            let permuted = try PlacementProblem(
                capacities: problem.capacities, items: order.map { problem.items[$0] },
                goal: problem.goal, supplies: problem.supplies,
                paysSupplies: problem.paysSupplies,
                stages: problem.stages.map { stage in
                    var stage = stage
                    stage.values = order.map { stage.values[$0] }
                    return stage
                })
            let solver = PlacementSolver(iterationLimit: 40)
            let (left, right) = (try solver.solve(problem), try solver.solve(permuted))
            #expect(abs(left.objective - right.objective) <= tolerance(left.objective))
            for (a, b) in zip(left.stages, right.stages) {
                #expect(abs(a.objective - b.objective) <= tolerance(a.objective))
            }
        }
    }

    @Test("more capacity never lowers the proven optimum", arguments: ObjectiveKind.allCases)
    func monotone(_ kind: ObjectiveKind) throws {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<300 {
            let problem = try randomProblem(kind, &random)
            let larger = try PlacementProblem(
                capacities: problem.capacities.map { $0 + 3 }, items: problem.items,
                goal: problem.goal, supplies: problem.supplies,
                paysSupplies: problem.paysSupplies, stages: problem.stages)
            let solver = PlacementSolver(iterationLimit: 40)
            let (before, after) = (try solver.solve(problem), try solver.solve(larger))
            #expect(after.objective >= before.objective - tolerance(before.objective))
        }
    }

    @Test("more of a resource is worth at most its price, by solving again with more of it")
    func prices() throws {
        var random = SeededGenerator(seed: 55)
        var worthless = 0
        for _ in 0..<300 {
            let problem = try randomProblem(.total, &random)
            let solution = try PlacementSolver(iterationLimit: 60, nodeLimit: 0).solve(problem)
            for (resource, price) in solution.prices.enumerated() {
                let more = Double(Int.random(in: 1...8, using: &random))
                var capacities = problem.capacities
                capacities[resource] += more
                let larger = try PlacementProblem(capacities: capacities, items: problem.items)
                let after = try PlacementSolver(iterationLimit: 60).solve(larger)
                // What did not fit at all before has no price; it must fit into the old capacity.
                let isNew = problem.items.joined().contains { option in
                    option.uses.contains {
                        $0.resource == resource && $0.amount > problem.capacities[resource]
                    }
                }
                guard !isNew else { continue }
                let whole = problem.items.joined().allSatisfy { option in
                    option.uses.allSatisfy { $0.resource != resource || $0.amount <= 1 }
                }
                if price == 0 { worthless += 1 }
                // Capacities are lowered to common multiples of amounts, at most 7 below.
                let slack = whole ? 0 : price * 7
                #expect(
                    after.objective
                        <= solution.bound + price * more + slack + tolerance(solution.bound))
            }
        }
        #expect(worthless > 0)
    }

    @Test("a stage that cannot count is refused, and so is a supply that makes no sense")
    func refused() throws {
        let items = [[PlacementProblem.Option(value: 1, uses: [])]]
        #expect(throws: ProblemError.invalidStage(index: 0)) {
            try PlacementProblem(capacities: [1], items: items, stages: [.init(values: [[]])])
        }
        #expect(throws: ProblemError.invalidSupply(index: 0)) {
            try PlacementProblem(
                capacities: [1], items: items,
                supplies: [.init(resource: 0, amount: .infinity, cost: 1, limit: 1)])
        }
        #expect(throws: ProblemError.invalidStage(index: 0)) {
            try PlacementProblem(
                capacities: [1], items: items,
                supplies: [.init(resource: 0, amount: 1, cost: 1, limit: 1)],
                stages: [.init(values: [[1]])])
        }
    }
}
