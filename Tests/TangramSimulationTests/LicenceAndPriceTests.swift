import TangramPlacement
import TangramSpec
import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Ends of licences and changes of price")
struct LicenceAndPriceTests {
    /// Two pools, one of which is licensed until the day after the scenario's date.
    private static let text = """
        tangram: 1
        date: 2026-03-01
        cluster:
          pools:
            - id: leased
              accelerator: h100-sxm-80gb
              nodes: 2
              per-node: 8
              price: 2 USD/h
              scale-out: {link: ib-ndr400, nics: 8, rails: 8}
              licence: {expires: 2026-03-02}
            - id: owned
              accelerator: a100-sxm-80gb
              nodes: 1
              per-node: 8
              price: 1 USD/h
              scale-out: {link: ib-ndr400, nics: 8, rails: 8}
        jobs:
          - {id: tune, train: {model: qwen3-8b, sequence: 4096, batch: 64, tokens: 1 Gtok}}
        simulation:
          events:
            - {pool: leased, from: 6 h, until: 12 h, price: 5 USD/h}
        """

    private static func workload() throws -> ScenarioWorkload {
        try ScenarioWorkload(ScenarioFile.parse(text, path: "s.yaml").scenario)
    }

    @Test("a licence takes its pool away at the end of its last day")
    func expiry() throws {
        let workload = try Self.workload()
        let ends = workload.events.filter { $0.change == .devices(-16) }
        // The first of March counts from 0 h, the second is valid to its end.
        #expect(ends.map(\.seconds) == [2 * 86_400])
        #expect(ends.map(\.pool) == [0])
    }

    @Test("a job on the licensed pool goes on elsewhere when the licence ends")
    func eviction() throws {
        let workload = try Self.workload()
        var pools = workload.pools
        for index in pools.indices { pools[index].storageBytesPerSecond = 100 }
        let job = SimulatedJob(
            id: "a", arrivalSeconds: 0, work: 3 * 86_400,
            options: [
                RunOption(pool: 0, deviceCount: 8, rate: 1),
                RunOption(pool: 1, deviceCount: 8, rate: 0.5),
            ], checkpointBytes: 1_000)
        let result = try Simulator(pools: pools, events: workload.events).run(
            JobList([job]), strategy: ListStrategy.fifo())
        // Two days of work on the licensed pool; then 10 s to load, and the third day at half speed.
        #expect(result.makespanSeconds == 2 * 86_400 + 10 + 2 * 86_400)
        #expect(result.preemptionCount == 1)
        #expect(result.lostDeviceSeconds == 0)
        // Sixteen devices for two days, none after.
        #expect(result.pools[0].presentDeviceSeconds == 16 * 2 * 86_400)
        #expect(result.pools[0].usedDeviceSeconds == 8 * 2 * 86_400)
    }

    @Test("a job without another pool never starts after its licence ended")
    func nowhere() throws {
        let workload = try Self.workload()
        let job = SimulatedJob(
            id: "late", arrivalSeconds: 3 * 86_400, work: 10,
            options: [RunOption(pool: 0, deviceCount: 8, rate: 1)])
        let simulator = try Simulator(pools: workload.pools, events: workload.events)
        #expect(throws: SimulationError.self) {
            try simulator.run(JobList([job]), strategy: ListStrategy.fifo())
        }
    }

    @Test("devices cost what they cost at the time")
    func price() throws {
        let workload = try Self.workload()
        let job = SimulatedJob(
            id: "a", arrivalSeconds: 0, work: 20 * 3_600,
            options: [RunOption(pool: 0, deviceCount: 8, rate: 1)])
        let result = try Simulator(pools: workload.pools, events: workload.events).run(
            JobList([job]), strategy: ListStrategy.fifo())
        // 14 h at $2 and 6 h at $5, for eight devices.
        #expect(abs(result.dollars - 8 * (14 * 2 + 6 * 5)) < 1e-9)
    }

    @Test("a strategy that minimises cost goes where it is cheap at the time")
    func cheapest() throws {
        // Two pools alike; the first costs 1 and, from 1,000 s on, 9; the second costs 3.
        let pools = [
            SimulatedPool(name: "a", deviceCount: 1, dollarsPerDeviceHour: 1),
            SimulatedPool(name: "b", deviceCount: 1, dollarsPerDeviceHour: 3),
        ]
        struct Cheapest: SchedulingStrategy {
            let name = "cheapest"
            let source = "a test"
            let knowsWork = false
            func decide(_ state: ClusterState) -> [Int?] {
                let prices = state.dollarsPerDeviceHour
                return state.jobs.map { _ in prices[0] <= prices[1] ? 0 : 1 }
            }
        }
        let job = SimulatedJob(
            id: "a", arrivalSeconds: 0, work: 3_600,
            options: [
                RunOption(pool: 0, deviceCount: 1, rate: 1),
                RunOption(pool: 1, deviceCount: 1, rate: 1),
            ])
        let result = try Simulator(
            pools: pools,
            events: [PoolEvent(seconds: 1_000, pool: 0, change: .dollarsPerDeviceHour(9))]
        ).run(JobList([job]), strategy: Cheapest())
        #expect(abs(result.dollars - (1_000 * 1 + 2_600 * 3) / 3_600.0) < 1e-9)
        #expect(result.migrationCount == 1)
    }
}
