import TangramPlacement
import TangramUnits

/// Random scenarios with every kind of rule and a table of offers, fast enough for many thousands.
struct RandomScenario: CostTable {
    var scenario: Scenario
    private var offers: [String: [CostedOption]] = [:]

    func options(for job: Job, in cluster: Cluster) -> [CostedOption]? { offers[job.id] }

    /// Accelerators of a replica of a service.
    static let block = 1

    /// Pools, health, licences, tenants and policies as the fixture has them, with limited uplinks,
    /// the loss of a node survived, jobs together and apart, spread services, jobs that run already,
    /// and offers over several pools.
    init(_ fixture: ScenarioFixture, _ random: inout SeededGenerator) throws {
        func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &random) == 0 }
        scenario = try fixture.random(&random)
        scenario.migration = chance(3) ? Migration(downtime: .hour, period: .day) : nil
        for index in scenario.cluster.pools.indices {
            scenario.cluster.pools[index].survivesNodeFailure = chance(4)
            if chance(3) { scenario.cluster.pools[index].scaleOut.nodesPerLeaf = 2 }
            if chance(4) {
                scenario.cluster.pools[index].scaleOut.uplinkBandwidth = Bandwidth(
                    12.5e9 * Double(Int.random(in: 1...64, using: &random)))
            }
        }
        let pools = scenario.cluster.pools
        for index in scenario.jobs.indices {
            var job = scenario.jobs[index]
            var wanted = Double(Int.random(in: 4...40, using: &random))
            switch job.work {
            case .train(var demand):
                // A rate that is wanted, whatever the cluster can do.
                demand.tokens = Tokens(wanted * 1_000)
                demand.deadline = Seconds(1_000)
                job.work = .train(demand)
            case .serve(let demand): wanted = demand.requestRate.value
            case .reinforce: break
            }
            offers[job.id] = (0..<Int.random(in: 3...7, using: &random)).map { option in
                let spanned = pools.indices.shuffled(using: &random).prefix(chance(4) ? 2 : 1)
                return CostedOption(
                    summary: "o\(option)",
                    parts: spanned.map { pool in
                        let block = job.use == .serve ? Self.block : [1, 2, 4][option % 3]
                        return .init(
                            poolID: pools[pool].id,
                            acceleratorCount: block * Int.random(in: 1...4, using: &random),
                            blockSize: block)
                    }, rate: wanted * Double.random(in: 0.2...1.5, using: &random),
                    memory: chance(3)
                        ? Bytes(rounding: Double.random(in: 10e9...120e9, using: &random)) : nil)
            }
            if job.use == .serve && chance(3) {
                job.spread = Spread(
                    domain: [.node, .scaleUp, .leaf].randomElement(using: &random) ?? .node,
                    most: chance(2) ? 0.5 : 0.34)
            }
            scenario.jobs[index] = job
        }
        if chance(2) {
            scenario.affinities = [
                AffinityRule(
                    effect: chance(2) ? .apart : .together,
                    jobs: JobSelector(
                        jobs: Array(scenario.jobs.map(\.id).shuffled(using: &random).prefix(2))),
                    domain: FailureDomain.allCases.randomElement(using: &random) ?? .node)
            ]
        }
        if chance(3), let plan = try? Planner(costs: self).plan(scenario) {
            for (index, job) in plan.jobs.enumerated() where job.placements.count == 1 && chance(2)
            {
                scenario.jobs[index].placed = job.placements.map {
                    CurrentPlacement(poolID: $0.poolID, nodes: $0.nodes)
                }
            }
        }
    }
}
