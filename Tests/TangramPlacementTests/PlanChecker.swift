import TangramPlacement

/// What is wrong with a plan, found out from plan and scenario alone: it shares no code with the
/// planner, so that a mistake there is not repeated here.
struct PlanChecker {
    let scenario: Scenario

    func faults(_ plan: Plan) -> [String] {
        var faults: [String] = []
        if plan.jobs.map(\.jobID) != scenario.jobs.map(\.id) { faults.append("jobs differ") }
        faults += devices(plan)
        for (job, own) in zip(scenario.jobs, plan.jobs) { faults += self.faults(own, of: job) }
        faults += limits(plan)
        for measure in plan.proof.measures {
            let isBeyond =
                measure.isMinimised
                ? measure.objective < measure.bound * (1 - 1e-9)
                : measure.objective > measure.bound * (1 + 1e-9)
            if isBeyond || !measure.objective.isFinite { faults.append("proof: \(measure)") }
        }
        return faults
    }

    private func pool(_ id: String) -> Pool? { scenario.cluster.pools.first { $0.id == id } }

    /// Every accelerator exists, is healthy and has one owner; counts are those of the nodes.
    private func devices(_ plan: Plan) -> [String] {
        var faults: [String] = []
        var owners: [[Int]: [String: String]] = [:]
        for job in plan.jobs {
            for placement in job.placements {
                guard let pool = pool(placement.poolID) else {
                    faults.append("\(job.jobID): no pool \(placement.poolID)")
                    continue
                }
                var count = 0
                for assignment in placement.nodes {
                    let node = assignment.node
                    if !(0..<pool.nodeCount).contains(node) { faults.append("no node \(node)") }
                    let health = pool.health.last { $0.nodes.contains(node) }
                    if let health, health.speed <= 0 || health.memory <= 0 {
                        faults.append("\(job.jobID): node \(node) is out")
                    }
                    for accelerator in assignment.accelerators {
                        count += 1
                        if !(0..<pool.acceleratorsPerNode).contains(accelerator) {
                            faults.append("no accelerator \(accelerator)")
                        }
                        let owner = owners[[node, accelerator], default: [:]][pool.id]
                        if let owner { faults.append("\(owner) and \(job.jobID) share") }
                        owners[[node, accelerator], default: [:]][pool.id] = job.jobID
                    }
                }
                if count != placement.acceleratorCount { faults.append("\(job.jobID): \(count)") }
            }
        }
        for pool in plan.pools {
            let used = plan.jobs.flatMap(\.placements).filter { $0.poolID == pool.poolID }
                .reduce(0) { $0 + $1.acceleratorCount }
            if used != pool.usedAccelerators { faults.append("\(pool.poolID): \(used) used") }
        }
        return faults
    }

    private func faults(_ plan: JobPlan, of job: Job) -> [String] {
        var faults: [String] = []
        if !(0...1 + 1e-9).contains(plan.satisfaction) { faults.append("\(plan.satisfaction)") }
        guard plan.isPlaced else {
            if (plan.reason ?? "").isEmpty { faults.append("\(job.id): no reason") }
            let named = Set(plan.rejections.map(\.poolID))
            for pool in scenario.cluster.pools where !named.contains(pool.id) {
                faults.append("\(job.id): no word on \(pool.id)")
            }
            return faults
        }
        if plan.acceleratorCount < job.minimumAccelerators ?? 1
            || plan.acceleratorCount > job.maximumAccelerators ?? .max
        {
            faults.append("\(job.id): \(plan.acceleratorCount) accelerators")
        }
        for placement in plan.placements {
            if let pool = pool(placement.poolID), let reason = forbidden(job, pool) {
                faults.append("\(job.id) on \(pool.id): \(reason)")
            }
            let memory: MemoryBreakdown
            switch placement.work {
            case .train(let training): memory = training.estimate.memory
            case .serve(let serving): memory = serving.estimate.memory
            case .table(let entry):
                let roomiest = entry.option.parts.compactMap { self.pool($0.poolID) }
                    .map(\.accelerator.usableMemory).max()
                if let needed = entry.option.memory, let roomiest, needed > roomiest {
                    faults.append("\(job.id): memory")
                }
                continue
            }
            if memory.total > memory.available { faults.append("\(job.id): memory") }
        }
        return faults
    }

    private func forbidden(_ job: Job, _ pool: Pool) -> String? {
        for rule in scenario.policy + job.constraints {
            let isMeant: Bool
            switch job.work {
            case .train, .reinforce:
                isMeant = rule.jobs.uses.isEmpty || rule.jobs.uses.contains(.train)
            case .serve: isMeant = rule.jobs.uses.isEmpty || rule.jobs.uses.contains(.serve)
            }
            let matches =
                (rule.pools.vendors.isEmpty
                    || rule.pools.vendors.contains(pool.accelerator.vendor))
                && (rule.pools.pools.isEmpty || rule.pools.pools.contains(pool.id))
            switch rule.effect {
            case .require where isMeant && !matches: return "required elsewhere"
            case .forbid where isMeant && matches: return "forbidden"
            default: break
            }
        }
        let tenant = job.tenant ?? ""
        if let tenants = pool.tenants, !tenants.contains(tenant) { return "tenant" }
        guard let licence = pool.licence else { return nil }
        if let tenants = licence.tenants, !tenants.contains(tenant) { return "licence's tenant" }
        if case .train = job.work, !licence.uses.contains(.train) { return "licence's use" }
        if let end = licence.expires, let start = scenario.date, end < start { return "expired" }
        return nil
    }

    private func limits(_ plan: Plan) -> [String] {
        var faults: [String] = []
        var cost = 0.0
        var licensed: [String: Int] = [:]
        var owned: [String: Int] = [:]
        for (job, own) in zip(scenario.jobs, plan.jobs) {
            if let tenant = job.tenant { owned[tenant, default: 0] += own.acceleratorCount }
            for placement in own.placements {
                let pool = pool(placement.poolID)
                cost += (pool?.price?.value ?? 0) * Double(placement.acceleratorCount)
                if let name = pool?.licence?.name, pool?.licence?.acceleratorLimit != nil {
                    licensed[name, default: 0] += placement.acceleratorCount
                }
            }
        }
        if let budget = scenario.objective.budget, cost > budget.value + 1e-6 {
            faults.append("\(cost) of a budget of \(budget.value)")
        }
        if scenario.objective.charge == .accelerator, abs(cost - plan.cost.value) > 1e-6 {
            faults.append("cost \(plan.cost.value) is \(cost)")
        }
        for pool in scenario.cluster.pools {
            if let name = pool.licence?.name, let limit = pool.licence?.acceleratorLimit,
                licensed[name] ?? 0 > limit
            {
                faults.append("licence \(name)")
            }
        }
        for quota in scenario.quotas {
            if let limit = quota.accelerators, owned[quota.tenant] ?? 0 > limit {
                faults.append("quota of \(quota.tenant)")
            }
        }
        return faults
    }
}
