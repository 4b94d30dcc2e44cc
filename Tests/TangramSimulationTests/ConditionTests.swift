import TangramDocument
import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Slow nodes, and what scenarios say")
struct ConditionTests {
    private static func job(work: Double, gang: Int) -> SimulatedJob {
        SimulatedJob(
            id: "a", arrivalSeconds: 0, work: work,
            options: [RunOption(pool: 0, deviceCount: gang, rate: 1)])
    }

    @Test("spells slow a job by the share of time that they last")
    func share() throws {
        // Spells of a mean hour every four hours of one node, which the job holds: an M/G/1-like
        // renewal would overlap; here a new spell restarts the slowness, so the job is slow at least
        // from each onset for one spell. Bounds follow from the counts alone.
        let pool = SimulatedPool(
            name: "a", deviceCount: 1, meanHoursBetweenStragglers: 4, meanStragglerHours: 1,
            stragglerSpeed: 0.5)
        let work = 3_600.0 * 2_000
        let result = try Simulator(pools: [pool], settings: .init(seed: 4)).run(
            JobList([Self.job(work: work, gang: 1)]), strategy: ListStrategy.fifo())
        #expect(result.stragglerCount > 300)
        let slow = result.makespanSeconds - work
        // Half speed for an hour costs half an hour; overlaps only make it less.
        #expect(slow < 0.5 * 3_600 * Double(result.stragglerCount) * 1.2)
        #expect(slow > 0.5 * 3_600 * Double(result.stragglerCount) * 0.6)
    }

    @Test("a job that leaves the slow node is as fast as before")
    func leaving() throws {
        // The spell strikes nearly at once and never ends; the node fails at a known time by an event.
        let pools = [
            SimulatedPool(
                name: "slow", deviceCount: 1, meanHoursBetweenStragglers: 1e-4,
                meanStragglerHours: 1e9, stragglerSpeed: 0.5),
            SimulatedPool(name: "sound", deviceCount: 1),
        ]
        let job = SimulatedJob(
            id: "a", arrivalSeconds: 0, work: 1_000,
            options: [
                RunOption(pool: 0, deviceCount: 1, rate: 1),
                RunOption(pool: 1, deviceCount: 1, rate: 0.9),
            ])
        let simulator = try Simulator(
            pools: pools, events: [PoolEvent(seconds: 100, pool: 0, change: .devices(-1))],
            settings: .init(endSeconds: 1_500))
        let result = try simulator.run(JobList([job]), strategy: ListStrategy.firstFit())
        // 50 units in the first 100 s, then 950 at 0.9 a second.
        #expect(abs(result.makespanSeconds - (100 + 950 / 0.9)) < 1)
    }

    @Test("a fleet's list of nodes becomes pools, and jobs of all kinds are drawn for it")
    func fleet() throws {
        let text =
            "gpu_model,gpu_capacity_num,cpu_num,node_name\nA,8,1,0\nA,8,1,1\nA,1,1,2\nB,4,1,3\n"
        let pools = try FleetList.pools(CSVReader(bytes: Array(text.utf8), file: "nodes.csv"))
        #expect(pools.map(\.name) == ["A-x1", "A-x8", "B"])
        #expect(pools.map(\.deviceCount) == [1, 16, 4])
        #expect(pools.map(\.devicesPerNode) == [1, 8, 4])
    }

    @Test("drawn traces are the same for a seed, sorted, and of the load that was asked for")
    func generated() throws {
        func trace(_ seed: UInt64) -> [SimulatedJob] {
            var source = GeneratedTrace(
                deviceCounts: [512, 512], speeds: [1, 3], jobCount: 20_000, load: 0.8, seed: seed)
            var jobs: [SimulatedJob] = []
            while let job = source.next() { jobs.append(job) }
            return jobs
        }
        let jobs = trace(1)
        #expect(jobs == trace(1))
        #expect(jobs != trace(2))
        #expect(zip(jobs, jobs.dropFirst()).allSatisfy { $0.arrivalSeconds <= $1.arrivalSeconds })
        let kinds = Set(jobs.map { $0.id.prefix { $0 != "-" } })
        #expect(kinds == ["pretrain", "finetune", "rl", "serve"])
        let span = jobs.last?.arrivalSeconds ?? 1
        let work = jobs.reduce(0) { $0 + $1.work }
        let served = jobs.reduce(0.0) { sum, job in
            guard let load = job.load else { return sum }
            // Two requests per second are one device of the slowest pool.
            return sum + load.meanRate / 2 * ((job.endSeconds ?? 0) - job.arrivalSeconds)
        }
        // Lognormal times have a heavy tail; 20,000 of them come within a tenth.
        #expect(abs((work + served) / span / (512 + 3 * 512) / 0.8 - 1) < 0.1)
    }

    @Test("Sia's choice is the best of all assignments on small cases", arguments: 0..<8)
    func sia(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 40)
        let pools = [
            SimulatedPool(name: "a", deviceCount: 4), SimulatedPool(name: "b", deviceCount: 3),
        ]
        var state = ClusterState(
            seconds: 0, deviceCounts: [4, 3], usedDevices: [0, 0], pools: pools,
            dollarsPerDeviceHour: [0, 0], jobs: [])
        for index in 0..<4 {
            let options = (0..<2).flatMap { pool in
                (1...3).map {
                    RunOption(
                        pool: pool, deviceCount: $0,
                        rate: Double($0) * (0.5 + generator.unit()))
                }
            }
            let job = SimulatedJob(id: "\(index)", arrivalSeconds: 0, work: 1, options: options)
            state.jobs.append(JobState(index: index, job: job, poolCount: 2))
        }
        func cost(_ choices: [Int?]) -> Double? {
            var used = [0, 0]
            var sum = 0.0
            for (job, choice) in zip(state.jobs, choices) {
                guard let choice else {
                    sum += 1.1
                    continue
                }
                let options = job.job.options
                let least = options.map(\.rate).min() ?? 1
                used[options[choice].pool] += options[choice].deviceCount
                sum += (options[choice].rate / least).squareRoot() / (options[choice].rate / least)
            }
            return used[0] <= 4 && used[1] <= 3 ? sum : nil
        }
        var best = Double.infinity
        for code in 0..<(7 * 7 * 7 * 7) {
            let choices = [code % 7, code / 7 % 7, code / 49 % 7, code / 343].map {
                $0 == 6 ? nil : $0
            }
            if let cost = cost(choices) { best = min(best, cost) }
        }
        var sia = SiaStrategy()
        let chosen = try #require(cost(try sia.decide(state)))
        #expect(abs(chosen - best) < 1e-6)
    }

    @Test("a blind strategy does not see that one pool is faster")
    func blind() throws {
        let pools = [
            SimulatedPool(name: "slow", deviceCount: 1),
            SimulatedPool(name: "fast", deviceCount: 1),
        ]
        let job = SimulatedJob(
            id: "a", arrivalSeconds: 0, work: 100,
            options: [
                RunOption(pool: 0, deviceCount: 1, rate: 1),
                RunOption(pool: 1, deviceCount: 1, rate: 10),
            ])
        let simulator = try Simulator(pools: pools)
        let seeing = try simulator.run(JobList([job]), strategy: ListStrategy.fifo())
        let blind = try simulator.run(
            JobList([job]), strategy: BlindStrategy(ListStrategy.fifo()))
        #expect(seeing.makespanSeconds == 10)
        #expect(blind.makespanSeconds == 100)
    }
}
