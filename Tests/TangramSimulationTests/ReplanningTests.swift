import Foundation
import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Plans made anew at events")
struct ReplanningTests {
    static let folder = GavelFolder.find()

    /// Average completion times in hours that are to be met: the best of Gavel's policies and greedy
    /// shortest remaining time.
    static let goals: [(trace: String, hours: Double, moves: Int, playsRules: Bool)] = [
        // The plan alone: a hundred jobs at once take rules a minute in a debug build.
        ("p1_static_100_minimize_makespan", 7.28, 8, false),
        ("p2_cont_96_max_min_fairness", 3.58, 10, true),
        ("g1_cont_single_200_lam900_seed0", 2.60, 10, true),
    ]

    @Test(
        "without knowing how long jobs take, ours is ahead of Sia", .enabled(if: folder != nil),
        arguments: ["p2_cont_96_max_min_fairness", "g1_cont_single_200_lam900_seed0"])
    func withoutLengths(trace: String) throws {
        guard let folder = Self.folder, let expected = try folder.expected(trace, "fifo_perf")
        else { return }
        let jobs = try folder.jobs(trace, expected)
        let pools = folder.pools(expected)
        let ours = GuessingStrategy(RolloutStrategy(), name: "ours")
        #expect(!ours.knowsWork)
        let own = try Simulator(pools: pools).run(JobList(jobs), strategy: ours)
        let sia = try Simulator(pools: pools, settings: .init(timing: .rounds(seconds: 60))).run(
            JobList(jobs), strategy: SiaStrategy())
        #expect(own.completedCount == jobs.count)
        #expect(own.completionTimes.mean < sia.completionTimes.mean)
    }

    @Test(
        "jobs are done sooner than by any other strategy", .enabled(if: folder != nil),
        arguments: goals.indices)
    func completionTime(index: Int) throws {
        let (trace, hours, moves, playsRules) = Self.goals[index]
        guard let folder = Self.folder, let expected = try folder.expected(trace, "fifo_perf")
        else { return }
        let simulator = try Simulator(pools: folder.pools(expected))
        let jobs = try folder.jobs(trace, expected)
        let ours = try simulator.run(
            JobList(jobs), strategy: ReplanningStrategy(movesPerJob: moves, playsRules: playsRules))
        let greedy = try simulator.run(
            JobList(jobs), strategy: ListStrategy.shortestRemainingTime())
        #expect(ours.completedCount == jobs.count)
        #expect(ours.completionTimes.mean / 3_600 <= hours)
        #expect(ours.completionTimes.mean < greedy.completionTimes.mean)
    }

    @Test("the makespan is within 1 % of the bound of the relaxation", .enabled(if: folder != nil))
    func makespan() throws {
        let trace = "p1_static_100_minimize_makespan"
        guard let folder = Self.folder, let expected = try folder.expected(trace, "fifo_perf")
        else { return }
        let bounds = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.url.appending(path: "lower_bounds.json")))
        let entry = (bounds as? [String: [String: Any]])?["\(trace).trace"]
        let hours = try #require(entry?["makespan_lower_bound_lp_h"] as? Double)
        let simulator = try Simulator(
            pools: folder.pools(expected), settings: .init(timing: .rounds(seconds: 240)))
        let result = try simulator.run(
            JobList(folder.jobs(trace, expected)),
            strategy: GavelStrategy.exactMakespan(roundSeconds: 240))
        #expect(result.makespanSeconds >= hours * 3_600 * (1 - 1e-6))
        #expect(result.makespanSeconds <= hours * 3_600 * 1.01)
    }

    @Test("a handful of jobs is ordered as well as by trying all orders", arguments: 0..<6)
    func bruteForce(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let works = (0..<6).map { _ in 100 + 900 * generator.unit() }
        let jobs = works.enumerated().map { index, work in
            SimulatedJob(
                id: "\(index)", arrivalSeconds: 0, work: work,
                options: [
                    RunOption(pool: 0, deviceCount: 1, rate: 1 + generator.unit()),
                    RunOption(pool: 1, deviceCount: 1, rate: 1 + generator.unit()),
                ])
        }
        // On one device each, in order of time: every division of the jobs between the two.
        var best = Double.infinity
        for mask in 0..<(1 << jobs.count) {
            var total = 0.0
            for pool in 0..<2 {
                let times = jobs.indices.filter { (mask >> $0) & 1 == pool }.map {
                    jobs[$0].work / jobs[$0].options[pool].rate
                }.sorted()
                var clock = 0.0
                for time in times {
                    clock += time
                    total += clock
                }
            }
            best = min(best, total)
        }
        let pools = [
            SimulatedPool(name: "a", deviceCount: 1), SimulatedPool(name: "b", deviceCount: 1),
        ]
        let result = try Simulator(pools: pools).run(
            JobList(jobs), strategy: ReplanningStrategy(movesPerJob: 100))
        // Migration may do better than any division.
        #expect(result.completionTimes.sum <= best * (1 + 1e-9))
    }
}
