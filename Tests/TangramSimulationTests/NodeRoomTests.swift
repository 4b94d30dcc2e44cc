import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Jobs on nodes")
struct NodeRoomTests {
    static func job(
        _ id: String, at: Double = 0, work: Double, gang: Int, unit: Int? = nil,
        checkpoint: Double = 0
    ) -> SimulatedJob {
        SimulatedJob(
            id: id, arrivalSeconds: at, work: work,
            options: [RunOption(pool: 0, deviceCount: gang, rate: 1, unit: unit)],
            checkpointBytes: checkpoint)
    }

    @Test("a gang that fits a node is not laid across two")
    func oneNode() {
        var room = NodeRoom(pool: 0, deviceCount: 16, devicesPerNode: 8)
        #expect(room.take(5, unit: 5, .tightest)?.map(\.node) == [0])
        #expect(room.take(5, unit: 5, .tightest)?.map(\.node) == [1])
        // Six are free, three on each.
        #expect(room.freeCount == 6)
        #expect(!room.hasRoom(4, unit: 4))
        #expect(room.hasRoom(4, unit: 2))
        #expect(room.take(4, unit: 4, .first) == nil)
        #expect(room.take(4, unit: 2, .first)?.map(\.node) == [0, 1])
    }

    @Test("larger gangs take whole nodes and part of one more")
    func wholeNodes() {
        var room = NodeRoom(pool: 0, deviceCount: 24, devicesPerNode: 8)
        #expect(room.take(1, unit: 1, .tightest)?.map(\.node) == [0])
        // Node 0 has seven left, which serve as the rest.
        let shares = room.take(20, unit: 20, .tightest)
        #expect(shares?.map(\.node) == [1, 2, 0])
        #expect(shares?.map(\.deviceCount) == [8, 8, 4])
        #expect(room.freeOnNode == [3, 0, 0])
    }

    @Test("a gang that fits a scale-up domain is not laid across two")
    func domains() {
        // Two domains of two nodes of four devices.
        var room = NodeRoom(pool: 0, deviceCount: 16, devicesPerNode: 4, nodesPerDomain: 2)
        #expect(room.take(1, unit: 1, .first)?.map(\.node) == [0])
        #expect(room.take(1, unit: 1, .drawn(0.99))?.map(\.node) == [3])
        // A whole node is free in each domain, but no domain of eight.
        #expect(!room.hasRoom(8, unit: 8))
        #expect(room.hasRoom(8, unit: 4))
        #expect(room.take(7, unit: 7, .tightest)?.map(\.node) == [1, 0])
    }

    @Test("random blocks: counts agree with a list of devices, and nothing is taken twice")
    func random() {
        var generator = SeededGenerator(seed: 11)
        var room = NodeRoom(pool: 0, deviceCount: 60, devicesPerNode: 8, nodesPerDomain: 2)
        var held: [[NodeShare]] = []
        for _ in 0..<4_000 {
            if generator.unit() < 0.55 {
                let unit = [1, 2, 3, 4, 8, 12, 16, 20][generator.index(below: 8)]
                let count = unit * (1 + generator.index(below: 2))
                let choices: [NodeChoice] = [.first, .tightest, .drawn(generator.unit())]
                let could = room.hasRoom(count, unit: unit)
                let taken = room.take(
                    count, unit: unit, choices[generator.index(below: 3)])
                // Several blocks may find room in one order of nodes and not in another.
                if unit == count { #expect((taken != nil) == could) }
                if let taken {
                    #expect(taken.reduce(0) { $0 + $1.deviceCount } == count)
                    held.append(taken)
                }
            } else if !held.isEmpty {
                room.release(held.remove(at: generator.index(below: held.count)))
            }
            var free = [8, 8, 8, 8, 8, 8, 8, 4]
            for share in held.joined() { free[share.node] -= share.deviceCount }
            #expect(room.freeOnNode == free)
            #expect(room.freeCount == free.reduce(0, +))
            for shares in held {
                for (_, block) in Dictionary(grouping: shares, by: \.block)
                where block.reduce(0, { $0 + $1.deviceCount }) <= 16 {
                    #expect(Set(block.map { $0.node / 2 }).count == 1)
                }
            }
        }
    }

    @Test("devices that lie apart do not start a gang, and count as fragmented")
    func fragmentation() throws {
        // Two nodes of two. Gangs of one hold a device of each node until 100 and 200 s, then the
        // gang of two has a node.
        struct Apart: SchedulingStrategy {
            let name = "apart"
            let source = "a test"
            let knowsWork = false
            let movesJobs = false
            func decide(_ state: ClusterState) -> [Int?] { [] }
            func changes(_ state: ClusterState) -> [JobChange] {
                var changes: [JobChange] = []
                for (position, job) in state.jobs.enumerated() where job.option == nil {
                    if job.index < 2 {
                        let node = NodeShare(pool: 0, node: job.index, deviceCount: 1)
                        changes.append(JobChange(position: position, option: 0, nodes: [node]))
                    } else if state.rooms[0].hasRoom(2, unit: 2) {
                        changes.append(JobChange(position: position, option: 0))
                    }
                }
                return changes
            }
        }
        let pool = SimulatedPool(name: "a", deviceCount: 4, devicesPerNode: 2)
        let jobs = [
            Self.job("a", work: 100, gang: 1), Self.job("b", work: 200, gang: 1),
            Self.job("pair", work: 50, gang: 2),
        ]
        let apart = try Simulator(pools: [pool]).run(JobList(jobs), strategy: Apart())
        #expect(apart.makespanSeconds == 200)
        #expect(apart.completionTimes.sum == 100 + 200 + 150)
        // Two devices for 100 s of four for 200 s.
        #expect(apart.pools[0].fragmentedDeviceSeconds == 200)
        #expect(apart.pools[0].fragmentation == 0.25)
        // Packed tightly, both fit one node and nothing waits.
        let packed = try Simulator(pools: [pool]).run(
            JobList(jobs), strategy: ListStrategy.bestFit())
        #expect(packed.completionTimes.sum == 100 + 200 + 50)
        #expect(packed.pools[0].fragmentedDeviceSeconds == 0)
    }

    @Test("a strategy that stops jobs moves one aside, which pays for saving and loading")
    func move() throws {
        // Nodes of two: the jobs of one device share a node or not as they came; a and c end at 10 s
        // and leave one device of each node.
        let pool = SimulatedPool(
            name: "a", deviceCount: 4, devicesPerNode: 2, storageBytesPerSecond: 10)
        let jobs = [
            Self.job("a", work: 10, gang: 1, checkpoint: 20),
            Self.job("b", work: 100, gang: 1, checkpoint: 20),
            Self.job("c", work: 10, gang: 1, checkpoint: 20),
            Self.job("d", work: 100, gang: 1, checkpoint: 20),
            Self.job("pair", at: 5, work: 50, gang: 2),
        ]
        let result = try Simulator(pools: [pool]).run(
            JobList(jobs), strategy: ListStrategy.shortestRemainingTime())
        #expect(result.migrationCount == 1)
        // The pair starts at 10 s. One of the others moves: 2 s to save and 2 s to load.
        #expect(result.completionTimes.sum == 10 + 10 + 100 + 104 + 55)
        // A strategy that moves nobody waits for a node.
        let waiting = try Simulator(pools: [pool]).run(
            JobList(jobs), strategy: ListStrategy.firstFit())
        #expect(waiting.migrationCount == 0)
        #expect(waiting.completionTimes.sum == 10 + 10 + 100 + 100 + 145)
    }

    @Test("best fit and FGD keep whole nodes for the gangs that need them, random does not")
    func packing() throws {
        // Sixteen nodes of eight; many jobs of one and two devices, some of eight.
        let pool = SimulatedPool(name: "a", deviceCount: 128, devicesPerNode: 8)
        func jobs(_ seed: UInt64) -> [SimulatedJob] {
            var generator = SeededGenerator(seed: seed)
            var time = 0.0
            return (0..<800).map { index in
                time += generator.exponential(mean: 95)
                let gang = [1, 1, 1, 2, 2, 4, 8][generator.index(below: 7)]
                return Self.job(
                    "\(index)", at: time, work: generator.exponential(mean: 3_600), gang: gang)
            }
        }
        var sums: [String: (fragmented: Double, time: Double)] = [:]
        let simulator = try Simulator(pools: [pool])
        for seed in 0..<3 {
            for strategy in [
                ListStrategy.random(seed: 1), .firstFit(), .bestFit(), .fragmentationGradient(),
            ] {
                let result = try simulator.run(JobList(jobs(UInt64(seed))), strategy: strategy)
                #expect(result.completedCount == 800)
                sums[strategy.name, default: (0, 0)].fragmented += result.meanFragmentation
                sums[strategy.name, default: (0, 0)].time += result.completionTimes.mean
            }
        }
        let random = try #require(sums["random"])
        for name in ["first-fit", "best-fit", "fgd"] {
            let own = try #require(sums[name])
            #expect(own.fragmented < random.fragmented, "\(name)")
            #expect(own.time < random.time, "\(name)")
        }
    }

    @Test("conservation holds on nodes", arguments: ConservationTests.strategies.indices)
    func conservation(index: Int) throws {
        var pools = ConservationTests.pools
        pools[1].nodesPerDomain = 2
        let result = try Simulator(pools: pools, settings: .init(seed: 3)).run(
            JobList(ConservationTests.jobs(seed: 21, count: 50)),
            strategy: ConservationTests.strategies[index])
        #expect(result.completedCount == 50)
        #expect(abs(result.doneDeviceSeconds / result.askedDeviceSeconds - 1) < 1e-9)
        for pool in result.pools {
            #expect(pool.usedDeviceSeconds <= pool.presentDeviceSeconds * (1 + 1e-9))
        }
    }

    @Test("nodes in maintenance are those that hold least, and what is on them goes elsewhere")
    func maintenance() throws {
        let pool = SimulatedPool(name: "a", deviceCount: 8, devicesPerNode: 4)
        let jobs = [Self.job("four", work: 100, gang: 4), Self.job("one", work: 100, gang: 1)]
        // The node of the single job is out from 50 s on; it waits for the other node.
        let result = try Simulator(
            pools: [pool],
            events: PoolEvent.maintenance(pool: 0, devices: 4, from: 50, until: 500)
        ).run(JobList(jobs), strategy: ListStrategy.firstFit())
        #expect(result.completionTimes.sum == 100 + 150)
        #expect(result.preemptionCount == 1)
        #expect(result.lostDeviceSeconds == 0)
    }
}
