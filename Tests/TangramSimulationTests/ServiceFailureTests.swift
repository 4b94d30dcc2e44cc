import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Failures under services")
struct ServiceFailureTests {
    /// Four replicas of two devices on two nodes of four, each ten requests per second.
    private static func service(load: Double, end: Double = 100_000) -> SimulatedJob {
        SimulatedJob(
            id: "chat", arrivalSeconds: 0, work: 0,
            options: (1...4).map {
                RunOption(pool: 0, deviceCount: 2 * $0, rate: 10 * Double($0), unit: 2)
            }, checkpointBytes: 600, load: ServiceLoad(meanRate: load, headroom: 1),
            endSeconds: end)
    }

    /// Ends the run just after the first failure of the seed, and well after it.
    private static func run(
        _ load: Double, nodes: Int, until end: Double, storage: Double = 10, repair: Double = 1
    ) throws -> SimulationResult {
        let pool = SimulatedPool(
            name: "a", deviceCount: 4 * nodes, devicesPerNode: 4,
            meanHoursBetweenFailures: 1_000, meanHoursToRepair: repair,
            storageBytesPerSecond: storage)
        return try Simulator(pools: [pool], settings: .init(seed: 2, endSeconds: end)).run(
            JobList([service(load: load, end: end)]), strategy: ListStrategy.fifo())
    }

    /// When the first node of the seed fails.
    private static func firstFailure(nodes: Int) -> Double {
        FailureProcess(
            [
                SimulatedPool(
                    name: "a", deviceCount: 4 * nodes, devicesPerNode: 4,
                    meanHoursBetweenFailures: 1_000)
            ], seed: 2
        ).nextSeconds
    }

    @Test("a failed node takes its replicas down until it is repaired")
    func down() throws {
        let failure = Self.firstFailure(nodes: 2)
        // Forty requests a second need all four replicas; the repair takes a thousand hours.
        let before = try Self.run(40, nodes: 2, until: failure - 1)
        #expect(before.serviceFailureCount == 0)
        #expect(before.serviceLevel == 1)
        let after = try Self.run(40, nodes: 2, until: failure + 2_000, repair: 1_000)
        #expect(after.serviceFailureCount == 1)
        // Half of the replicas for the last 2,000 s.
        let served = 40 * failure + 20 * 2_000
        #expect(abs(after.servedCount - served) < 1e-6 * served)
        // The node is gone: four of eight devices are there.
        #expect(abs(after.pools[0].presentDeviceSeconds - (8 * failure + 4 * 2_000)) < 1e-3)
        #expect(after.pools[0].usedDeviceSeconds <= after.pools[0].presentDeviceSeconds)
    }

    @Test("capacity is back after the repair, when new replicas are loaded")
    func repaired() throws {
        let failure = Self.firstFailure(nodes: 2)
        let end = failure + 40_000
        // A repair of no time: the node is back at once, its replicas load for 600 ÷ 10 s.
        let result = try Self.run(40, nodes: 2, until: end, repair: 0)
        let lost = result.requestedCount - result.servedCount
        // Per failure two replicas of ten requests for a minute.
        let expected = Double(result.serviceFailureCount) * 20 * 60
        #expect(result.serviceFailureCount >= 1)
        #expect(abs(lost - expected) < 1)
    }

    @Test("replicas go to a spare node, and only loading them costs requests")
    func spare() throws {
        let failure = Self.firstFailure(nodes: 3)
        let result = try Self.run(40, nodes: 3, until: failure + 2_000, repair: 1_000)
        let lost = result.requestedCount - result.servedCount
        // Two replicas of ten requests a second load for 60 s, or none where the spare node failed.
        #expect([0.0, 1_200.0].contains { abs(lost - $0) < 1 }, "\(lost)")
    }

    @Test("a device that is a node of its own takes down the one replica on it")
    func devices() throws {
        let pool = SimulatedPool(
            name: "a", deviceCount: 4, meanHoursBetweenFailures: 1_000, meanHoursToRepair: 1e6)
        let failure = FailureProcess([pool], seed: 5).nextSeconds
        let service = SimulatedJob(
            id: "chat", arrivalSeconds: 0, work: 0,
            options: (1...4).map {
                RunOption(pool: 0, deviceCount: $0, rate: 10 * Double($0), unit: 1)
            }, load: ServiceLoad(meanRate: 40, headroom: 1), endSeconds: failure + 1_000)
        let result = try Simulator(
            pools: [pool], settings: .init(seed: 5, endSeconds: failure + 1_000)
        ).run(JobList([service]), strategy: ListStrategy.fifo())
        let served = 40 * failure + 30 * 1_000
        #expect(abs(result.servedCount - served) < 1e-6 * served)
    }

    @Test("all jobs on a failed node fail with it, those on others go on")
    func jobs() throws {
        // Two jobs on one node, two on another; whichever node fails first, two jobs start anew.
        let pool = SimulatedPool(
            name: "a", deviceCount: 4, devicesPerNode: 2, meanHoursBetweenFailures: 100,
            meanHoursToRepair: 0)
        let failure = FailureProcess([pool], seed: 9).nextSeconds
        let jobs = (0..<4).map {
            SimulatedJob(
                id: "\($0)", arrivalSeconds: 0, work: failure + 10,
                options: [RunOption(pool: 0, deviceCount: 1, rate: 1)],
                checkpointIntervalSeconds: 1e9)
        }
        let result = try Simulator(
            pools: [pool], settings: .init(seed: 9, endSeconds: failure + 20)
        ).run(JobList(jobs), strategy: ListStrategy.firstFit())
        #expect(result.failureCount == 2)
        #expect(result.completedCount == 2)
        #expect(abs(result.lostDeviceSeconds - 2 * failure) < 1e-6)
    }
}
