import TangramDocument
import Testing

@testable import TangramSimulation

@Suite("Strategies side by side")
struct ComparisonTests {
    @Test("every strategy that comes with the library does the same work, whatever the threads")
    func comparison() throws {
        let comparison = try StrategyComparison(
            pools: ConservationTests.pools, seeds: 2,
            jobs: { ConservationTests.jobs(seed: $0, count: 12) })
        #expect(comparison.rows.count == StrategyCatalogue.all(prices: [1, 1]).count)
        for row in comparison.rows {
            #expect(row.failure == nil, "\(row.strategy)")
            #expect(row.results.map(\.completedCount) == [12, 12], "\(row.strategy)")
            #expect(row.results.allSatisfy { $0.unfinishedCount == 0 })
            #expect(!row.source.isEmpty)
        }
        let names = comparison.rows.map(\.strategy)
        #expect(Set(names).count == names.count)
    }

    @Test("replicas follow the load of the day and hold its level")
    func service() throws {
        let service = SimulatedJob(
            id: "chat", arrivalSeconds: 0, work: 0,
            options: (1...10).map {
                RunOption(pool: 0, deviceCount: $0, rate: 10 * Double($0))
            }, load: ServiceLoad(meanRate: 50, swing: 0.8), endSeconds: 86_400)
        let pool = SimulatedPool(name: "a", deviceCount: 10)
        let result = try Simulator(pools: [pool]).run(
            JobList([service]), strategy: ListStrategy.fifo())
        // The load is a full period of the cosine, so its mean is what was given.
        #expect(abs(result.requestedCount / (50 * 86_400) - 1) < 0.001)
        #expect(try #require(result.serviceLevel) > 0.999)
        // Nine replicas are needed at the peak and one at night: fewer than ten all day.
        #expect(result.pools[0].utilisation < 0.75)
        #expect(result.pools[0].utilisation > 0.5)
    }

    @Test("shares of time are made where services leave a pool nothing")
    func crowdedOut() throws {
        let pools = [
            SimulatedPool(name: "a", deviceCount: 4), SimulatedPool(name: "b", deviceCount: 4),
        ]
        let service = SimulatedJob(
            id: "chat", arrivalSeconds: 0, work: 0,
            options: [RunOption(pool: 0, deviceCount: 4, rate: 10)],
            load: ServiceLoad(meanRate: 9), endSeconds: 20_000)
        func job(_ id: String, _ pools: [Int]) -> SimulatedJob {
            SimulatedJob(
                id: id, arrivalSeconds: 0, work: 2_000,
                options: pools.map { RunOption(pool: $0, deviceCount: 2, rate: 1) })
        }
        let jobs = [service, job("either", [0, 1]), job("first", [0]), job("second", [1])]
        let names = ["gavel-max-min", "gavel-ftf", "gavel-makespan", "gavel-cost", "sia"]
        let comparison = try StrategyComparison(pools: pools, names: names, jobs: { _ in jobs })
        for row in comparison.rows {
            #expect(row.failure == nil, "\(row.strategy)")
            #expect(row.results.map(\.completedCount) == [3], "\(row.strategy)")
        }
    }

    @Test("no interval of a timeline is fuller than full, where values go on after the last job")
    func timeline() {
        var timeline = Timeline()
        timeline.add(1, from: 0, until: 100_000)
        // The last job ended in the middle of an interval.
        let averages = timeline.averages(end: 90_010)
        #expect(averages.allSatisfy { abs($0.value - 1) < 1e-9 })
        #expect(averages.last.map { $0.seconds < 90_010 } == true)
        var partial = Timeline()
        partial.add(0.5, from: 0, until: 90)
        #expect(partial.averages(end: 90).map(\.value) == [0.5, 0.5])
    }

    @Test("a log that is not in order is sorted, equal times stay in order")
    func unsortedLog() throws {
        let text = "timestamp,duration,num_gpus\n30,1,1\n10,2,1\n30,3,1\n20,0,1\n"
        func log() throws -> ClusterLog<CollectionOfOne<[UInt8]>.Iterator> {
            try ClusterLog(CSVReader(bytes: Array(text.utf8), file: "log.csv"))
        }
        var checked = try log()
        #expect(try !checked.isInOrder())
        var whole = try log()
        let entries = try whole.sorted()
        #expect(entries.map(\.duration) == [2, 1, 3])
        var trace = SortedLogTrace(entries, deviceCounts: [4], speeds: [1])
        #expect([trace.next(), trace.next()].map { $0?.arrivalSeconds } == [0, 20])
    }

    @Test("guesses grow with what a job has done, and follow the jobs that are done")
    func guesses() throws {
        // Two long jobs and, later, a short one on one device: without knowing lengths, the short one
        // must not wait for both long ones.
        func job(_ id: String, at: Double, hours: Double) -> SimulatedJob {
            SimulatedJob(
                id: id, arrivalSeconds: at, work: hours * 3_600,
                options: [RunOption(pool: 0, deviceCount: 1, rate: 1)])
        }
        let simulator = try Simulator(pools: [SimulatedPool(name: "a", deviceCount: 1)])
        let jobs = [
            job("long", at: 0, hours: 20), job("other", at: 1, hours: 20),
            job("short", at: 36_000, hours: 1),
        ]
        let guess = GuessingStrategy(ReplanningStrategy(), name: "guess")
        #expect(!guess.knowsWork)
        let result = try simulator.run(JobList(jobs), strategy: guess)
        let fifo = try simulator.run(JobList(jobs), strategy: ListStrategy.fifo())
        #expect(result.completedCount == 3)
        #expect(result.completionTimes.sum < fifo.completionTimes.sum)
    }

    @Test("a log's times are read as dates or seconds, and errors say where")
    func log() throws {
        let text =
            "timestamp,duration,num_gpus\n2017-10-09 07:00:00,60,1\n2017-10-10 07:00:05,30,2\n"
        var trace = try ClusterLogTrace(
            CSVReader(bytes: Array(text.utf8), file: "log.csv"), deviceCounts: [4], speeds: [1])
        #expect(try trace.next()?.arrivalSeconds == 0)
        #expect(try trace.next()?.arrivalSeconds == 86_405)
        var wrong = try ClusterLogTrace(
            CSVReader(bytes: Array("timestamp,duration,num_gpus\n1,x,1\n".utf8), file: "l"),
            deviceCounts: [4], speeds: [1])
        let error = #expect(throws: Diagnostic.self) { try wrong.next() }
        #expect(error?.location == Location(line: 2, column: 3))
    }
}
