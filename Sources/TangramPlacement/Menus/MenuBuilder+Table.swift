import TangramCost
import TangramHardware
import TangramUnits

extension MenuBuilder {
    /// What the embedder's table offers for each job, or ours for jobs over unlike pools, checked; nil
    /// for jobs left to the estimator.
    func offers() throws(PlanningError) -> [Offer?] {
        let pools = Dictionary(
            scenario.cluster.pools.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { $1 })
        var result: [Offer?] = []
        for job in scenario.jobs {
            var options: [CostedOption]?
            var reasons: [String: Rejection] = [:]
            do {
                options =
                    try costs?.options(for: job, in: scenario.cluster)
                    ?? UnlikeTrainingCosts().options(for: job, in: scenario.cluster)
            } catch {
                throw .costTable(job: job.id, option: nil, "\(error)")
            }
            if options == nil, case .reinforce(let demand) = job.work {
                let found = ReinforcementCosts(demand, job, scenario.cluster) { pool in
                    (try? policy.admit(job, on: pool).get()) != nil
                }
                (options, reasons) = (found.options, found.reasons)
            }
            for (index, option) in (options ?? []).enumerated() {
                if let fault = option.fault(pools: pools) {
                    throw .costTable(job: job.id, option: index, fault)
                }
            }
            result.append(options.map { Offer(options: $0, reasons: reasons) })
        }
        return result
    }

    /// What a table offers for a job.
    struct Offer {
        var options: [CostedOption]
        /// Why pools, by name, give no option.
        var reasons: [String: Rejection] = [:]
    }

    /// The menu of a job from a table.
    func menu(of jobIndex: Int, offered: Offer) -> JobMenu {
        let job = scenario.jobs[jobIndex]
        var menu = JobMenu(jobIndex: jobIndex, share: 1, options: [], refusals: [])
        var reasons: [Int: PoolRejection.Reason] = [:]
        var admitted: [Int: Result<Double, PolicyRefusal>] = [:]
        for (index, pool) in scenario.cluster.pools.enumerated() {
            admitted[index] = policy.admit(job, on: pool)
            if case .failure(let refusal)? = admitted[index] {
                reasons[index] = .policy(refusal.text)
            }
        }
        for offer in offered.options {
            switch option(offer, job, admitted) {
            case .success(let option): menu.options.append(option)
            case .failure(let refusal):
                let known = reasons[refusal.poolIndex]
                if known == nil { reasons[refusal.poolIndex] = refusal.reason }
            }
        }
        let given = Set(menu.options.flatMap { $0.pools(parts) })
        for index in scenario.cluster.pools.indices where !given.contains(index) {
            let reason =
                reasons[index]
                ?? .infeasible(
                    offered.reasons[scenario.cluster.pools[index].id]
                        ?? .noLayout(
                            acceleratorCount: 0, reason: "the cost table offers nothing there"))
            menu.refusals.append((index, reason))
        }
        if let demand = job.training { normalise(&menu, demand) }
        return menu
    }

    /// Why an offer is no option.
    struct Refusal: Error {
        var poolIndex: Int
        var reason: PoolRejection.Reason
    }

    /// An offer as an option, checked against policies, prices, sizes and the job's limits.
    ///
    /// - Parameter share: The part of the job's demand that the menu is for.
    func option(
        _ offer: CostedOption, _ job: Job, _ admitted: [Int: Result<Double, PolicyRefusal>],
        share: Double = 1
    ) -> Result<MenuOption, Refusal> {
        var taken: [OptionPart] = []
        var (preference, speed, power, usable) = (0.0, 1.0, 0.0, 1.0)
        var cost: MoneyRate? = .zero
        let total = offer.parts.reduce(0) { $0 + $1.acceleratorCount }
        for entry in offer.parts {
            guard
                let index = scenario.cluster.pools.firstIndex(where: { $0.id == entry.poolID })
            else { continue }
            let pool = scenario.cluster.pools[index]
            func refuse(_ reason: PoolRejection.Reason) -> Result<MenuOption, Refusal> {
                .failure(Refusal(poolIndex: index, reason: reason))
            }
            switch admitted[index] {
            case .success(let factor)?:
                // A preference counts by the part of the accelerators that it is about.
                preference += factor * Double(entry.acceleratorCount) / Double(total)
            case .failure(let refusal)?: return refuse(.policy(refusal.text))
            case nil: continue
            }
            if scenario.objective.goals.contains(.cost) && pool.price == nil && offer.cost == nil {
                return refuse(.policy("it has no price, which least cost needs"))
            }
            // The first part is the healthiest; another only where that one is too small.
            let own = partsOfPool[index]
            guard
                let part = own.first(where: { parts[$0].acceleratorCount >= entry.acceleratorCount }
                )
            else {
                let available = own.map { parts[$0].acceleratorCount }.max() ?? 0
                return refuse(
                    .infeasible(.capacity(needed: entry.acceleratorCount, available: available)))
            }
            guard parts[part].isBlock(entry.blockSize) else {
                return refuse(
                    .infeasible(
                        .noLayout(
                            acceleratorCount: entry.blockSize,
                            reason: "blocks of \(entry.blockSize) are no even part of a node of "
                                + "\(pool.acceleratorsPerNode), nor whole nodes or domains")))
            }
            speed = min(speed, parts[part].group.speed)
            power += self.power(pool, entry.acceleratorCount)
            if let price = pool.price, let sum = cost {
                cost = sum + price * Double(entry.acceleratorCount)
            } else {
                cost = nil
            }
            var entryPart = OptionPart(
                part, entry.acceleratorCount, unit: entry.blockSize, role: entry.role)
            if job.use == .serve {
                let blockCount = entry.acceleratorCount / entry.blockSize
                let ways = ways(job, part: part, unit: entry.blockSize, count: blockCount)
                guard let way = ways.first else {
                    return refuse(
                        .infeasible(
                            .noLayout(
                                acceleratorCount: entry.acceleratorCount,
                                reason: missing(job, index, entry.blockSize))))
                }
                entryPart.limits = way.limits
                usable = min(usable, Double(blockCount - way.spare) / Double(blockCount))
            }
            taken.append(entryPart)
        }
        let first = taken.first.map { parts[$0.part].poolIndex } ?? 0
        guard total >= job.minimumAccelerators ?? 1, total <= job.maximumAccelerators ?? .max else {
            return .failure(
                Refusal(
                    poolIndex: first,
                    reason: .infeasible(
                        .noLayout(
                            acceleratorCount: total,
                            reason: "the job allows \(job.minimumAccelerators ?? 1) to "
                                + (job.maximumAccelerators.map(String.init) ?? "any number")))))
        }
        // The fullest accelerator is on one of the parts.
        let roomiest = taken.map { parts[$0.part].group.memory }.max() ?? .zero
        if let memory = offer.memory, memory > roomiest {
            return .failure(
                Refusal(
                    poolIndex: first,
                    reason: .infeasible(
                        .memory(
                            layout: offer.summary, shortfall: memory - roomiest,
                            largest: "the fullest accelerator", largestBytes: memory))))
        }
        var offer = offer
        offer.rate *= speed
        var option = MenuOption(
            work: .table(offer), parts: taken, satisfaction: 0, preference: preference,
            cost: offer.cost ?? cost, power: offer.power?.value ?? power, usableShare: usable)
        let rate = offer.rate * option.availability(parts, scenario.cluster)
        switch job.work {
        case .serve(let demand):
            option.satisfaction = min(1, rate * usable / (demand.requestRate.value * share))
        case .train, .reinforce:
            for index in option.pools(parts) {
                let pool = scenario.cluster.pools[index]
                if let demand = job.training, let late = lateness(TokenRate(rate), demand, pool) {
                    return .failure(Refusal(poolIndex: index, reason: .infeasible(late)))
                }
            }
            option.satisfaction = rate
        }
        return .success(option)
    }
}
