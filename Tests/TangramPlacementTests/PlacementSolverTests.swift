import TangramPlacement
import TangramUnits
import TangramWorkers
import Testing

/// A random problem: items with options that use one or two of the resources.
func randomProblem(
    _ random: inout SeededGenerator, items: Int, options: Int, resources: Int
) throws -> PlacementProblem {
    let capacities = (0..<resources).map { _ in Double(Int.random(in: 0...16, using: &random)) }
    let menus = (0..<items).map { _ in
        (0..<Int.random(in: 0...options, using: &random)).map { _ in
            let first = Int.random(in: 0..<resources, using: &random)
            let second = Int.random(in: 0..<resources, using: &random)
            var uses = [
                PlacementProblem.Use(
                    resource: first, amount: Double(Int.random(in: 0...8, using: &random)))
            ]
            if second != first && Bool.random(using: &random) {
                uses.append(
                    PlacementProblem.Use(
                        resource: second, amount: Double(Int.random(in: 0...8, using: &random))))
            }
            return PlacementProblem.Option(
                value: Double.random(in: -0.5...4, using: &random), uses: uses)
        }
    }
    return try PlacementProblem(capacities: capacities, items: menus)
}

/// The best objective by trying everything.
func bruteForce(_ problem: PlacementProblem) -> Double {
    var free = problem.capacities
    func best(_ item: Int) -> Double {
        guard item < problem.items.count else { return 0 }
        var result = best(item + 1)
        for option in problem.items[item] {
            guard option.uses.allSatisfy({ $0.amount <= free[$0.resource] }) else { continue }
            for use in option.uses { free[use.resource] -= use.amount }
            result = max(result, option.value + best(item + 1))
            for use in option.uses { free[use.resource] += use.amount }
        }
        return result
    }
    return best(0)
}

/// Whether choices keep to capacities and add up to the objective.
func isConsistent(_ solution: PlacementSolution, _ problem: PlacementProblem) -> Bool {
    var used = [Double](repeating: 0, count: problem.capacities.count)
    var value = 0.0
    for (item, choice) in solution.choices.enumerated() {
        guard let choice else { continue }
        guard problem.items[item].indices.contains(choice) else { return false }
        let option = problem.items[item][choice]
        value += option.value
        for use in option.uses { used[use.resource] += use.amount }
    }
    return zip(used, problem.capacities).allSatisfy { $0 <= $1 + 1e-9 }
        && abs(value - solution.objective) <= 1e-9 * max(1, abs(value))
}

@Suite("Placement solver")
struct PlacementSolverTests {
    @Test("plan ≤ brute-force optimum ≤ bound on 1,000 random problems, with and without branching")
    func bruteForceBetweenPlanAndBound() throws {
        var random = SeededGenerator(seed: 20_261_124)
        for _ in 0..<1_000 {
            let problem = try randomProblem(
                &random, items: Int.random(in: 0...6, using: &random), options: 4,
                resources: Int.random(in: 1...4, using: &random))
            let optimum = bruteForce(problem)
            for nodeLimit in [0, 100_000] {
                let solution = try PlacementSolver(iterationLimit: 60, nodeLimit: nodeLimit)
                    .solve(problem)
                #expect(isConsistent(solution, problem))
                #expect(solution.objective <= optimum + 1e-9)
                #expect(optimum <= solution.bound + 1e-6 * max(1, optimum))
                if nodeLimit > 0 {
                    #expect(abs(solution.objective - optimum) <= 1e-6 * max(1, optimum))
                }
            }
        }
    }

    @Test("the bound is within 1 % of the plan on 300 items that share 5 resources")
    func mediumGap() throws {
        var random = SeededGenerator(seed: 7)
        let capacities = [400.0, 300, 200, 100, 250]
        let menus = (0..<300).map { _ in
            (0..<12).map { _ in
                let amount = Double(Int.random(in: 1...16, using: &random))
                return PlacementProblem.Option(
                    value: amount.squareRoot() * Double.random(in: 0.5...1.5, using: &random),
                    uses: [
                        .init(resource: Int.random(in: 0..<5, using: &random), amount: amount)
                    ])
            }
        }
        let problem = try PlacementProblem(capacities: capacities, items: menus)
        let solution = try PlacementSolver().solve(problem)
        #expect(isConsistent(solution, problem))
        #expect(solution.gap <= 0.01, "gap \(solution.gap)")
    }

    @Test("the number of workers does not change the solution")
    func deterministic() throws {
        var random = SeededGenerator(seed: 3)
        let problem = try randomProblem(&random, items: 200, options: 20, resources: 4)
        let serial = try PlacementSolver(nodeLimit: 0).solve(problem)
        for count in [2, 3, 7] {
            let parallel = try PlacementSolver(
                workers: ThreadWorkers(count: count), nodeLimit: 0
            ).solve(problem)
            #expect(parallel.choices == serial.choices)
            #expect(parallel.bound == serial.bound)
            #expect(parallel.prices == serial.prices)
        }
    }

    @Test("more capacity never lowers the proven optimum")
    func monotone() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<100 {
            let problem = try randomProblem(&random, items: 5, options: 4, resources: 2)
            let larger = try PlacementProblem(
                capacities: problem.capacities.map { $0 + 2 }, items: problem.items)
            let before = try PlacementSolver(iterationLimit: 40).solve(problem)
            let after = try PlacementSolver(iterationLimit: 40).solve(larger)
            #expect(after.objective >= before.objective - 1e-9)
        }
    }

    @Test("numbers that make no problem are refused, naming the place")
    func refused() {
        func message(
            _ capacities: [Double], _ option: PlacementProblem.Option
        ) -> String {
            do {
                _ = try PlacementProblem(capacities: capacities, items: [[option]])
                return ""
            } catch {
                return error.description
            }
        }
        let use = PlacementProblem.Use(resource: 0, amount: 1)
        #expect(message([.nan], .init(value: 1, uses: [use])).contains("capacity nan"))
        #expect(message([-1], .init(value: 1, uses: [use])).contains("capacity -1.0"))
        #expect(message([1], .init(value: .infinity, uses: [use])).contains("value inf"))
        #expect(
            message([1], .init(value: 1, uses: [.init(resource: 3, amount: 1)]))
                .contains("no resource 3"))
        #expect(
            message([1], .init(value: 1, uses: [.init(resource: 0, amount: -2)]))
                .contains("amount -2.0"))
        #expect(
            message([1], .init(value: 1, uses: Array(repeating: use, count: 15)))
                .contains("at most 14"))
    }

    @Test("of options worth the same, the first that fits is taken")
    func firstOfEquals() throws {
        let cheap = PlacementProblem.Option(value: 1, uses: [.init(resource: 0, amount: 3)])
        let dear = PlacementProblem.Option(value: 1, uses: [.init(resource: 1, amount: 1)])
        let problem = try PlacementProblem(
            capacities: [3, 5], items: [[cheap, dear], [cheap, dear]])
        let solution = try PlacementSolver().solve(problem)
        #expect(solution.objective == 2)
        #expect(Set(solution.choices) == [0, 1])
    }

    @Test("no items and no capacity give an empty plan with a bound of 0")
    func empty() throws {
        let nothing = try PlacementSolver().solve(PlacementProblem(capacities: [], items: []))
        #expect(nothing.objective == 0 && nothing.bound == 0)
        let full = try PlacementSolver().solve(
            PlacementProblem(
                capacities: [0],
                items: [[.init(value: 1, uses: [.init(resource: 0, amount: 1)])]]))
        #expect(full.choices == [nil] && full.bound == 0)
    }
}
