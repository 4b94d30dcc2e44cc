import TangramCost
import TangramHardware
import TangramUnits

/// Options of a training job that may span unlike pools of one site: each pool alone, and each pair
/// and all of them together, with layers and batches cut as ``UnlikeTrainingSearch`` finds best.
///
/// Pools are taken whole and in halves, healthy nodes only: a pipeline through unlike pools is worth
/// its trouble where it fills them.
struct UnlikeTrainingCosts: CostTable {
    /// Parts of a pool's nodes that are tried.
    private static let shares = [1, 2, 4]

    func options(for job: Job, in cluster: Cluster) throws -> [CostedOption]? {
        guard case .train(let demand) = job.work, demand.spansPools else { return nil }
        var options: [CostedOption] = []
        for pool in cluster.pools { options += alone(pool, demand, job) }
        var sites: [String?: [Pool]] = [:]
        var order: [String?] = []
        for pool in cluster.pools {
            if sites[pool.siteID] == nil { order.append(pool.siteID) }
            sites[pool.siteID, default: []].append(pool)
        }
        for site in order {
            let pools = sites[site] ?? []
            var sets: [[Pool]] = []
            for (index, first) in pools.enumerated() {
                for second in pools.dropFirst(index + 1) { sets.append([first, second]) }
            }
            if (3...CostedOption.partLimit).contains(pools.count) { sets.append(pools) }
            for set in sets {
                for share in Self.shares {
                    if let option = together(set, share: share, demand, job) {
                        options.append(option)
                    }
                }
            }
        }
        return options
    }

    private func accelerators(_ pool: Pool, share: Int) -> Int {
        let healthy = pool.nodeCount - pool.health.reduce(0) { $0 + $1.nodes.count }
        return max(0, healthy / share) * pool.acceleratorsPerNode
    }

    private func admits(_ count: Int, _ job: Job) -> Bool {
        count >= job.minimumAccelerators ?? 1 && count <= job.maximumAccelerators ?? .max
    }

    private func alone(_ pool: Pool, _ demand: TrainingDemand, _ job: Job) -> [CostedOption] {
        guard let model = try? TrainingModel(demand: demand, group: DeviceGroup(pool: pool)) else {
            return []
        }
        return Self.shares.compactMap { share in
            let count = accelerators(pool, share: share)
            guard count > 0, admits(count, job),
                case .success(let found) = TrainingSearch(model).best(acceleratorCount: count)
            else { return nil }
            var option = CostedOption(
                summary: found.layout.summary, poolID: pool.id, acceleratorCount: count,
                blockSize: pool.acceleratorsPerNode, rate: found.throughput.value,
                memory: found.memory.total)
            option.explanation = StepExplanation(
                stepTime: found.stepTime,
                terms: found.breakdown.map { .init($0.cause.rawValue, $0.time) },
                parts: [
                    .init(
                        "all accelerators", poolID: pool.id, layout: found.layout.summary,
                        memory: found.memory)
                ], relativeUncertainty: found.relativeUncertainty)
            return option
        }
    }

    private func together(
        _ pools: [Pool], share: Int, _ demand: TrainingDemand, _ job: Job
    ) -> CostedOption? {
        let counts = pools.map { accelerators($0, share: share) }
        guard counts.allSatisfy({ $0 > 0 }), admits(counts.reduce(0, +), job),
            let model = try? UnlikeTrainingModel(
                demand: demand, groups: pools.map { DeviceGroup(pool: $0) }),
            case .success(let found) = UnlikeTrainingSearch(model, counts: counts).best()
        else { return nil }
        let parts = pools.enumerated().map { index, pool in
            CostedOption.Part(
                poolID: pool.id, acceleratorCount: counts[index],
                blockSize: pool.acceleratorsPerNode, role: Self.role(index, found.layout))
        }
        var option = CostedOption(
            summary: found.layout.summary(pools.map(\.id)), parts: parts,
            rate: found.throughput.value,
            memory: found.stages.joined().map(\.memory.total).max())
        option.explanation = StepExplanation(found, pools: pools.map(\.id))
        return option
    }

    /// "stages 1–4, 52 layers" or "2 replicas of 24 micro-batches".
    private static func role(_ group: Int, _ layout: UnlikeLayout) -> String {
        let own = layout.pipelines.filter { $0.stages.contains { $0.group == group } }
        if let pipeline = own.first, own.count == 1,
            pipeline.stages.contains(where: { $0.group != group })
        {
            let places = pipeline.stages.indices.filter { pipeline.stages[$0].group == group }
            let layers = places.reduce(0) { $0 + pipeline.stages[$1].layerCount }
            let (first, last) = ((places.first ?? 0) + 1, (places.last ?? 0) + 1)
            return first == last
                ? "stage \(first), \(layers) layers" : "stages \(first)–\(last), \(layers) layers"
        }
        return own.map { "\($0.replicaCount) replicas of \($0.microBatchCount) micro-batches" }
            .joined(separator: ", ")
    }
}
