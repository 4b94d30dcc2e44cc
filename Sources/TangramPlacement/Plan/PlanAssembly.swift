import TangramCost
import TangramHardware
import TangramModels
import TangramUnits

/// Turns packed choices into a plan for people.
struct PlanAssembly {
    let model: PlanModel
    let solution: PlacementSolution
    let packed: PackedChoices

    var scenario: Scenario { model.scenario }
    private var pools: [Pool] { scenario.cluster.pools }

    func plan() -> Plan {
        var menusOfJob = [[Int]](repeating: [], count: scenario.jobs.count)
        for (index, menu) in model.menus.enumerated() { menusOfJob[menu.jobIndex].append(index) }
        let jobs = scenario.jobs.indices.map { jobPlan($0, menus: menusOfJob[$0]) }
        var notes = Notes()
        for (index, job) in jobs.enumerated() {
            for placement in job.placements {
                notes.add(scenario.jobs[index], placement, pools: pools)
            }
        }
        let running = jobs.filter { $0.isMoved != nil }
        if !running.isEmpty {
            let moved = running.filter { $0.isMoved == true }.map(\.jobID)
            notes.add(
                "\(moved.count) of \(running.count) jobs that run already move"
                    + (moved.isEmpty ? "" : ": " + moved.prefix(8).joined(separator: ", "))
                    + (moved.count > 8 ? ", …" : ""))
        }
        var cost = MoneyRate.zero
        var power = Power.zero
        var unpriced = 0
        for job in jobs {
            for placement in job.placements {
                power = power + placement.power
                cost = cost + (placement.cost ?? .zero)
            }
            if job.placements.contains(where: { $0.cost == nil }) { unpriced += 1 }
        }
        if model.measures.hasSupplies {
            cost = pools.indices.reduce(.zero) {
                $0 + (pools[$1].price ?? .zero) * Double(charged($1, 0))
            }
        }
        var plan = Plan(
            scenarioName: scenario.name, date: scenario.date, objective: scenario.objective,
            jobs: jobs, pools: poolPlans(jobs), proof: proof(cost: cost), cost: cost,
            unpricedJobCount: unpriced, power: power, limits: limitPlans(), notes: [])
        for pool in pools where pool.survivesNodeFailure {
            let failures = plan.failures(ofNodesIn: pool.id, of: scenario)
            if let first = failures.first {
                notes.add(
                    "pool \(pool.id): the loss of node \(first.node) breaks "
                        + first.broken.keys.sorted().joined(separator: ", "))
            } else {
                notes.add(
                    "pool \(pool.id): any one node may fail and every service level still holds")
            }
        }
        plan.notes = notes.texts
        return plan
    }

    // MARK: Proof

    /// Every measure as the packed plan reaches it; packing may have changed choices.
    private func proof(cost: MoneyRate) -> Proof {
        let choices = packed.itemChoices.map { $0 ?? -1 }
        let problem = model.problem
        let all =
            [StageProof(objective: solution.objective, bound: solution.bound)] + solution.stages
        var measures: [Proof.Measure] = []
        for (index, measure) in model.measures.measures.enumerated() {
            let stage = index == 0 ? nil : problem.stages[index - 1]
            let value = problem.objective(choices, stage: stage)
            let bound = max(all[index].bound, value)
            var entry = Proof.Measure(
                goal: measure.goal, priority: measure.priority, objective: value, bound: bound)
            switch measure.goal {
            case .cost:
                // Preferences make the value differ from the cost, not its distance to the bound.
                entry.objective = cost.value
                entry.bound = max(0, cost.value - (bound - value))
            case .makespan, .finishTimeFairness:
                entry.objective = value > 0 ? 1 / value : .infinity
                entry.bound = bound > 0 ? 1 / bound : .infinity
            default: break
            }
            entry.gap = relativeGap(entry.objective, entry.bound, isMinimised: entry.isMinimised)
            measures.append(entry)
        }
        let stated =
            measures.first { $0.goal == scenario.objective.goal }
            ?? Proof.Measure(goal: nil, objective: 0, bound: 0)
        return Proof(
            objective: stated.objective, bound: stated.bound, gap: stated.gap,
            iterationCount: solution.iterationCount, optionCount: problem.optionCount,
            measures: measures, isComplete: solution.isComplete)
    }

    /// The distance of two measures relative to the better one.
    private func relativeGap(_ objective: Double, _ bound: Double, isMinimised: Bool) -> Double {
        guard objective.isFinite else { return bound.isFinite ? 1 : 0 }
        let (better, worse) = isMinimised ? (objective, bound) : (bound, objective)
        return better > 0 ? max(0, (better - worse) / better) : 0
    }

    /// The prices of the measure that the plan is for.
    private var prices: [Double] {
        let index = model.measures.measures.firstIndex { $0.goal == scenario.objective.goal } ?? 0
        return index == 0 ? solution.prices : solution.stages[index - 1].prices
    }

    // MARK: Jobs

    func jobPlan(_ jobIndex: Int, menus: [Int]) -> JobPlan {
        let job = scenario.jobs[jobIndex]
        var placements: [Placement] = []
        var satisfaction = 0.0
        var isMoved = false
        for menu in menus {
            guard let choice = packed.choices[menu] else { continue }
            let option = model.menus[menu].options[choice]
            satisfaction += model.menus[menu].share * option.satisfaction
            placements += self.placements(job, model.menus[menu], option, packed.nodes[menu])
            if !packed.isInPlace(menu) { isMoved = true }
        }
        let used = Set(placements.map(\.poolID))
        let rejections = menus.first.map { self.rejections($0, used: used) } ?? []
        return JobPlan(
            jobID: job.id, placements: placements, satisfaction: min(1, satisfaction),
            rejections: rejections,
            reason: placements.isEmpty ? unpacked(menus) ?? decisiveReason(rejections) : nil,
            isMoved: job.placed.isEmpty ? nil : isMoved || placements.isEmpty)
    }

    /// What to say of a job that had room by number, but could not be laid out.
    private func unpacked(_ menus: [Int]) -> String? {
        guard
            let item = menus.lazy.map({ model.itemOfMenu[$0] }).first(where: {
                packed.itemChoices[$0] == nil && solution.choices[$0] != nil
            }), let choice = solution.choices[item],
            let member = model.members(item, choice).first(where: { menus.contains($0.menu) })
        else { return nil }
        let option = model.menus[member.menu].options[member.option]
        let names = option.pools(model.parts).map { pools[$0].id }.joined(separator: ", ")
        return
            "\(option.acceleratorCount) accelerators of \(names) are free, but not laid out as it "
            + "needs them: in whole nodes or domains, spread as asked, and apart from whom they must be"
    }

    // MARK: Reasons

    private func rejections(_ menuIndex: Int, used: Set<String>) -> [PoolRejection] {
        let menu = model.menus[menuIndex]
        var reasons: [Int: PoolRejection.Reason] = [:]
        for refusal in menu.refusals { reasons[refusal.poolIndex] = refusal.reason }
        let chosen = packed.choices[menuIndex].map { alternative(menuIndex, $0) }
        var best: [Int: (score: Double, option: Int)] = [:]
        for (index, option) in menu.options.enumerated() {
            let score = model.menuOptions[menuIndex][index].value - price(menuIndex, index)
            for pool in option.pools(model.parts)
            where score > best[pool]?.score ?? -.infinity { best[pool] = (score, index) }
        }
        for (pool, entry) in best where !used.contains(pools[pool].id) {
            let other = alternative(menuIndex, entry.option)
            reasons[pool] = chosen.map { .worse(other, than: $0) } ?? .outbid(other)
        }
        return reasons.sorted { $0.key < $1.key }.compactMap { pool, reason in
            used.contains(pools[pool].id)
                ? nil : PoolRejection(poolID: pools[pool].id, reason: reason)
        }
    }

    /// What the resources of an option are worth to others.
    private func price(_ menuIndex: Int, _ option: Int) -> Double {
        model.menuOptions[menuIndex][option].uses.reduce(0) {
            $0 + solution.prices[$1.resource] * $1.amount
        }
    }

    private func alternative(_ menuIndex: Int, _ index: Int) -> OutbidOption {
        let option = model.menus[menuIndex].options[index]
        return OutbidOption(
            summary: option.work.summary, acceleratorCount: option.acceleratorCount,
            value: model.menuOptions[menuIndex][index].value, price: price(menuIndex, index),
            cost: option.cost)
    }

    /// The reason that came closest to a placement.
    private func decisiveReason(_ rejections: [PoolRejection]) -> String {
        var best: (rank: Int, text: String)?
        for rejection in rejections {
            let rank: Int
            let text: String
            switch rejection.reason {
            case .outbid(let option), .worse(let option, _):
                rank = 4
                let (price, value) = formatPair(option.price, option.value)
                text =
                    "no room: \(option.acceleratorCount) accelerators of \(rejection.poolID) are "
                    + "worth \(price) to other jobs, \(value) to this one"
            case .infeasible(let reason):
                switch reason {
                case .timeToFirstToken, .timePerOutputToken, .deadline: rank = 3
                case .memory: rank = 2
                default: rank = 1
                }
                text = "\(rejection.poolID): \(reason)"
            case .policy(let reason):
                rank = 0
                text = "\(rejection.poolID): \(reason)"
            }
            if rank > best?.rank ?? -1 { best = (rank, text) }
        }
        return best?.text ?? "no pool may be used"
    }

    // MARK: Pools

    /// For each pool the nodes of which anything is used.
    private var usedNodes: [Set<Int>] {
        var nodes = [Set<Int>](repeating: [], count: pools.count)
        for taken in packed.nodes.joined() {
            let pool = model.parts[taken.part].poolIndex
            for assignment in taken.nodes { nodes[pool].insert(assignment.node) }
        }
        return nodes
    }

    /// Accelerators of a pool that are paid for: those in use, or all of nodes in use.
    private func charged(_ poolIndex: Int, _ used: Int) -> Int {
        model.measures.hasSupplies
            ? usedNodes[poolIndex].count * pools[poolIndex].acceleratorsPerNode : used
    }

    private func limitPlans() -> [LimitPlan] {
        var used = [Double](repeating: 0, count: model.problem.capacities.count)
        for (item, choice) in packed.itemChoices.enumerated() {
            for use in choice.map({ model.problem.items[item][$0].uses }) ?? [] {
                used[use.resource] += use.amount
            }
        }
        return model.resources.limits.map { limit in
            LimitPlan(
                kind: limit.kind, name: limit.name,
                limit: model.resources.capacities[limit.resource],
                used: used[limit.resource], unitValue: prices[limit.resource])
        }
    }

    private func poolPlans(_ jobs: [JobPlan]) -> [PoolPlan] {
        var used: [String: Int] = [:]
        var power: [String: Power] = [:]
        for placement in jobs.flatMap(\.placements) {
            used[placement.poolID, default: 0] += placement.acceleratorCount
            power[placement.poolID] = (power[placement.poolID] ?? .zero) + placement.power
        }
        let nodes = usedNodes
        return pools.enumerated().map { index, pool in
            let own = model.parts.indices.filter { model.parts[$0].poolIndex == index }
            let usable = own.reduce(0) { $0 + model.parts[$1].acceleratorCount }
            let price = own.first.map { prices[$0] } ?? 0
            let perNode = Double(pool.acceleratorsPerNode)
            // A rented node adds what it is worth less what it costs.
            let rent = model.measures.hasSupplies ? (pool.price?.value ?? 0) * perNode : 0
            let count = used[pool.id] ?? 0
            return PoolPlan(
                poolID: pool.id, usableAccelerators: usable, usedAccelerators: count,
                nodeValue: max(0, price * perNode - rent),
                cost: pool.price.map { $0 * Double(charged(index, count)) },
                usedNodes: nodes[index].count, power: power[pool.id] ?? .zero)
        }
    }
}

/// Remarks, each once.
private struct Notes {
    private(set) var texts: [String] = []
    private var seen: Set<String> = []

    mutating func add(_ text: String) {
        if seen.insert(text).inserted { texts.append(text) }
    }

    mutating func add(_ job: Job, _ placement: Placement, pools: [Pool]) {
        guard let pool = pools.first(where: { $0.id == placement.poolID }) else { return }
        let card = pool.accelerator
        if card.provenance.restsOnUnverified {
            let fields = card.provenance.unverifiedFields
            add(
                "pool \(pool.id): figures of \(card.id) are \(card.provenance.confidence)"
                    + (fields.isEmpty ? "" : ", not verified: \(fields.joined(separator: ", "))"))
        }
        if card.power == nil {
            add("pool \(pool.id): the power of \(card.id) is not known and counts as none")
        }
        if pool.price == nil { add("pool \(pool.id) has no price; its cost is not in the plan") }
        if let licence = pool.licence, let expires = licence.expires {
            add("pool \(pool.id): the licence ends on \(expires)")
        }
        switch (placement.work, job.work) {
        case (.train(let training), .train(let demand))
        where !([demand.format] + demand.alternativeFormats).contains(
            training.estimate.computeFormat):
            add(
                "job \(job.id): \(card.id) has no \(demand.format.rawValue); it trains in "
                    + training.estimate.computeFormat.rawValue)
        case (.serve(let serving), .serve(let demand)):
            let model = demand.model
            let checkpoint = model.expertCheckpointFormat ?? model.checkpointFormat ?? .bf16
            let format = serving.estimate.layout.weightFormat
            if demand.weightFormats.isEmpty && format != checkpoint {
                add(
                    "job \(job.id): \(card.id) cannot compute the checkpoint's "
                        + "\(checkpoint.rawValue); it serves in \(format.rawValue)")
            }
        default: break
        }
    }
}
