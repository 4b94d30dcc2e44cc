import Synchronization
import TangramPlacement
import TangramUnits
import Testing

/// A problem of `count` items with 12 options each on 5 resources.
func mediumProblem(_ count: Int, seed: UInt64) throws -> PlacementProblem {
    var random = SeededGenerator(seed: seed)
    let menus = (0..<count).map { _ in
        (0..<12).map { _ in
            let amount = Double(Int.random(in: 1...16, using: &random))
            return PlacementProblem.Option(
                value: amount.squareRoot() * Double.random(in: 0.5...1.5, using: &random),
                uses: [.init(resource: Int.random(in: 0..<5, using: &random), amount: amount)])
        }
    }
    return try PlacementProblem(
        capacities: [4.0, 3, 2, 1, 2.5].map { ($0 * Double(count) / 3).rounded() }, items: menus)
}

@Suite("Limits on time and cancellation")
struct AnytimeTests {
    @Test("a search that is cancelled at once gives choices within a valid bound, and says so")
    func cancelled() throws {
        let problem = try mediumProblem(60, seed: 4)
        let full = try PlacementSolver().solve(problem)
        let cut = try PlacementSolver().solve(
            problem, control: SolveControl(isCancelled: { true }))
        #expect(full.isComplete && !cut.isComplete)
        #expect(try problem.objective(of: cut.choices) == cut.objective)
        #expect(cut.objective <= full.objective + 1e-9)
        #expect(full.objective <= cut.bound + 1e-9)
    }

    @Test("a search that is cancelled later is no worse than one that was cancelled before")
    func later() throws {
        let problem = try mediumProblem(60, seed: 5)
        var objectives: [Double] = []
        for limit in [1, 20, 200] {
            let calls = Mutex(0)
            let solution = try PlacementSolver().solve(
                problem,
                control: SolveControl(isCancelled: {
                    calls.withLock { calls in
                        calls += 1
                        return calls > limit
                    }
                }))
            objectives.append(solution.objective)
        }
        #expect(objectives == objectives.sorted())
    }

    @Test("progress tells bounds that hold, the best objective never falling")
    func progress() throws {
        let steps = Mutex<[SolveProgress]>([])
        let problem = try mediumProblem(200, seed: 6)
        let solution = try PlacementSolver().solve(
            problem, control: SolveControl(progress: { step in steps.withLock { $0.append(step) } })
        )
        let seen = steps.withLock { $0 }
        #expect(!seen.isEmpty)
        for (step, next) in zip(seen, seen.dropFirst()) {
            #expect(step.objective <= next.objective + 1e-9)
        }
        #expect(seen.allSatisfy { $0.bound >= solution.objective - 1e-9 })
    }
}

@Suite("Placement sessions")
struct PlacementSessionTests {
    @Test("after each of 60 events choices keep to capacities and to a bound that holds")
    func events() throws {
        var random = SeededGenerator(seed: 31)
        let problem = try mediumProblem(80, seed: 9)
        let solver = PlacementSolver(iterationLimit: 100, nodeLimit: 0)
        var session = try #require(
            PlacementSession(problem, solution: try solver.solve(problem)))
        let spare = try mediumProblem(60, seed: 10)
        for round in 0..<60 {
            switch round % 3 {
            case 0: try session.add(spare.items[round])
            case 1: session.remove(Int.random(in: 0..<80, using: &random))
            default:
                let resource = Int.random(in: 0..<5, using: &random)
                let now = session.problem.capacities[resource]
                try session.setCapacity(
                    max(0, now + Double(Int.random(in: -8...8, using: &random))), of: resource)
            }
            let reached = try session.problem.objective(of: session.choices)
            #expect(abs(reached - session.objective) <= 1e-9 * max(1, reached))
            #expect(reached <= session.bound * (1 + 1e-9))
            if round % 10 == 9 {
                let fresh = try solver.solve(session.problem)
                #expect(fresh.objective <= session.bound * (1 + 1e-9))
                #expect(session.objective >= fresh.objective * 0.95)
            }
        }
    }

    @Test("numbers that make no item or no capacity are refused and change nothing")
    func refused() throws {
        let problem = try mediumProblem(10, seed: 2)
        var session = try #require(
            PlacementSession(problem, solution: try PlacementSolver().solve(problem)))
        let before = session.objective
        #expect(throws: ProblemError.self) {
            try session.add([.init(value: .nan, uses: [])])
        }
        #expect(throws: ProblemError.self) { try session.setCapacity(-.infinity, of: 0) }
        #expect(throws: ProblemError.self) { try session.setCapacity(3, of: 99) }
        #expect(session.objective == before && session.problem.items.count == 10)
    }
}
