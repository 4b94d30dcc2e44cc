import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("What goes in comes out")
struct ConservationTests {
    static let pools = [
        SimulatedPool(
            name: "fast", deviceCount: 16, devicesPerNode: 4, dollarsPerDeviceHour: 2,
            meanHoursBetweenFailures: 40, meanHoursToRepair: 2, storageBytesPerSecond: 1e9),
        SimulatedPool(name: "slow", deviceCount: 24, devicesPerNode: 8, dollarsPerDeviceHour: 0.5),
    ]

    static func jobs(seed: UInt64, count: Int = 60) -> [SimulatedJob] {
        var generator = SeededGenerator(seed: seed)
        var time = 0.0
        return (0..<count).map { index in
            time += generator.exponential(mean: 400)
            let gang = [1, 1, 2, 4, 8][generator.index(below: 5)]
            let fast = Double(gang) * (1 + generator.unit())
            return SimulatedJob(
                id: "\(index)", arrivalSeconds: time, work: 1_000 + 30_000 * generator.unit(),
                options: [
                    RunOption(pool: 0, deviceCount: gang, rate: fast),
                    RunOption(pool: 1, deviceCount: gang, rate: fast / 3),
                ], checkpointBytes: 2e10)
        }
    }

    static let strategies: [any SchedulingStrategy] = [
        ListStrategy.fifo(), ListStrategy.firstFit(), ListStrategy.bestFit(),
        ListStrategy.fragmentationGradient(), ListStrategy.shortestRemainingTime(),
        ListStrategy.leastAttained(), ListStrategy.themis(), ListStrategy.random(seed: 3),
        ListStrategy.shortestRemainingTime().blind(seed: 1), GavelStrategy.maxMinFairness(),
        GavelStrategy.finishTimeFairness(), GavelStrategy.makespan(),
        GavelStrategy.cost(prices: [2, 0.5]), GavelStrategy.fifo(),
        ReplanningStrategy(movesPerJob: 2, playsRules: false), RolloutStrategy(),
        ReplanningStrategy(goal: .makespan, movesPerJob: 2),
        GavelStrategy.exactMakespan(roundSeconds: 360),
    ]

    @Test(
        "work done is work asked, and no device-second is used twice",
        arguments: strategies.indices, [true, false])
    func conservation(index: Int, isRound: Bool) throws {
        let simulator = try Simulator(
            pools: Self.pools,
            events: PoolEvent.maintenance(pool: 1, devices: 8, from: 3_000, until: 9_000),
            settings: .init(timing: isRound ? .rounds(seconds: 360) : .events(minimumSeconds: 0)))
        let jobs = Self.jobs(seed: 7)
        let result = try simulator.run(JobList(jobs), strategy: Self.strategies[index])
        #expect(result.completedCount == jobs.count)
        #expect(abs(result.doneDeviceSeconds / result.askedDeviceSeconds - 1) < 1e-9)
        for pool in result.pools {
            #expect(pool.usedDeviceSeconds <= pool.presentDeviceSeconds * (1 + 1e-9))
        }
        // Every fast device-second does as much as any, so the work bounds what is used.
        let used = result.pools.reduce(0) { $0 + $1.usedDeviceSeconds }
        #expect(used >= result.askedDeviceSeconds * (1 - 1e-9))
        #expect(result.makespanSeconds >= (jobs.last?.arrivalSeconds ?? 0))
    }

    @Test("the same seed gives the same run, another seed other failures")
    func determinism() throws {
        func run(_ seed: UInt64) throws -> SimulationResult {
            try Simulator(pools: Self.pools, settings: .init(seed: seed)).run(
                JobList(Self.jobs(seed: 1)), strategy: ListStrategy.shortestRemainingTime())
        }
        let (first, again, other) = (try run(5), try run(5), try run(6))
        #expect(first.completionTimes.mean == again.completionTimes.mean)
        #expect(first.failureCount == again.failureCount)
        #expect(first.completionTimes.mean != other.completionTimes.mean)
    }

    @Test("what failures destroy is done again")
    func failures() throws {
        var pool = Self.pools[0]
        pool.meanHoursBetweenFailures = 6
        let result = try Simulator(pools: [pool]).run(
            JobList([
                SimulatedJob(
                    id: "long", arrivalSeconds: 0, work: 400_000,
                    options: [RunOption(pool: 0, deviceCount: 8, rate: 1)],
                    checkpointBytes: 1e10)
            ]), strategy: ListStrategy.fifo())
        #expect(result.failureCount > 0)
        let held = result.pools[0].usedDeviceSeconds
        let explained =
            result.doneDeviceSeconds + result.lostDeviceSeconds + result.overheadDeviceSeconds
        #expect(abs(held / explained - 1) < 1e-9)
    }

    @Test("a job that is stopped pays for loading its checkpoint")
    func preemption() throws {
        let pool = SimulatedPool(name: "a", deviceCount: 1, storageBytesPerSecond: 10)
        func job(_ id: String, at: Double, work: Double) -> SimulatedJob {
            SimulatedJob(
                id: id, arrivalSeconds: at, work: work,
                options: [RunOption(pool: 0, deviceCount: 1, rate: 1)], checkpointBytes: 10)
        }
        let result = try Simulator(pools: [pool], settings: .init(spanLimit: 9)).run(
            JobList([job("long", at: 0, work: 100), job("short", at: 40, work: 10)]),
            strategy: ListStrategy.shortestRemainingTime())
        // 40 s, then 10 s of the other, then 1 s of loading and the 60 s that are left.
        #expect(result.makespanSeconds == 111)
        #expect(result.preemptionCount == 1)
        #expect(result.spans.map(\.end) == [40, 50, 111])
    }

    @Test("a job that ends within a round ends then, though another arrived before")
    func endWithinRound() throws {
        func job(_ id: String, at: Double, work: Double) -> SimulatedJob {
            SimulatedJob(
                id: id, arrivalSeconds: at, work: work,
                options: [RunOption(pool: 0, deviceCount: 1, rate: 1)])
        }
        let result = try Simulator(
            pools: [SimulatedPool(name: "a", deviceCount: 3)],
            settings: .init(timing: .rounds(seconds: 360))
        ).run(
            JobList([
                job("short", at: 0, work: 100), job("long", at: 0, work: 360),
                job("late", at: 50, work: 40),
            ]), strategy: ListStrategy.fifo())
        // The late one waits for the next round, which starts at 360 s.
        #expect(result.completionTimes.sum == 100 + 360 + 350)
        #expect(result.pools[0].usedDeviceSeconds == 500)
    }

    @Test("a job that arrives after shares were made waits for new ones, not for ever")
    func emptyRounds() throws {
        func job(_ id: String, at: Double) -> SimulatedJob {
            SimulatedJob(
                id: id, arrivalSeconds: at, work: 360,
                options: [RunOption(pool: 0, deviceCount: 1, rate: 1)])
        }
        let result = try Simulator(
            pools: [SimulatedPool(name: "a", deviceCount: 1)],
            settings: .init(timing: .rounds(seconds: 360))
        ).run(
            JobList([job("first", at: 1), job("last", at: 100)]),
            strategy: GavelStrategy.fifo())
        // Shares of the second are made at the first round that starts 1,920 s after those of the first.
        let last = 1.0 + 6 * 360 + 360
        #expect(result.completionTimes.sum == 360 + (last - 100))
    }

    @Test("a strategy that takes more than there is, is told so")
    func overCommitment() throws {
        struct Greedy: SchedulingStrategy {
            let name = "greedy"
            let source = "a test"
            let knowsWork = false
            func decide(_ state: ClusterState) -> [Int?] { state.jobs.map { _ in 0 } }
        }
        let simulator = try Simulator(pools: Self.pools)
        #expect(throws: SimulationError.self) {
            try simulator.run(JobList(Self.jobs(seed: 2)), strategy: Greedy())
        }
    }
}
