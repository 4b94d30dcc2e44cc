import TangramPlacement
import TangramUnits
import Testing

@Suite("Solver beside HiGHS")
struct RefereeTests {
    /// 30 jobs on 6 pools of a few nodes each: sizes of whole and part nodes, speed-ups that fall off.
    private func instance(_ seed: UInt64, jobs: Int = 30, pools: Int = 6) throws -> PlacementProblem
    {
        var random = SeededGenerator(seed: seed)
        let speed = (0..<pools).map { _ in Double.random(in: 0.5...2, using: &random) }
        let items = (0..<jobs).map { _ -> [PlacementProblem.Option] in
            let weight = Double.random(in: 1...5, using: &random)
            let knee = Double.random(in: 4...40, using: &random)
            return (0..<pools).flatMap { pool -> [PlacementProblem.Option] in
                let affinity = Double.random(in: 0.6...1.4, using: &random)
                return [1.0, 2, 4, 8, 16, 24, 32].map { size in
                    .init(
                        value: weight * min(1, speed[pool] * affinity * size / (knee + size / 8)),
                        uses: [.init(resource: pool, amount: size)])
                }
            }
        }
        return try PlacementProblem(
            capacities: (0..<pools).map { _ in 8 * Double(Int.random(in: 2...8, using: &random)) },
            items: items)
    }

    @Test("30 jobs on 6 pools are closed to the optimum that HiGHS proves", arguments: 1...3)
    func closed(_ seed: UInt64) throws {
        guard let referee = HiGHS.shared else { return }
        let problem = try instance(seed)
        let optimum = try #require(referee.optimum(problem))
        let solution = try PlacementSolver().solve(problem)
        #expect(solution.gap <= 1e-8, "gap \(solution.gap) after \(solution.nodeCount) nodes")
        // HiGHS stops at a relative gap of 1e-4.
        #expect(solution.objective >= optimum * (1 - 1e-8))
        #expect(solution.objective <= optimum * (1 + 1e-4))
    }

    @Test("without branching the bound is that of the linear relaxation")
    func relaxation() throws {
        guard let referee = HiGHS.shared else { return }
        for seed in UInt64(20)..<26 {
            let problem = try instance(seed)
            let relaxed = try #require(referee.optimum(problem, isRelaxed: true))
            let solution = try PlacementSolver(nodeLimit: 0).solve(problem)
            #expect(abs(solution.bound / relaxed - 1) <= 1e-6, "\(solution.bound), \(relaxed)")
        }
    }

    @Test("on 300 random small problems ours is the optimum of HiGHS")
    func small() throws {
        guard let referee = HiGHS.shared else { return }
        var random = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            let problem = try randomProblem(&random, items: 8, options: 5, resources: 4)
            let optimum = try #require(referee.optimum(problem))
            let solution = try PlacementSolver().solve(problem)
            #expect(abs(solution.objective - optimum) <= 1e-4 * max(1, optimum))
            #expect(solution.objective >= optimum - 1e-6)
        }
    }
}
