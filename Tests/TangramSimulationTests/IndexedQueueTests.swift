import TangramUnits
import Testing

@testable import TangramSimulation

@Suite("Waiting jobs by shape")
struct IndexedQueueTests {
    /// First fit as it is defined: every waiting job in order of arrival on the first pool with room.
    private struct PlainFirstFit: SchedulingStrategy {
        let name = "plain"
        let source = "a test"
        let knowsWork = false
        // As the indexed one: counting work more often rounds it elsewhere.
        let readsProgress = false
        let overtakes: Bool

        func decide(_ state: ClusterState) -> [Int?] { [] }

        func changes(_ state: ClusterState) -> [JobChange] {
            var free = state.rooms.map(\.freeOnNode)
            var changes: [JobChange] = []
            for (position, job) in state.jobs.enumerated() where job.option == nil {
                let found = job.job.rigidOptions.lazy.compactMap { index in
                    nodes(job.job.options[index], state, free).map { (index, $0) }
                }.first
                guard let (option, nodes) = found else {
                    if overtakes { continue } else { break }
                }
                for share in nodes { free[share.pool][share.node] -= share.deviceCount }
                changes.append(JobChange(position: position, option: option, nodes: nodes))
            }
            return changes
        }

        /// The first node with room, or the first whole ones.
        private func nodes(
            _ option: RunOption, _ state: ClusterState, _ free: [[Int]]
        ) -> [NodeShare]? {
            let size = state.pools[option.pool].devicesPerNode
            let part = min(size, option.deviceCount)
            let nodes = free[option.pool].indices.filter { free[option.pool][$0] >= part }
                .prefix(option.deviceCount / part)
            guard nodes.count * part == option.deviceCount else { return nil }
            return nodes.map { NodeShare(pool: option.pool, node: $0, deviceCount: part) }
        }
    }

    @Test(
        "walking shapes decides as walking jobs does, with failures and maintenance",
        arguments: 0..<8, [true, false])
    func equalsPlainWalk(seed: Int, overtakes: Bool) throws {
        let simulator = try Simulator(
            pools: ConservationTests.pools,
            events: PoolEvent.maintenance(pool: 1, devices: 16, from: 4_000, until: 9_000),
            settings: .init(seed: UInt64(seed), spanLimit: 10_000))
        let jobs = ConservationTests.jobs(seed: UInt64(seed), count: 150)
        let indexed = ListStrategy(
            name: "indexed", source: "a test", order: .arrival, fit: .first, preempts: false,
            overtakes: overtakes)
        let one = try simulator.run(JobList(jobs), strategy: indexed)
        let other = try simulator.run(
            JobList(jobs), strategy: PlainFirstFit(overtakes: overtakes))
        let isSame = one.spans == other.spans
        #expect(isSame)
        #expect(one.completionTimes.sum == other.completionTimes.sum)
    }

    @Test("a queue keeps order through arrivals, starts and returns", arguments: 0..<4)
    func order(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var queue = WaitingQueue()
        var expected: [Int: [Int]] = [:]
        var group: [Int: Int] = [:]
        var started: [Int] = []
        for number in 0..<400 {
            let gang = 1 << generator.index(below: 3)
            let job = SimulatedJob(
                id: "\(number)", arrivalSeconds: 0, work: 1,
                options: [RunOption(pool: 0, deviceCount: gang, rate: 1)])
            let own = queue.admit(job, number: number)
            group[number] = own
            expected[own, default: []].append(number)
            if generator.unit() < 0.6, let all = expected[own], !all.isEmpty {
                let taken = all[generator.index(below: all.count)]
                queue.remove(taken, group: own)
                expected[own]?.removeAll { $0 == taken }
                started.append(taken)
            }
            if generator.unit() < 0.3, !started.isEmpty {
                let back = started.remove(at: generator.index(below: started.count))
                let home = group[back] ?? 0
                queue.insert(back, group: home)
                expected[home] = ((expected[home] ?? []) + [back]).sorted()
            }
        }
        for (index, entry) in queue.groups.enumerated() {
            let numbers = (0..<entry.waitingCount).map { entry.number($0) }
            #expect(numbers == expected[index])
        }
        #expect(queue.count == expected.values.reduce(0) { $0 + $1.count })
    }
}
