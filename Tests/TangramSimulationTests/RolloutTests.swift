import Synchronization
import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Rules played to their ends, and guesses of lengths")
struct RolloutTests {
    /// A strategy that does what a rule says at every event.
    private struct Follower: SchedulingStrategy {
        let name = "follower"
        let source = "a test"
        let knowsWork = true
        let rule: Rollout.Rule
        func decide(_ state: ClusterState) -> [Int?] { Rollout(state).first(rule) }
    }

    private static let pools = [
        SimulatedPool(name: "fast", deviceCount: 3), SimulatedPool(name: "slow", deviceCount: 4),
    ]

    private static func jobs(_ seed: Int) -> [SimulatedJob] {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 77)
        return (0..<12).map { index in
            let gang = 1 + generator.index(below: 2)
            return SimulatedJob(
                id: "\(index)", arrivalSeconds: 0, work: 100 + 900 * generator.unit(),
                options: [
                    RunOption(pool: 0, deviceCount: gang, rate: 1 + 2 * generator.unit()),
                    RunOption(pool: 1, deviceCount: gang, rate: 1),
                ])
        }
    }

    private static func state(_ jobs: [SimulatedJob]) -> ClusterState {
        var state = ClusterState(
            seconds: 0, deviceCounts: pools.map(\.deviceCount), usedDevices: [0, 0], pools: pools,
            dollarsPerDeviceHour: [0, 0], jobs: [])
        for (index, job) in jobs.enumerated() {
            state.jobs.append(JobState(index: index, job: job, poolCount: 2))
        }
        return state
    }

    @Test("what a rule is played to is what the simulator makes of it", arguments: 0..<6)
    func play(seed: Int) throws {
        let jobs = Self.jobs(seed)
        for length in [0, 0.5, 1] {
            let rule = Rollout.Rule(length: length, speed: 2)
            let outcome = try #require(Rollout(Self.state(jobs)).play(rule))
            let result = try Simulator(pools: Self.pools).run(
                JobList(jobs), strategy: Follower(rule: rule))
            #expect(abs(outcome.total / result.completionTimes.sum - 1) < 1e-6)
        }
    }

    @Test("the search is never worse than the best of its rules, all jobs being there")
    func search() throws {
        for seed in 0..<6 {
            let jobs = Self.jobs(seed)
            let simulator = try Simulator(pools: Self.pools)
            let ours = try simulator.run(JobList(jobs), strategy: RolloutStrategy())
            for length in [0, 0.5] {
                for speed in [1.0, 2, 4] {
                    let rule = Rollout.Rule(length: length, speed: speed)
                    let other = try simulator.run(
                        JobList(jobs), strategy: Follower(rule: rule))
                    #expect(
                        ours.completionTimes.sum <= other.completionTimes.sum * (1 + 1e-9),
                        "\(seed): \(rule)")
                }
            }
        }
    }

    @Test("a job goes over to the faster pool when that becomes free")
    func upgrade() throws {
        // The one that gains more by it has the fast pool until 10 s; the other has then done 10 of 100
        // units and does the rest twice as fast.
        func job(_ id: String, work: Double, fast: Double) -> SimulatedJob {
            SimulatedJob(
                id: id, arrivalSeconds: 0, work: work,
                options: [
                    RunOption(pool: 0, deviceCount: 3, rate: fast),
                    RunOption(pool: 1, deviceCount: 4, rate: 1),
                ])
        }
        let result = try Simulator(pools: Self.pools).run(
            JobList([job("a", work: 50, fast: 5), job("b", work: 100, fast: 2)]),
            strategy: ReplanningStrategy())
        #expect(result.completionTimes.sum == 10 + 55)
    }

    /// A strategy that notes what it is told is left.
    private struct Listener: SchedulingStrategy {
        let name = "listener"
        let source = "a test"
        let knowsWork = true
        let heard: @Sendable (ClusterState) -> Void
        func decide(_ state: ClusterState) -> [Int?] {
            heard(state)
            return state.jobs.map { _ in 0 }
        }
    }

    @Test("guesses are Kaplan and Meier's mean residual life, by hand")
    func residualLife() throws {
        // One device each. Jobs of 1 and 3 hours are done by the time that a fourth comes; the third has
        // run for 4 hours. One of three ended at 1 h, one of two at 3 h.
        func job(_ id: String, at: Double, hours: Double) -> SimulatedJob {
            SimulatedJob(
                id: id, arrivalSeconds: at * 3_600, work: hours * 3_600,
                options: [RunOption(pool: 0, deviceCount: 1, rate: 1)])
        }
        let guesses = Guesses()
        let listener = Listener { state in
            guard state.seconds == 4 * 3_600 else { return }
            for job in state.jobs { guesses.note(job.job.id, job.remainingWork / 3_600) }
        }
        _ = try Simulator(pools: [SimulatedPool(name: "a", deviceCount: 4)]).run(
            JobList([
                job("one", at: 0, hours: 1), job("three", at: 0, hours: 3),
                job("long", at: 0, hours: 20), job("new", at: 4, hours: 2),
            ]), strategy: GuessingStrategy(listener, name: "guess"))
        // The new job: 1 h, then 2 h for two of three, then for one in three (of them) as much as 3 h. The
        // new one itself has run for no time and counts in no hazard.
        let fresh = 1 + 2.0 / 3 * 2 + 2.0 / 3 * 0.5 * 3
        #expect(abs((guesses["new"] ?? 0) - fresh) < 1e-9)
        // The long one has outlived all: as much again as it has done.
        #expect(abs((guesses["long"] ?? 0) - 4) < 1e-9)
    }
}

private final class Guesses: Sendable {
    private let values = Mutex<[String: Double]>([:])
    func note(_ name: String, _ hours: Double) { values.withLock { $0[name] = hours } }
    subscript(name: String) -> Double? { values.withLock { $0[name] } }
}
