import TangramCost
import TangramHardware
import TangramUnits
import TangramWorkers

/// Builds the menu of every job: which options there are on which pools, and why there are none.
struct MenuBuilder {
    let scenario: Scenario
    let parts: [PoolPart]
    /// Costs of an embedder, which come before those of the estimator.
    let costs: (any CostTable)?
    let partsOfPool: [[Int]]
    /// For each part all counts that can be packed well.
    private let allCounts: [[Int]]
    let policy: PolicyCheck

    init(_ scenario: Scenario, costs: (any CostTable)? = nil) {
        self.scenario = scenario
        self.costs = costs
        var occupied: [String: Set<Int>] = [:]
        for place in scenario.jobs.flatMap(\.placed) {
            occupied[place.poolID, default: []].formUnion(place.nodes.map(\.node))
        }
        let policy = PolicyCheck(scenario: scenario)
        let training = scenario.jobs.filter { $0.use == .train }
        var parts: [PoolPart] = []
        var partsOfPool: [[Int]] = []
        for (index, pool) in scenario.cluster.pools.enumerated() {
            let mayTrain =
                pool.survivesNodeFailure
                && training.contains { (try? policy.admit($0, on: pool).get()) != nil }
            let own = PoolPart.parts(
                of: pool, index: index, mayTrain: mayTrain, occupied: occupied[pool.id] ?? [])
            partsOfPool.append(Array(parts.count..<parts.count + own.count))
            parts += own
        }
        self.parts = parts
        self.partsOfPool = partsOfPool
        allCounts = parts.map { $0.acceleratorCounts(from: 1, through: .max) }
        self.policy = policy
    }

    /// A builder for other jobs on the same parts.
    init(_ scenario: Scenario, like other: MenuBuilder) {
        self.scenario = scenario
        costs = other.costs
        parts = other.parts
        partsOfPool = other.partsOfPool
        allCounts = other.allCounts
        policy = PolicyCheck(scenario: scenario)
    }

    // MARK: Candidates

    /// A pool that a job may use.
    private struct Candidate {
        var poolIndex: Int
        var preference: Double
        /// Estimates to look up, with the parts they are for.
        var training: [(index: EstimateStore.TrainingIndex, parts: [OptionPart])] = []
        var serving: [(index: Int, part: Int)] = []
    }

    /// The menus of all jobs, in order; a job whose demand no pool can meet alone has several.
    ///
    /// Where `isOver` ends the costing, options that were not costed are not in the menus, and
    /// `isComplete` is false.
    func menus(
        workers: any WorkerPool, isOver: () -> Bool = { false },
        progress: (@Sendable (Double) -> Void)?
    ) throws(PlanningError) -> (menus: [JobMenu], isComplete: Bool) {
        let offered = try offers()
        var store = EstimateStore()
        // Estimates on nodes of two states of health are made for the worse of them.
        let groups = parts.map(\.group)
        var candidates: [[Candidate]] = []
        var refusals: [[(poolIndex: Int, reason: PoolRejection.Reason)]] = []
        var isLate = false
        for (jobIndex, job) in scenario.jobs.enumerated() {
            // Even asking for estimates takes time where there are many jobs.
            if jobIndex % 512 == 511, !isLate { isLate = isOver() }
            guard !isLate else {
                candidates.append([])
                refusals.append(
                    scenario.cluster.pools.indices.map { ($0, .infeasible(EstimateStore.late)) })
                continue
            }
            guard offered[jobIndex] == nil else {
                candidates.append([])
                refusals.append([])
                continue
            }
            var own: [Candidate] = []
            var refused: [(poolIndex: Int, reason: PoolRejection.Reason)] = []
            for (poolIndex, pool) in scenario.cluster.pools.enumerated() {
                if scenario.objective.goals.contains(.cost) && pool.price == nil {
                    refused.append(
                        (poolIndex, .policy("it has no price, which least cost needs")))
                    continue
                }
                switch policy.admit(job, on: pool) {
                case .failure(let refusal): refused.append((poolIndex, .policy(refusal.text)))
                case .success(let preference):
                    var candidate = Candidate(poolIndex: poolIndex, preference: preference)
                    request(job, &candidate, &store)
                    if candidate.training.isEmpty && candidate.serving.isEmpty {
                        let available = partsOfPool[poolIndex].reduce(0) {
                            $0 + parts[$1].acceleratorCount
                        }
                        refused.append(
                            (
                                poolIndex,
                                .infeasible(
                                    .capacity(
                                        needed: max(1, job.minimumAccelerators ?? 1),
                                        available: available))
                            ))
                    } else {
                        own.append(candidate)
                    }
                }
            }
            candidates.append(own)
            refusals.append(refused)
        }
        store.compute(groups: groups, workers: workers, isOver: isOver, progress: progress)
        let menus = scenario.jobs.indices.flatMap { index in
            weighMoves(
                offered[index].map { [menu(of: index, offered: $0)] }
                    ?? self.menus(
                        of: index, candidates: candidates[index], refusals: refusals[index],
                        store: store))
        }
        return (menus, store.isComplete && !isLate)
    }

    private func request(_ job: Job, _ candidate: inout Candidate, _ store: inout EstimateStore) {
        let own = partsOfPool[candidate.poolIndex]
        let minimum = max(1, job.minimumAccelerators ?? 1)
        let maximum = job.maximumAccelerators ?? .max
        switch job.work {
        case .train(let demand):
            for part in own {
                var counts = allCounts[part].filter { $0 >= minimum && $0 <= maximum }
                if let current = currentCount(job, part), !counts.contains(current),
                    current >= minimum, current <= maximum, parts[part].isBlock(current)
                {
                    counts.append(current)
                }
                guard !counts.isEmpty else { continue }
                let entry = store.entry(EstimateStore.TrainingKey(demand, group: part))
                for count in counts {
                    candidate.training.append(
                        (
                            store.request(entry: entry, acceleratorCount: count),
                            [OptionPart(part, count)]
                        ))
                }
            }
            guard own.count > 1 else { return }
            // All nodes of the best part together with nodes of the next: synchronous training
            // runs at the speed of the slower ones.
            let (first, second) = (parts[own[0]], parts[own[1]])
            let slower = first.group.memory < second.group.memory ? nil : own[1]
            guard let slower, first.nodesPerDomain == 1 else { return }
            let perNode = first.group.acceleratorsPerNode
            let total = first.acceleratorCount + second.acceleratorCount
            for count in spanningCounts(first.nodes.count, total / perNode).map({ $0 * perNode })
            where count >= minimum && count <= maximum {
                let entry = store.entry(EstimateStore.TrainingKey(demand, group: slower))
                candidate.training.append(
                    (
                        store.request(entry: entry, acceleratorCount: count),
                        [
                            OptionPart(own[0], first.acceleratorCount),
                            OptionPart(own[1], count - first.acceleratorCount),
                        ]
                    ))
            }
        case .serve(let demand):
            for part in own {
                let limit = min(maximum, parts[part].acceleratorCount)
                guard limit >= 1 else { continue }
                // A replica never needs more than a few hundred; beyond, add replicas.
                let key = EstimateStore.ServingKey(
                    demand, group: part, acceleratorLimit: min(limit, Self.replicaLimit))
                candidate.serving.append((store.request(key), part))
            }
        // Phases of reinforcement learning come as a table.
        case .reinforce: break
        }
    }

    /// Largest replica that is searched for: DeepSeek's own decoding deployment uses 144 and
    /// CloudMatrix384's 320 (arXiv 2412.19437 §3.4.2; arXiv 2506.12708 §4.1).
    private static let replicaLimit = 320

    private func spanningCounts(_ first: Int, _ total: Int) -> [Int] {
        var counts: [Int] = []
        var count = 1
        while count <= total {
            if count > first { counts.append(count) }
            count *= 2
        }
        if total > first && counts.last != total { counts.append(total) }
        return counts
    }

    // MARK: Options

    private func menus(
        of jobIndex: Int, candidates: [Candidate],
        refusals: [(poolIndex: Int, reason: PoolRejection.Reason)], store: EstimateStore
    ) -> [JobMenu] {
        let job = scenario.jobs[jobIndex]
        var menu = JobMenu(jobIndex: jobIndex, share: 1, options: [], refusals: refusals)
        switch job.work {
        case .train(let demand):
            for candidate in candidates {
                addTraining(job, demand, candidate, store, &menu)
            }
            normalise(&menu, demand)
            return [menu]
        case .serve(let demand):
            var replicas: [(part: Int, preference: Double, estimate: ServingEstimate)] = []
            for candidate in candidates {
                var found = false
                var reason: Rejection?
                for (index, part) in candidate.serving {
                    switch store.serving(at: index) {
                    case .failure(let rejection): reason = reason ?? rejection
                    case .success(let front):
                        for estimate in front
                        where parts[part].isBlock(estimate.acceleratorCount) {
                            replicas.append((part, candidate.preference, estimate))
                            found = true
                        }
                        if !found {
                            reason = .noLayout(
                                acceleratorCount: front.first?.acceleratorCount ?? 1,
                                reason: "no replica fills whole nodes")
                        }
                    }
                }
                if !found, let reason {
                    menu.refusals.append((candidate.poolIndex, .infeasible(reason)))
                }
            }
            return serving(job, demand, replicas, menu)
        case .reinforce: return [menu]
        }
    }

    private func addTraining(
        _ job: Job, _ demand: TrainingDemand, _ candidate: Candidate, _ store: EstimateStore,
        _ menu: inout JobMenu
    ) {
        let pool = scenario.cluster.pools[candidate.poolIndex]
        var closest: Rejection?
        var found = false
        for (index, taken) in candidate.training {
            switch store.training(at: index) {
            case .failure(let rejection): closest = Self.closer(closest, rejection)
            case .success(let estimate):
                let rate = estimate.throughput * pool.availability
                if let rejection = lateness(rate, demand, pool) {
                    closest = Self.closer(closest, rejection)
                    continue
                }
                found = true
                menu.options.append(
                    MenuOption(
                        work: .train(estimate), parts: taken, satisfaction: rate.value,
                        preference: candidate.preference,
                        cost: pool.price.map { $0 * Double(estimate.acceleratorCount) },
                        power: power(pool, estimate.acceleratorCount)))
            }
        }
        if !found {
            menu.refusals.append(
                (
                    candidate.poolIndex,
                    .infeasible(
                        closest ?? .noLayout(acceleratorCount: 0, reason: "no accelerators"))
                ))
        }
    }

    /// Why training so slow is no use here: only the end of the pool's licence rules it out. A
    /// missed deadline lowers the value instead, except where least cost comes first.
    func lateness(_ rate: TokenRate, _ demand: TrainingDemand, _ pool: Pool) -> Rejection? {
        guard let tokens = demand.tokens else { return nil }
        let time = tokens / rate
        if let licensed = policy.licensedTime(of: pool), time > licensed {
            return .deadline(finish: time, limit: licensed)
        }
        if scenario.objective.goal == .cost, let deadline = demand.deadline, time > deadline {
            return .deadline(finish: time, limit: deadline)
        }
        return nil
    }

    /// Turns throughputs into fractions of the demand: of what the deadline needs, or of the best
    /// that this cluster could do for this job alone. More than needed counts no more.
    func normalise(_ menu: inout JobMenu, _ demand: TrainingDemand) {
        let best = menu.options.map(\.satisfaction).max() ?? 1
        let needed: Double
        if let tokens = demand.tokens, let deadline = demand.deadline {
            needed = tokens.value / deadline.value
        } else {
            needed = best
        }
        for index in menu.options.indices {
            menu.options[index].satisfaction = min(
                1, menu.options[index].satisfaction / max(needed, .leastNormalMagnitude))
        }
    }

    private func serving(
        _ job: Job, _ demand: ServingDemand,
        _ replicas: [(part: Int, preference: Double, estimate: ServingEstimate)], _ menu: JobMenu
    ) -> [JobMenu] {
        let wanted = demand.requestRate.value
        var maximum = job.maximumAccelerators ?? .max
        func most(_ part: Int, _ estimate: ServingEstimate) -> Int {
            min(parts[part].acceleratorCount, maximum) / estimate.acceleratorCount
        }
        func capacity(_ part: Int, _ estimate: ServingEstimate) -> Double {
            estimate.capacity.value * scenario.cluster.pools[parts[part].poolIndex].availability
        }
        // Demand that no pool can meet alone is divided into equal shares.
        let splits = self.splits(job, demand)
        let apart = offers(splits, load: wanted)
        let reach = max(
            self.reach(apart),
            replicas.map { capacity($0.part, $0.estimate) * Double(most($0.part, $0.estimate)) }
                .max() ?? 0)
        var shareCount = 1
        if reach > 0 && reach < wanted && job.maximumAccelerators == nil && !staysWhole(job) {
            // Compared as doubles: a rate built in code may be larger than any `Int`.
            shareCount = Int(min(Double(Self.shareLimit), (2 * wanted / reach).rounded(.up)))
        }
        shareCount = self.shareCount(job, atLeast: shareCount)
        // What a job may have is for all its shares together.
        if let most = job.maximumAccelerators { maximum = most / shareCount }
        let load = wanted / Double(shareCount)
        var result = menu
        result.share = 1 / Double(shareCount)
        for replica in replicas {
            let pool = scenario.cluster.pools[parts[replica.part].poolIndex]
            let one = capacity(replica.part, replica.estimate)
            let full = Int(min(1e9, (load / one).rounded(.up)))
            let least =
                (max(1, job.minimumAccelerators ?? 1) - 1) / replica.estimate.acceleratorCount + 1
            let spare = largestSpare(replica.part, unit: replica.estimate.acceleratorCount)
            let possible = min(
                most(replica.part, replica.estimate), max(1, full + spare, least))
            guard possible >= 1 else { continue }
            var counts = Self.replicaCounts(upTo: possible)
            if let current = currentCount(job, replica.part),
                current % replica.estimate.acceleratorCount == 0
            {
                let count = current / replica.estimate.acceleratorCount
                if count <= most(replica.part, replica.estimate), !counts.contains(count) {
                    counts.append(count)
                }
            }
            for count in counts {
                let accelerators = count * replica.estimate.acceleratorCount
                guard accelerators >= job.minimumAccelerators ?? 1 else { continue }
                let size = replica.estimate.acceleratorCount
                for way in ways(job, part: replica.part, unit: size, count: count) {
                    var taken = OptionPart(replica.part, accelerators, unit: size)
                    taken.limits = way.limits
                    result.options.append(
                        MenuOption(
                            work: .serve(replica.estimate, replicaCount: count),
                            parts: [taken],
                            satisfaction: min(1, one * Double(count - way.spare) / load),
                            preference: replica.preference,
                            cost: pool.price.map { $0 * Double(accelerators) },
                            power: power(pool, accelerators),
                            usableShare: Double(count - way.spare) / Double(count)))
                }
            }
        }
        addMissing(job, replicas.map { ($0.part, $0.estimate.acceleratorCount) }, &result)
        addSplits(
            shareCount == 1 ? apart : offers(splits, load: load), job, maximum: maximum, &result)
        return [JobMenu](repeating: result, count: shareCount)
    }

    /// Says why pools whose replicas would do give no option: the number of accelerators that the
    /// job must have cannot be had there.
    private func addMissing(
        _ job: Job, _ replicas: [(part: Int, size: Int)], _ menu: inout JobMenu
    ) {
        let given = Set(menu.options.flatMap(\.parts).map { parts[$0.part].poolIndex })
        let minimum = max(1, job.minimumAccelerators ?? 1)
        for (poolIndex, own) in partsOfPool.enumerated() where !given.contains(poolIndex) {
            let sizes = replicas.filter { own.contains($0.part) }.map(\.size)
            guard let least = sizes.min() else { continue }
            let available = own.map { parts[$0].acceleratorCount }.max() ?? 0
            let reason: Rejection =
                available < minimum
                ? .capacity(needed: minimum, available: available)
                : .noLayout(
                    acceleratorCount: minimum, reason: missing(job, poolIndex, least))
            menu.refusals.append((poolIndex, .infeasible(reason)))
        }
    }

    /// Most shares that one demand is divided into.
    private static let shareLimit = 64

    /// All counts up to 8, then about eight per doubling, and the limit.
    private static func replicaCounts(upTo limit: Int) -> [Int] {
        var counts: [Int] = []
        var count = 1
        while count < limit {
            counts.append(count)
            count += max(1, count / 8)
        }
        return counts + [limit]
    }

    func power(_ pool: Pool, _ count: Int) -> Double {
        let hosts = Double(count) / Double(max(1, pool.acceleratorsPerNode))
        return (pool.accelerator.power?.value ?? 0) * Double(count)
            + (pool.host.power?.value ?? 0) * hosts
    }

    /// The miss that is nearer to working.
    private static func closer(_ left: Rejection?, _ right: Rejection) -> Rejection {
        guard let left else { return right }
        switch (left, right) {
        case (.memory(_, let a, _, _), .memory(_, let b, _, _)): return b < a ? right : left
        case (.deadline(let a, _), .deadline(let b, _)): return b < a ? right : left
        case (.noLayout, _): return right
        case (.memory, .deadline): return right
        default: return left
        }
    }
}
