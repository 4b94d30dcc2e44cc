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
    /// For each quota its resources of accelerators and of cost.
    private var quotas: [(quota: Quota, accelerators: Int?, cost: Int?)] = []

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

    /// What `option` takes when it does the job of that index.
    func uses(of option: MenuOption, by jobIndex: Int) -> [PlacementProblem.Use] {
        var uses: [PlacementProblem.Use] = []
        func take(_ resource: Int?, _ amount: Double) {
            guard let resource, amount > 0 else { return }
            if let index = uses.firstIndex(where: { $0.resource == resource }) {
                uses[index].amount += amount
            } else {
                uses.append(.init(resource: resource, amount: amount))
            }
        }
        let job = scenario.jobs[jobIndex]
        for entry in option.parts { take(entry.part, Double(entry.acceleratorCount)) }
        take(budget, option.cost?.value ?? 0)
        let total = Double(max(1, option.acceleratorCount))
        for part in option.parts {
            let count = part.acceleratorCount
            let pool = scenario.cluster.pools[parts[part.part].poolIndex]
            let share = Double(count) / total
            take(pool.siteID.flatMap { sitePower[$0] }, option.power * share)
            take(licence(of: pool), Double(count))
            for entry in quotas
            where entry.quota.tenant == job.tenant
                && entry.quota.pools.matches(pool, in: scenario.cluster)
            {
                take(entry.accelerators, Double(count))
                take(entry.cost, (option.cost?.value ?? 0) * share)
            }
        }
        return uses
    }
}
