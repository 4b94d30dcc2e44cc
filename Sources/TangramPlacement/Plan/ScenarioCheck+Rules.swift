import TangramHardware
import TangramUnits

/// Refuses rules that contradict each other, and places that cannot be.
extension ScenarioCheck {
    static func checkRules(_ scenario: Scenario) throws(PlanningError) {
        try checkOpposed(scenario)
        try checkAffinities(scenario)
        for job in scenario.jobs {
            guard let spread = job.spread else { continue }
            guard spread.most > 0, spread.most < 1 else {
                throw .invalidQuantity(
                    subject: "job \"\(job.id)\"",
                    what: "spread of \(spread.most); give a part above 0 and below 1")
            }
        }
        if let migration = scenario.migration {
            let (downtime, period) = (migration.downtime.value, migration.period.value)
            guard downtime.isFinite, downtime >= 0, period.isFinite, period > 0 else {
                throw .invalidQuantity(
                    subject: "migration",
                    what: "downtime \(downtime) s in \(period) s; give finite times, the second "
                        + "above 0")
            }
        }
        try checkPlaces(scenario)
    }

    /// Rules of the policy that require and forbid the same pools for one job.
    private static func checkOpposed(_ scenario: Scenario) throws(PlanningError) {
        let hard = scenario.policy.filter { $0.effect == .require || $0.effect == .forbid }
        for (index, rule) in hard.enumerated() {
            for other in hard[..<index]
            where other.effect != rule.effect && other.pools.isSame(as: rule.pools) {
                guard
                    let job = scenario.jobs.first(where: {
                        rule.jobs.matches($0) && other.jobs.matches($0)
                    })
                else { continue }
                throw .contradictoryRules(other.words, rule.words, job: job.id)
            }
        }
        for job in scenario.jobs where !job.constraints.isEmpty {
            let shared = hard.filter { $0.jobs.matches(job) }
            for (index, rule) in job.constraints.enumerated() where rule.isHard {
                let earlier = shared + job.constraints[..<index].filter(\.isHard)
                if let other = earlier.first(where: {
                    $0.effect != rule.effect && $0.pools.isSame(as: rule.pools)
                }) {
                    throw .contradictoryRules(other.words, rule.words, job: job.id)
                }
            }
        }
    }

    private static func checkAffinities(_ scenario: Scenario) throws(PlanningError) {
        let rules = scenario.affinities
        for together in rules where together.effect == .together {
            for apart in rules where apart.effect == .apart && together.domain <= apart.domain {
                let both = scenario.jobs.filter {
                    together.jobs.matches($0) && apart.jobs.matches($0)
                }
                guard both.count > 1, let job = both.first else { continue }
                throw .contradictoryRules(
                    together.summary(scenario.jobs), apart.summary(scenario.jobs), job: job.id)
            }
        }
        for rule in rules where rule.effect == .together || !rule.domain.isWithinPool {
            let spread = scenario.jobs.first { job in
                rule.jobs.matches(job) && job.spread.map { !$0.domain.isWithinPool } ?? false
            }
            if let spread {
                throw .contradictoryRules(
                    rule.summary(scenario.jobs),
                    "spread within \(spread.spread?.domain.rawValue ?? "pool")", job: spread.id)
            }
        }
    }

    /// Accelerators that jobs are said to be on: they exist, and each has one owner.
    private static func checkPlaces(_ scenario: Scenario) throws(PlanningError) {
        let pools = Dictionary(scenario.cluster.pools.map { ($0.id, $0) }) { $1 }
        var owners: [String: [Int: [(range: ClosedRange<Int>, job: String)]]] = [:]
        for job in scenario.jobs {
            let subject = "job \"\(job.id)\""
            for place in job.placed {
                guard let pool = pools[place.poolID] else {
                    throw .invalidQuantity(
                        subject: subject, what: "it is placed on \"\(place.poolID)\", no pool")
                }
                guard !place.nodes.isEmpty else {
                    throw .invalidQuantity(
                        subject: subject, what: "it is placed on no node of \(pool.id)")
                }
                for entry in place.nodes {
                    guard (0..<pool.nodeCount).contains(entry.node),
                        entry.accelerators.lowerBound >= 0,
                        entry.accelerators.upperBound < pool.acceleratorsPerNode
                    else {
                        throw .invalidQuantity(
                            subject: subject,
                            what: "node \(entry.node) [\(entry.accelerators)] is not in pool "
                                + "\(pool.id) of \(pool.nodeCount) nodes with "
                                + "\(pool.acceleratorsPerNode) accelerators")
                    }
                    let known = owners[pool.id]?[entry.node] ?? []
                    if let other = known.first(where: { $0.range.overlaps(entry.accelerators) }) {
                        throw .invalidQuantity(
                            subject: subject,
                            what: "accelerators of node \(entry.node) of \(pool.id) are held by "
                                + "job \"\(other.job)\" already")
                    }
                    owners[pool.id, default: [:]][entry.node, default: []].append(
                        (entry.accelerators, job.id))
                }
            }
        }
    }
}

extension PolicyRule {
    fileprivate var isHard: Bool { effect == .require || effect == .forbid }

    /// "require vendor Huawei".
    fileprivate var words: String {
        let verb =
            switch effect {
            case .require: "require"
            case .forbid: "forbid"
            case .prefer: "prefer"
            }
        return "\(verb) \(summary)"
    }
}

extension PoolSelector {
    /// Whether both name the same pools, whatever the order.
    fileprivate func isSame(as other: PoolSelector) -> Bool {
        Set(vendors) == Set(other.vendors) && Set(accelerators) == Set(other.accelerators)
            && Set(sites) == Set(other.sites) && Set(regions) == Set(other.regions)
            && Set(pools) == Set(other.pools) && Set(labels) == Set(other.labels)
            && Set(licences) == Set(other.licences)
    }
}
