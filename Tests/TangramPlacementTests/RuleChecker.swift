import TangramPlacement

/// What is wrong with a plan by its rules on failure domains, found out from plan and scenario alone.
struct RuleChecker {
    let scenario: Scenario
    /// Accelerators of a replica of every service that a table offers.
    var tableBlock: Int?

    private func pool(_ id: String) -> Pool? { scenario.cluster.pools.first { $0.id == id } }

    /// The domain of a node, in words.
    private func domain(_ kind: FailureDomain, _ pool: Pool, _ node: Int) -> String {
        switch kind {
        case .node: return "\(pool.id) node \(node)"
        case .scaleUp:
            let size = max(1, pool.scaleUp.size / pool.acceleratorsPerNode)
            return "\(pool.id) domain \(node / size)"
        case .leaf:
            guard let size = pool.scaleOut.nodesPerLeaf else { return pool.id }
            return "\(pool.id) leaf \(node / size)"
        case .pool: return pool.id
        case .site: return pool.siteID ?? pool.id
        }
    }

    private func domains(_ kind: FailureDomain, _ job: JobPlan) -> Set<String> {
        var result: Set<String> = []
        for placement in job.placements {
            guard let pool = pool(placement.poolID) else { continue }
            for entry in placement.nodes { result.insert(domain(kind, pool, entry.node)) }
        }
        return result
    }

    func faults(_ plan: Plan) -> [String] {
        var faults: [String] = []
        for rule in scenario.affinities {
            let jobs = zip(scenario.jobs, plan.jobs).filter { rule.jobs.matches($0.0) }.map(\.1)
            switch rule.effect {
            case .apart:
                for (index, job) in jobs.enumerated() {
                    for other in jobs[..<index] {
                        let shared = domains(rule.domain, job)
                            .intersection(domains(rule.domain, other))
                        if !shared.isEmpty {
                            faults.append("\(job.jobID) and \(other.jobID): \(shared)")
                        }
                    }
                }
            case .together:
                guard jobs.count > 1 else { continue }
                let placed = jobs.filter(\.isPlaced)
                if placed.count != 0 && placed.count != jobs.count {
                    faults.append("half of \(rule)")
                }
                // Jobs that fill more than one domain are not asked to be in one.
                let all = placed.reduce(into: Set<String>()) {
                    $0.formUnion(domains(rule.domain, $1))
                }
                if all.count > 1 { faults.append("\(placed.map(\.jobID)) in \(all)") }
            }
        }
        for (job, own) in zip(scenario.jobs, plan.jobs) { faults += spread(job, own) }
        for pool in scenario.cluster.pools where pool.survivesNodeFailure {
            for node in 0..<pool.nodeCount { faults += broken(by: node, of: pool, plan) }
        }
        return faults
    }

    private func spread(_ job: Job, _ plan: JobPlan) -> [String] {
        guard let spread = job.spread, plan.isPlaced else { return [] }
        if spread.domain >= .pool {
            var carried: [String: Double] = [:]
            for placement in plan.placements {
                guard let pool = pool(placement.poolID), case .serve(let demand) = job.work,
                    case .serve(let serving) = placement.work
                else { continue }
                carried[domain(spread.domain, pool, 0), default: 0] +=
                    serving.load.value / demand.requestRate.value
            }
            return carried.filter { $0.value > spread.most + 1e-9 }.map { "\(job.id): \($0)" }
        }
        var held: [String: Double] = [:]
        var total = 0.0
        for placement in plan.placements {
            guard let pool = pool(placement.poolID) else { continue }
            let unit: Double
            switch placement.work {
            case .serve(let serving): unit = Double(serving.estimate.acceleratorCount)
            case .table: unit = Double(tableBlock ?? 1)
            case .train: continue
            }
            total += Double(placement.acceleratorCount) / unit
            for entry in placement.nodes {
                held[domain(spread.domain, pool, entry.node), default: 0] +=
                    Double(entry.accelerators.count) / unit
            }
        }
        return held.filter { $0.value > spread.most * total + 1e-9 }
            .map { "\(job.id): \($0) of \(total)" }
    }

    /// Takes one node away: what is left must carry every load, and training must find a free node.
    private func broken(by node: Int, of pool: Pool, _ plan: Plan) -> [String] {
        var faults: [String] = []
        var used: Set<Int> = []
        for placement in plan.jobs.flatMap(\.placements) where placement.poolID == pool.id {
            used.formUnion(placement.nodes.map(\.node))
        }
        for job in plan.jobs {
            for placement in job.placements where placement.poolID == pool.id {
                let lost = placement.nodes.filter { $0.node == node }
                    .reduce(0) { $0 + $1.accelerators.count }
                guard lost > 0 else { continue }
                switch placement.work {
                case .serve(let serving):
                    let unit = serving.estimate.acceleratorCount
                    let gone = unit >= pool.acceleratorsPerNode ? 1 : (lost + unit - 1) / unit
                    let one = serving.capacity.value / Double(serving.replicaCount)
                    let left = one * Double(serving.replicaCount - gone)
                    if left < serving.load.value * (1 - 1e-9) {
                        faults.append("\(job.jobID) without node \(node) of \(pool.id)")
                    }
                case .train:
                    let state = pool.health.last { $0.nodes.contains(node) }
                    let spare = (0..<pool.nodeCount).contains { other in
                        let own = pool.health.last { $0.nodes.contains(other) }
                        return !used.contains(other) && (own?.speed ?? 1) >= (state?.speed ?? 1)
                            && (own?.memory ?? 1) >= (state?.memory ?? 1)
                    }
                    if !spare {
                        faults.append("\(job.jobID) has no node for \(node) of \(pool.id)")
                    }
                case .table(let entry):
                    guard let unit = tableBlock, placement.span == nil, let load = entry.load else {
                        continue
                    }
                    let count = Double(placement.acceleratorCount / unit)
                    let gone = Double((lost + unit - 1) / unit)
                    if entry.rate * (count - gone) / count < load.value * (1 - 1e-9) {
                        faults.append("\(job.jobID) without node \(node) of \(pool.id)")
                    }
                }
            }
        }
        return faults
    }
}
