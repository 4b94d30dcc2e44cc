import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Jobs over several pools at once")
struct SeveralPoolsTests {
    static let pools = [
        SimulatedPool(name: "a", deviceCount: 4, devicesPerNode: 4, dollarsPerDeviceHour: 2),
        SimulatedPool(name: "b", deviceCount: 4, devicesPerNode: 2, dollarsPerDeviceHour: 1),
    ]

    static func wide(_ id: String, at: Double = 0, work: Double) -> SimulatedJob {
        SimulatedJob(
            id: id, arrivalSeconds: at, work: work,
            options: [
                RunOption(
                    pool: 0, deviceCount: 4, rate: 2,
                    others: [PoolShare(pool: 1, deviceCount: 4, unit: 2)])
            ])
    }

    static func narrow(_ id: String, at: Double = 0, work: Double, pool: Int) -> SimulatedJob {
        SimulatedJob(
            id: id, arrivalSeconds: at, work: work,
            options: [RunOption(pool: pool, deviceCount: 2, rate: 1)])
    }

    @Test("a job holds and pays for devices of all its pools, and waits until all are free")
    func hand() throws {
        let jobs = [
            Self.narrow("short", work: 100, pool: 1), Self.wide("wide", at: 10, work: 1_000),
        ]
        let result = try Simulator(pools: Self.pools, settings: .init(spanLimit: 9)).run(
            JobList(jobs), strategy: ListStrategy.fifo())
        // 100 s, then 1,000 units at 2 a second on eight devices.
        #expect(result.makespanSeconds == 600)
        #expect(result.pools.map(\.usedDeviceSeconds) == [2_000, 2_200])
        let dollars = 2_000 / 3_600.0 * 2 + 2_200 / 3_600.0
        #expect(abs(result.dollars - dollars) < 1e-9)
        #expect(result.askedDeviceSeconds == 2 * 100 + 8 * 500)
        #expect(result.spans.filter { $0.jobIndex == 1 }.map(\.pool) == [0, 1])
    }

    @Test("every strategy runs them, and work done is work asked")
    func all() throws {
        var generator = SeededGenerator(seed: 8)
        var time = 0.0
        let jobs = (0..<24).map { index -> SimulatedJob in
            time += generator.exponential(mean: 300)
            let work = 200 + 2_000 * generator.unit()
            return index % 4 == 1
                ? Self.wide("\(index)", at: time, work: work)
                : Self.narrow("\(index)", at: time, work: work, pool: index % 2)
        }
        let comparison = try StrategyComparison(pools: Self.pools, jobs: { _ in jobs })
        for row in comparison.rows {
            #expect(row.failure == nil, "\(row.strategy): \(row.failure ?? "")")
            let result = try #require(row.results.first)
            #expect(result.completedCount == 24, "\(row.strategy)")
            #expect(abs(result.doneDeviceSeconds / result.askedDeviceSeconds - 1) < 1e-9)
            for pool in result.pools {
                #expect(pool.usedDeviceSeconds <= pool.presentDeviceSeconds * (1 + 1e-9))
            }
        }
    }

    @Test("the speed of a job over two pools is that of the slower, and either failing stops it")
    func conditions() throws {
        let result = try Simulator(
            pools: Self.pools,
            events: [
                PoolEvent(seconds: 100, pool: 1, change: .speed(0.5)),
                PoolEvent(seconds: 200, pool: 1, change: .speed(1)),
                PoolEvent(seconds: 300, pool: 1, change: .devices(-2)),
                PoolEvent(seconds: 400, pool: 1, change: .devices(2)),
            ]
        ).run(JobList([Self.wide("wide", work: 1_000)]), strategy: ListStrategy.fifo())
        // 200 + 100 + 200 units until 300 s, nothing for 100 s, then 500 units at 2 a second.
        #expect(result.makespanSeconds == 650)
        #expect(result.preemptionCount == 1)
    }

    @Test("an option that names a pool twice is refused")
    func twice() throws {
        let job = SimulatedJob(
            id: "odd", arrivalSeconds: 0, work: 1,
            options: [
                RunOption(
                    pool: 0, deviceCount: 1, rate: 1,
                    others: [PoolShare(pool: 0, deviceCount: 1)])
            ])
        let simulator = try Simulator(pools: Self.pools)
        let error = #expect(throws: SimulationError.self) {
            try simulator.run(JobList([job]), strategy: ListStrategy.fifo())
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("odd"))
    }
}
