import TangramPlacement
import TangramUnits
import Testing

@Suite("Placement strategies")
struct StrategyTests {
    @Test("every strategy keeps to capacities, and none beats the solver's bound")
    func withinBound() throws {
        var random = SeededGenerator(seed: 41)
        let strategies: [any PlacementStrategy] = [
            FirstFit(), DensestFirst(), PlacementSolver(iterationLimit: 60),
        ]
        for _ in 0..<200 {
            let problem = try randomProblem(&random, items: 8, options: 5, resources: 3)
            let solution = try PlacementSolver(iterationLimit: 60).solve(problem)
            for strategy in strategies {
                let objective = try problem.objective(of: strategy.choices(for: problem))
                #expect(
                    objective <= solution.bound + 1e-9 * max(1, solution.bound), "\(strategy.name)")
                #expect(objective <= solution.objective + 1e-9, "\(strategy.name)")
            }
        }
    }

    @Test("choices that break a capacity, name no option or do not match the items are refused")
    func refused() throws {
        let option = PlacementProblem.Option(value: 1, uses: [.init(resource: 0, amount: 2)])
        let problem = try PlacementProblem(capacities: [3], items: [[option], [option]])
        #expect(try problem.objective(of: [0, nil]) == 1)
        #expect(throws: ChoiceError.overCommitted(resource: 0, used: 4, capacity: 3)) {
            try problem.objective(of: [0, 0])
        }
        #expect(throws: ChoiceError.unknownOption(item: 1, option: 7)) {
            try problem.objective(of: [nil, 7])
        }
        #expect(throws: ChoiceError.wrongCount(choices: 1, items: 2)) {
            try problem.objective(of: [0])
        }
    }
}

@Suite("Time-shared problems")
struct TimeSharedTests {
    @Test("two jobs on two types, each twice as fast on its own, get one type each")
    func byHand() throws {
        let jobs = [
            TimeSharedJob(rates: [2, 1]), TimeSharedJob(rates: [1, 2]),
        ]
        // Each job's equal share makes 1.5 work per second, so a level of 2 ÷ 1.5.
        let problem = try TimeSharedPolicy.maxMinFairness.problem(jobs, capacities: [1, 1])
        let solution = TimeSharedSolver().solve(problem)
        #expect(abs(solution.objective - 2 / 1.5) < 1e-9)
        #expect(abs(solution.shares[0][0] - 1) < 1e-9 && abs(solution.shares[1][1] - 1) < 1e-9)
        // A gang of 4 on 2 devices of one type runs half of the time: 10 work at rate 4 takes 5 s.
        let gang = [TimeSharedJob(rates: [4], deviceCount: 4, remainingWork: 10)]
        let alone = try TimeSharedPolicy.makespan.problem(gang, capacities: [2])
        #expect(abs(1 / TimeSharedSolver().solve(alone).objective - 5) < 1e-9)
    }

    @Test("a least rate that no device gives makes the problem infeasible, and it says so")
    func infeasible() throws {
        let jobs = [TimeSharedJob(rates: [2], remainingWork: 10, timeLimit: 4)]
        let problem = try TimeSharedPolicy.throughput(prices: nil).problem(jobs, capacities: [1])
        #expect(!TimeSharedSolver().solve(problem).isFeasible)
        // Two jobs that need the whole device each.
        let two = [TimeSharedJob](
            repeating: TimeSharedJob(rates: [2], remainingWork: 10, timeLimit: 5), count: 2)
        let crowded = try TimeSharedPolicy.throughput(prices: nil).problem(two, capacities: [1])
        #expect(!TimeSharedSolver().solve(crowded).isFeasible)
        #expect(
            TimeSharedSolver().solve(
                try TimeSharedPolicy.throughput(prices: nil).problem(two, capacities: [2])
            ).isFeasible)
    }

    @Test("no random shares within capacities beat the bound, and the gap closes")
    func bound() throws {
        var random = SeededGenerator(seed: 5)
        let policies: [TimeSharedPolicy] = [
            .maxMinFairness, .leastAttained, .finishTimeFairness, .makespan,
            .throughput(prices: [1, 3, 2]),
        ]
        for round in 0..<400 {
            let count = Int.random(in: 1...6, using: &random)
            let jobs = (0..<count).map { _ in
                TimeSharedJob(
                    rates: (0..<3).map { _ in Double.random(in: 0.5...4, using: &random) },
                    deviceCount: Double(Int.random(in: 1...4, using: &random)),
                    weight: Double(Int.random(in: 1...3, using: &random)),
                    remainingWork: Double.random(in: 1...9, using: &random),
                    elapsed: Double.random(in: 0...5, using: &random))
            }
            let capacities = (0..<3).map { _ in Double(Int.random(in: 1...4, using: &random)) }
            let problem = try policies[round % policies.count].problem(jobs, capacities: capacities)
            let solution = TimeSharedSolver().solve(problem)
            #expect(solution.gap <= 1e-7, "gap \(solution.gap)")
            for _ in 0..<20 {
                var shares = jobs.map { _ in
                    (0..<3).map { _ in Double.random(in: 0...1, using: &random) }
                }
                var worst = 1.0
                for item in shares.indices { worst = max(worst, shares[item].reduce(0, +)) }
                for type in 0..<3 {
                    let used = jobs.indices.reduce(0) {
                        $0 + shares[$1][type] * jobs[$1].deviceCount
                    }
                    worst = max(worst, used / capacities[type])
                }
                for item in shares.indices { shares[item] = shares[item].map { $0 / worst } }
                var objective = problem.goal == .level ? Double.infinity : 0
                for (item, own) in shares.enumerated() {
                    let options = problem.items[item].options
                    switch problem.goal {
                    case .total: objective += zip(own, options).reduce(0) { $0 + $1.0 * $1.1.value }
                    case .level:
                        let rate = zip(own, options).reduce(0) { $0 + $1.0 * $1.1.rate }
                        objective = min(objective, problem.items[item].level(atRate: rate))
                    }
                }
                #expect(objective <= solution.bound * (1 + 1e-9))
            }
        }
    }
}
