import TangramCost
import TangramHardware
import TangramUnits

/// Options of a job of reinforcement learning: rollout and learner in turns on one pool, apart on
/// one pool, or rollouts on some pools of a site and the learner on another.
struct ReinforcementCosts {
    /// Parts of a pool's nodes that are tried.
    private static let shares = [1, 2, 4]

    let demand: ReinforcementDemand
    let job: Job
    let cluster: Cluster
    /// Whether a pool may be used at all.
    let admits: (Pool) -> Bool
    private var learners: [Key: Result<TrainingEstimate, Rejection>] = [:]
    private var samplers: [[Key]: Result<[ReinforcementModel.Share], Rejection>] = [:]
    /// Passes of a reward model on the learner's accelerators.
    private var readers: [Key: Result<TrainingEstimate?, Rejection>] = [:]
    /// What came of the pools.
    private(set) var options: [CostedOption] = []
    /// Why pools give none.
    private(set) var reasons: [String: Rejection] = [:]

    private struct Key: Hashable {
        var pool: Int
        var count: Int
    }

    init(
        _ demand: ReinforcementDemand, _ job: Job, _ cluster: Cluster,
        admits: @escaping (Pool) -> Bool
    ) {
        self.demand = demand
        self.job = job
        self.cluster = cluster
        self.admits = admits
        let pools = cluster.pools.indices.filter { admits(cluster.pools[$0]) }
        for pool in pools {
            for share in Self.shares { inTurns(pool, count(pool, share: share)) }
            apart(pool)
        }
        for learner in pools {
            let others = pools.filter {
                $0 != learner && cluster.pools[$0].siteID == cluster.pools[learner].siteID
            }
            var sets = others.map { [$0] }
            if (2..<CostedOption.partLimit).contains(others.count) { sets.append(others) }
            for set in sets {
                for learning in Self.shares {
                    for sampling in Self.shares {
                        spread(
                            set.map { ($0, count($0, share: sampling)) },
                            learner: (learner, count(learner, share: learning)))
                    }
                }
            }
        }
    }

    // MARK: Ways

    private mutating func inTurns(_ pool: Int, _ count: Int) {
        guard isAllowed(count) else {
            note(pool, .capacity(needed: job.minimumAccelerators ?? 1, available: count))
            return
        }
        add([(pool, count)], learner: (pool, count), isColocated: true)
    }

    private mutating func apart(_ pool: Int) {
        let perNode = cluster.pools[pool].acceleratorsPerNode
        let nodes = count(pool, share: 1) / max(1, perNode)
        guard isAllowed(nodes * perNode) else { return }
        for sampling in ReinforcementSearch.samplingNodes(of: nodes) {
            add(
                [(pool, sampling * perNode)], learner: (pool, (nodes - sampling) * perNode),
                isColocated: false)
        }
    }

    private mutating func spread(
        _ rollouts: [(pool: Int, count: Int)], learner: (pool: Int, count: Int)
    ) {
        guard isAllowed(rollouts.reduce(learner.count) { $0 + $1.count }) else { return }
        add(rollouts, learner: learner, isColocated: false)
    }

    private func count(_ pool: Int, share: Int) -> Int {
        let pool = cluster.pools[pool]
        let healthy = pool.nodeCount - pool.health.reduce(0) { $0 + $1.nodes.count }
        return max(0, healthy / share) * pool.acceleratorsPerNode
    }

    private func isAllowed(_ count: Int) -> Bool {
        count > 0 && count >= job.minimumAccelerators ?? 1
            && count <= job.maximumAccelerators ?? .max
    }

    // MARK: Estimates

    private mutating func note(_ pool: Int, _ reason: Rejection) {
        let id = cluster.pools[pool].id
        if reasons[id] == nil { reasons[id] = reason }
    }

    private mutating func learner(_ pool: Int, _ count: Int) -> TrainingEstimate? {
        let key = Key(pool: pool, count: count)
        let known = learners[key]
        let result = known ?? search(pool, count)
        learners[key] = result
        if case .failure(let reason) = result { note(pool, reason) }
        return try? result.get()
    }

    private func search(_ pool: Int, _ count: Int) -> Result<TrainingEstimate, Rejection> {
        do throws(Rejection) {
            let group = DeviceGroup(pool: cluster.pools[pool])
            return try TrainingSearch(
                demand: demand.learnerJob(on: group.accelerator.architecture), group: group
            ).best(acceleratorCount: count)
        } catch {
            return .failure(error)
        }
    }

    private mutating func add(
        _ rollouts: [(pool: Int, count: Int)], learner: (pool: Int, count: Int), isColocated: Bool
    ) {
        guard rollouts.allSatisfy({ $0.count > 0 }), learner.count > 0,
            let training = self.learner(learner.pool, learner.count)
        else { return }
        func accelerators(_ part: (pool: Int, count: Int)) -> ReinforcementModel.Accelerators {
            .init(DeviceGroup(pool: cluster.pools[part.pool]), part.count)
        }
        let model =
            isColocated
            ? ReinforcementModel(
                demand, group: DeviceGroup(pool: cluster.pools[learner.pool]),
                count: learner.count)
            : ReinforcementModel(
                demand, rollouts: rollouts.map(accelerators), learner: accelerators(learner))
        do throws(Rejection) {
            let shares = try shares(model, rollouts)
            let found = try model.estimate(
                training, shares, reward: try reader(model, learner))
            options.append(option(found, rollouts, learner))
        } catch {
            note(rollouts[0].pool, error)
        }
    }

    /// What the same accelerators sample is searched once.
    private mutating func shares(
        _ model: ReinforcementModel, _ rollouts: [(pool: Int, count: Int)]
    ) throws(Rejection) -> [ReinforcementModel.Share] {
        let key = rollouts.map { Key(pool: $0.pool, count: $0.count) }
        let found = samplers[key] ?? Result { () throws(Rejection) in try model.shares() }
        samplers[key] = found
        return try found.get()
    }

    private mutating func reader(
        _ model: ReinforcementModel, _ learner: (pool: Int, count: Int)
    ) throws(Rejection) -> TrainingEstimate? {
        let key = Key(pool: learner.pool, count: learner.count)
        let found = readers[key] ?? Result { () throws(Rejection) in try model.rewardPass() }
        readers[key] = found
        return try found.get()
    }

    private func option(
        _ found: ReinforcementEstimate, _ rollouts: [(pool: Int, count: Int)],
        _ learner: (pool: Int, count: Int)
    ) -> CostedOption {
        let pools = cluster.pools
        var parts: [CostedOption.Part] = []
        if rollouts.contains(where: { $0.pool == learner.pool }) {
            // All of it on one pool.
            let total = found.acceleratorCount
            let sampling = found.isColocated ? 0 : rollouts.reduce(0) { $0 + $1.count }
            let role =
                sampling > 0 ? "\(sampling) sample, \(total - sampling) learn" : nil
            parts = [
                CostedOption.Part(
                    poolID: pools[learner.pool].id, acceleratorCount: total,
                    blockSize: pools[learner.pool].acceleratorsPerNode, role: role)
            ]
        } else {
            parts = (rollouts.map { ($0, "rollout") } + [(learner, "learner")]).map { part, role in
                CostedOption.Part(
                    poolID: pools[part.pool].id, acceleratorCount: part.count,
                    blockSize: pools[part.pool].acceleratorsPerNode, role: role)
            }
        }
        var option = CostedOption(
            summary: found.summary(learnerOn: pools[learner.pool].accelerator.id), parts: parts,
            rate: found.throughput.value,
            memory: max(
                found.training.memory.total,
                found.rollouts.map(\.replica.memory.total).max() ?? .zero))
        option.explanation = StepExplanation(
            found, of: demand, rolloutPools: rollouts.map { pools[$0.pool].id },
            learnerPool: pools[learner.pool].id)
        return option
    }
}
