import TangramHardware

/// What a plan must keep to, as resources of a placement problem: accelerators of parts of pools,
/// the budget, power of sites, accelerators under licences, quotas of tenants.
struct PlanResources {
    private(set) var capacities: [Double]
    private(set) var supplies: [PlacementProblem.Supply] = []

    private let scenario: Scenario
    private let parts: [PoolPart]
    private var budget: Int?
    private var sitePower: [String: Int] = [:]
    private var licences: [String: Int] = [:]
    /// What limits besides accelerators there are, by resource.
    private(set) var limits: [(resource: Int, kind: LimitPlan.Kind, name: String)] = []
    /// Uplinks of leaves that are limited, by pool.
    private var uplinks: [Int: Int] = [:]
    /// For each quota its resources of accelerators and of cost.
    private var quotas: [(quota: Quota, accelerators: Int?, cost: Int?)] = []
    /// Pools and sites that one job of some may be in, or that carry a part of one job only: by the
    /// index of the job, what a share of it takes of each.
    private var domains: [Int: [Domains]] = [:]

    /// Resources of pools or sites, by name.
    private struct Domains {
        var domain: FailureDomain
        var resources: [String: Int]
        /// Whether an option takes its share of the demand, or all there is.
        var isByShare: Bool
    }

    init(_ scenario: Scenario, parts: [PoolPart], hasSupplies: Bool) {
        self.scenario = scenario
        self.parts = parts
        let pools = scenario.cluster.pools
        capacities = parts.map { hasSupplies ? 0 : Double($0.acceleratorCount) }
        if hasSupplies {
            supplies = parts.enumerated().map { index, part in
                let perNode = Double(part.group.acceleratorsPerNode)
                return PlacementProblem.Supply(
                    resource: index, amount: perNode,
                    cost: (pools[part.poolIndex].price?.value ?? 0) * perNode,
                    limit: part.nodes.count)
            }
        }
        if let limit = scenario.objective.budget { budget = add(limit.value, .budget, "budget") }
        for site in scenario.cluster.sites {
            if let limit = site.powerLimit {
                sitePower[site.id] = add(limit.value, .power, site.id)
            }
        }
        for pool in pools {
            guard let licence = pool.licence, let limit = licence.acceleratorLimit else { continue }
            let name = Self.name(licence, pool)
            if licences[name] == nil { licences[name] = add(Double(limit), .licence, name) }
        }
        for quota in scenario.quotas {
            quotas.append(
                (
                    quota,
                    quota.accelerators.map { add(Double($0), .quota, quota.tenant) },
                    quota.cost.map { add($0.value, .costQuota, quota.tenant) }
                ))
        }
        for (index, pool) in pools.enumerated() {
            guard let limit = pool.scaleOut.uplinkBandwidth else { continue }
            uplinks[index] = add(limit.value / Self.fabricUnit, .fabric, pool.id)
        }
        for rule in scenario.affinities where rule.effect == .apart && !rule.domain.isWithinPool {
            let resources = addDomains(rule.domain, capacity: 1)
            for (index, job) in scenario.jobs.enumerated() where rule.jobs.matches(job) {
                domains[index, default: []].append(
                    Domains(domain: rule.domain, resources: resources, isByShare: false))
            }
        }
        for (index, job) in scenario.jobs.enumerated() {
            guard let spread = job.spread, !spread.domain.isWithinPool else { continue }
            domains[index, default: []].append(
                Domains(
                    domain: spread.domain,
                    resources: addDomains(spread.domain, capacity: spread.most), isByShare: true))
        }
    }

    /// 100 Gb/s in one direction, in bytes per second: what fabric is bought in.
    private static let fabricUnit = 12.5e9

    /// What `part` of an option may send out of its leaves, in units of 100 Gb/s: what its estimate
    /// takes for granted, namely the full rate of its NICs, where it may lie in several leaves. So
    /// nobody is slower than its estimate because of others.
    private func uplinkUse(_ part: OptionPart, of option: MenuOption, _ job: Job) -> Double {
        let own = parts[part.part]
        var mayCross = option.parts.count > 1 || part.unit > own.acceleratorsPerLeaf
        // Replicas of a service do not talk to each other; blocks of anything else do.
        if job.use != .serve && part.acceleratorCount > part.unit { mayCross = true }
        guard mayCross else { return 0 }
        return Double(part.acceleratorCount) * own.group.fabricBandwidth.value / Self.fabricUnit
    }

    /// A resource for each pool or site.
    private mutating func addDomains(
        _ domain: FailureDomain, capacity: Double
    ) -> [String: Int] {
        var resources: [String: Int] = [:]
        for pool in scenario.cluster.pools {
            let name = domain.name(of: pool)
            guard resources[name] == nil else { continue }
            resources[name] = capacities.count
            capacities.append(capacity)
        }
        return resources
    }

    /// The resource of a pool's licence, where it is limited.
    func licence(of pool: Pool) -> Int? {
        pool.licence.flatMap { licences[Self.name($0, pool)] }
    }

    /// A licence without a name is the pool's own.
    private static func name(_ licence: Licence, _ pool: Pool) -> String {
        licence.name ?? "of pool \(pool.id)"
    }

    private mutating func add(
        _ capacity: Double, _ kind: LimitPlan.Kind, _ name: String
    ) -> Int {
        limits.append((capacities.count, kind, name))
        capacities.append(capacity)
        return capacities.count - 1
    }

    /// What `option` takes when it does the job of its menu.
    func uses(
        of option: MenuOption, in menu: JobMenu, by job: Job
    ) -> [PlacementProblem.Use] {
        var uses: [PlacementProblem.Use] = []
        func take(_ resource: Int?, _ amount: Double) {
            guard let resource, amount > 0 else { return }
            if let index = uses.firstIndex(where: { $0.resource == resource }) {
                uses[index].amount += amount
            } else {
                uses.append(.init(resource: resource, amount: amount))
            }
        }
        for entry in option.parts { take(entry.part, Double(entry.acceleratorCount)) }
        take(budget, option.cost?.value ?? 0)
        let total = Double(max(1, option.acceleratorCount))
        for part in option.parts {
            let count = part.acceleratorCount
            let pool = scenario.cluster.pools[parts[part.part].poolIndex]
            let share = Double(count) / total
            take(pool.siteID.flatMap { sitePower[$0] }, option.power * share)
            take(licence(of: pool), Double(count))
            take(uplinks[parts[part.part].poolIndex], uplinkUse(part, of: option, job))
            for entry in quotas
            where entry.quota.tenant == job.tenant
                && entry.quota.pools.matches(pool, in: scenario.cluster)
            {
                take(entry.accelerators, Double(count))
                take(entry.cost, (option.cost?.value ?? 0) * share)
            }
        }
        for entry in domains[menu.jobIndex] ?? [] {
            let names = Set(
                option.pools(parts).map { entry.domain.name(of: scenario.cluster.pools[$0]) })
            for name in names.sorted() {
                take(entry.resources[name], entry.isByShare ? menu.share : 1)
            }
        }
        return uses
    }
}
