import TangramPlacement
import TangramUnits

/// Small scenarios made in code from the shipped catalogue.
struct ScenarioFixture {
    struct MissingEntry: Error {}

    private let hardware: HardwareCatalogue
    private let models: ModelCatalogue

    init() throws {
        hardware = try HardwareCatalogue.builtIn()
        models = try ModelCatalogue.builtIn()
    }

    func model(_ id: String) throws -> TransformerModel {
        guard let model = models.model(id) else { throw MissingEntry() }
        return model
    }

    func pool(
        _ id: String, _ card: String = "h100-sxm-80gb", nodes: Int = 4, perNode: Int = 8
    ) throws -> Pool {
        guard let accelerator = hardware.accelerator(card),
            let pcie = hardware.link("pcie5-p2p-switch"),
            let fabric = hardware.link("roce-400-tuned"),
            let wire = hardware.link(accelerator.scaleUp?.linkID ?? pcie.id),
            let bandwidth = accelerator.scaleUp?.bandwidth ?? pcie.bandwidth
        else { throw MissingEntry() }
        return Pool(
            id: id, accelerator: accelerator, nodeCount: nodes, acceleratorsPerNode: perNode,
            scaleUp: ScaleUpDomain(
                link: wire, bandwidth: bandwidth,
                size: accelerator.scaleUp == nil ? 1 : perNode, nodeLink: pcie),
            scaleOut: ScaleOutFabric(
                link: fabric, nicBandwidth: .gigabytesPerSecond(50), nicsPerNode: perNode),
            price: MoneyRate(2))
    }

    func serve(_ id: String, _ name: String = "qwen3-8b", rate: Double = 4) throws -> Job {
        Job(
            id: id,
            work: .serve(
                ServingDemand(
                    model: try model(name), requestRate: RequestRate(rate), promptTokens: 1_000,
                    outputTokens: 200, timePerOutputToken: Seconds(0.08))))
    }

    func train(_ id: String, _ name: String = "qwen3-8b") throws -> Job {
        Job(
            id: id,
            work: .train(
                TrainingDemand(
                    model: try model(name), sequenceLength: 4_096, globalBatchSize: 64)))
    }

    /// One to three pools, two to five jobs, with policies, licences, tenants, bad nodes, quotas
    /// and counts at random.
    func random(_ random: inout SeededGenerator) throws -> Scenario {
        func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &random) == 0 }
        let cards = ["h100-sxm-80gb", "l40s", "ascend-910b3"]
        let tenants = ["red", "blue"]
        var pools: [Pool] = []
        for index in 0..<Int.random(in: 1...3, using: &random) {
            let perNode = [1, 2, 4, 8].randomElement(using: &random) ?? 8
            let nodes = Int.random(in: 1...4, using: &random)
            var pool = try pool("pool-\(index)", cards[index], nodes: nodes, perNode: perNode)
            pool.price = MoneyRate(Double(Int.random(in: 1...5, using: &random)))
            if chance(3) {
                let node = Int.random(in: 0..<nodes, using: &random)
                pool.health = [
                    NodeHealth(
                        nodes: node...node, speed: chance(2) ? 0 : 0.6, memory: chance(3) ? 0 : 1)
                ]
            }
            if chance(4) { pool.tenants = [tenants[index % 2]] }
            if chance(4) {
                pool.licence = Licence(
                    uses: chance(2) ? [.serve] : [.train, .serve],
                    tenants: chance(2) ? [tenants[0]] : nil,
                    expires: CalendarDate(year: 2026, month: chance(2) ? 1 : 12, day: 31),
                    name: "lease", acceleratorLimit: chance(2) ? 3 : nil)
            }
            pools.append(pool)
        }
        var jobs: [Job] = []
        for index in 0..<Int.random(in: 2...5, using: &random) {
            var job =
                chance(2)
                ? try train("job-\(index)")
                : try serve("job-\(index)", rate: Double(Int.random(in: 1...60, using: &random)))
            job.weight = Double(Int.random(in: 1...4, using: &random))
            if chance(2) { job.tenant = tenants.randomElement(using: &random) }
            if chance(3) { job.minimumAccelerators = Int.random(in: 1...6, using: &random) }
            if chance(3) { job.maximumAccelerators = Int.random(in: 4...12, using: &random) }
            if chance(5) {
                job.constraints = [
                    PolicyRule(effect: .forbid, pools: PoolSelector(pools: ["pool-0"]))
                ]
            }
            jobs.append(job)
        }
        var scenario = Scenario(
            name: "random", date: CalendarDate(year: 2026, month: 6, day: 1),
            cluster: Cluster(name: "random", pools: pools), jobs: jobs)
        if chance(3) {
            scenario.policy = [
                PolicyRule(
                    effect: chance(2) ? .forbid : .require,
                    pools: PoolSelector(vendors: ["Huawei"]),
                    jobs: JobSelector(uses: [chance(2) ? .train : .serve]))
            ]
        }
        if chance(3) {
            scenario.objective.budget = MoneyRate(Double(Int.random(in: 0...60, using: &random)))
        }
        if chance(4) { scenario.quotas = [Quota(tenant: "red", accelerators: 5)] }
        return scenario
    }
}
