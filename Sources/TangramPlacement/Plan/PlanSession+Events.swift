import TangramHardware
import TangramUnits
import TangramWorkers

extension PlanSession {
    /// A job arrives.
    ///
    /// - Throws: ``PlanningError`` where the job is no job, or its name is taken.
    /// - Complexity: the cost of the job's options, and O(items + nodes).
    @discardableResult
    public mutating func add(_ job: Job) throws(PlanningError) -> PlanUpdate {
        var next = model.scenario
        let isKnown = next.jobs.enumerated().contains {
            $0.element.id == job.id && !removed.contains($0.offset)
        }
        if isKnown { throw .duplicateName(job.id) }
        next.jobs = [job]
        try ScenarioCheck.checkJobs(next)
        let isRuled =
            model.scenario.affinities.contains { $0.jobs.matches(job) } || !job.placed.isEmpty
            || job.spread.map { !$0.domain.isWithinPool } ?? false
        guard session != nil, !isRuled else {
            next = scenario
            next.jobs.append(job)
            return try planAnew(next)
        }
        next.affinities = []
        let (menus, _) = try MenuBuilder(next, like: builder)
            .menus(workers: planner.workers, progress: nil)
        let before = choices
        let items = model.append(job, menus: menus)
        for item in items {
            do throws(ProblemError) {
                _ = try session?.add(model.problem.items[item])
            } catch {
                throw .invalidQuantity(subject: "estimates", what: error.description)
            }
        }
        return settle(before, touched: items)
    }

    /// A job is done, or is withdrawn; others may have what it held.
    ///
    /// - Throws: ``PlanningError`` where there is no such job.
    @discardableResult
    public mutating func remove(jobID: String) throws(PlanningError) -> PlanUpdate {
        guard
            let index = model.scenario.jobs.indices.first(where: {
                model.scenario.jobs[$0].id == jobID && !removed.contains($0)
            })
        else {
            throw .invalidQuantity(subject: "job \"\(jobID)\"", what: "it is not in the plan")
        }
        let isRuled = model.scenario.affinities.contains {
            $0.effect == .together && $0.jobs.matches(model.scenario.jobs[index])
        }
        guard session != nil, !isRuled else {
            var next = scenario
            next.jobs.removeAll { $0.id == jobID }
            guard !next.jobs.isEmpty else { throw .noJobs }
            return try planAnew(next)
        }
        removed.insert(index)
        let items = model.items.indices.filter { item in
            model.items[item].menus.contains { model.menus[$0].jobIndex == index }
        }
        let before = choices
        packed.clear(items)
        session?.remove(all: items)
        model.remove(items: items)
        return settle(before, touched: [])
    }

    /// A node fails: a node in reserve takes its place where there is one, else what ran on it goes
    /// elsewhere or makes do with less.
    ///
    /// - Throws: ``PlanningError`` where there is no such node.
    /// - Complexity: O(items + nodes).
    @discardableResult
    public mutating func fail(
        node: Int, ofPool poolID: String
    ) throws(PlanningError) -> PlanUpdate {
        let pool = try index(ofPool: poolID, node: node)
        var health = model.scenario.cluster.pools[pool].health
        health.append(NodeHealth(nodes: node...node, speed: 0, reason: "failed"))
        let part = model.parts.indices.first {
            model.parts[$0].poolIndex == pool && model.parts[$0].holds(node)
        }
        guard session != nil else {
            var next = scenario
            next.cluster.pools[pool].health = health
            failed[FailedNode(pool: pool, node: node)] = part ?? 0
            return try planAnew(next)
        }
        model.setHealth(health, ofPool: pool)
        guard let part else {
            // It was out already, or in reserve.
            for own in model.parts.indices where model.parts[own].poolIndex == pool {
                if model.parts[own].reserved.contains(node) {
                    failed[FailedNode(pool: pool, node: node)] = own
                    model.setNode(node, of: own, isUp: false)
                }
            }
            packed.adopt(model)
            return settle(choices, touched: [])
        }
        failed[FailedNode(pool: pool, node: node)] = part
        let before = choices
        let items = packed.holders(of: node, in: part)
        packed.clear(items)
        packed.setNode(node, of: part, isUp: false)
        model.setNode(node, of: part, isUp: false)
        let perNode = model.parts[part].group.acceleratorsPerNode
        var capacity = model.problem.capacities[part] - Double(perNode)
        if let spare = spare(for: node, in: part) {
            packed.setNode(spare, of: part, isUp: true)
            model.setNode(spare, of: part, isUp: true)
            capacity += Double(perNode)
        }
        session?.displace(items, resource: part, capacity: max(0, capacity))
        return settle(before, touched: items)
    }

    /// A node that failed is back.
    ///
    /// - Throws: ``PlanningError`` where it has not failed in this session.
    @discardableResult
    public mutating func restore(
        node: Int, ofPool poolID: String
    ) throws(PlanningError) -> PlanUpdate {
        let pool = try index(ofPool: poolID, node: node)
        guard let part = failed[FailedNode(pool: pool, node: node)] else {
            throw .invalidQuantity(
                subject: "node \(node) of pool \"\(poolID)\"", what: "it has not failed")
        }
        failed[FailedNode(pool: pool, node: node)] = nil
        var health = model.scenario.cluster.pools[pool].health
        health.removeAll { $0.nodes == node...node && $0.speed == 0 && $0.reason == "failed" }
        guard session != nil else {
            var next = scenario
            next.cluster.pools[pool].health = health
            return try planAnew(next)
        }
        model.setHealth(health, ofPool: pool)
        let before = choices
        packed.setNode(node, of: part, isUp: true)
        model.setNode(node, of: part, isUp: true)
        let perNode = Double(model.parts[part].group.acceleratorsPerNode)
        do throws(ProblemError) {
            try session?.setCapacity(model.problem.capacities[part] + perNode, of: part)
        } catch {
            throw .invalidQuantity(subject: "pool \"\(poolID)\"", what: error.description)
        }
        return settle(before, touched: [])
    }

    // MARK: Parts of events

    private var choices: [Int?] { session?.choices ?? solution.choices }

    private func index(ofPool id: String, node: Int) throws(PlanningError) -> Int {
        guard let pool = model.scenario.cluster.pools.firstIndex(where: { $0.id == id }) else {
            throw .invalidQuantity(subject: "pool \"\(id)\"", what: "there is no such pool")
        }
        guard (0..<model.scenario.cluster.pools[pool].nodeCount).contains(node) else {
            throw .invalidQuantity(subject: "pool \"\(id)\"", what: "there is no node \(node)")
        }
        return pool
    }

    /// A node in reserve that can stand in for another.
    private func spare(for node: Int, in part: Int) -> Int? {
        let perDomain = model.parts[part].nodesPerDomain
        return model.parts[part].reserved.first {
            perDomain == 1 || $0 / perDomain == node / perDomain
        }
    }

    /// Packs what an event changed, and says what that is.
    private mutating func settle(_ before: [Int?], touched: [Int]) -> PlanUpdate {
        guard let problem = session?.problem else {
            return PlanUpdate(
                jobs: [], objective: objective, bound: bound, isIncremental: false)
        }
        model.adopt(problem)
        packed.adopt(model)
        let now = choices
        var changed = Set(touched)
        for item in now.indices where item >= before.count || before[item] != now[item] {
            changed.insert(item)
        }
        let items = changed.sorted()
        packed.clear(items)
        packed.pack(items, now)
        for item in items where packed.itemChoices[item] != now[item] {
            session?.adopt(packed.itemChoices[item], for: item)
        }
        solution.choices = packed.itemChoices
        var jobs: [Int] = []
        for item in items {
            for menu in model.items[item].menus {
                let job = model.menus[menu].jobIndex
                if !removed.contains(job), !jobs.contains(job) { jobs.append(job) }
            }
        }
        let assembly = self.assembly
        let plans = jobs.sorted().map { job in
            assembly.jobPlan(
                job, menus: model.menus.indices.filter { model.menus[$0].jobIndex == job })
        }
        return PlanUpdate(jobs: plans, objective: objective, bound: bound, isIncremental: true)
    }

    private mutating func planAnew(_ next: Scenario) throws(PlanningError) -> PlanUpdate {
        let old = Dictionary(plan().jobs.map { ($0.jobID, $0) }) { $1 }
        try rebuild(with: next)
        let jobs = plan().jobs.filter { job in
            old[job.jobID].map { !$0.isSame(as: job) } ?? true
        }
        return PlanUpdate(jobs: jobs, objective: objective, bound: bound, isIncremental: false)
    }
}

extension JobPlan {
    /// Whether another plan of the job is on the same nodes.
    fileprivate func isSame(as other: JobPlan) -> Bool {
        placements.map(\.poolID) == other.placements.map(\.poolID)
            && placements.map(\.nodes) == other.placements.map(\.nodes)
    }
}
