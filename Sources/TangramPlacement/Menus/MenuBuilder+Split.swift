import TangramCost
import TangramHardware
import TangramUnits

/// Services that prefill on one pool and decode on another of its site.
extension MenuBuilder {
    /// Ways of a job to prefill and decode apart, on a pool or from one to another.
    typealias Split = (split: SplitServing, from: Int, to: Int)

    /// Adds to the menu of a job, or of a share of it, what prefill and decode apart offer beside
    /// replicas that do both. Healthy nodes only.
    ///
    /// - Parameter maximum: The most accelerators of the job, or of the share.
    func addSplits(
        _ offers: [(option: CostedOption, from: Int, to: Int)], _ job: Job, maximum: Int,
        _ menu: inout JobMenu
    ) {
        guard !offers.isEmpty else { return }
        var admitted: [Int: Result<Double, PolicyRefusal>] = [:]
        for (index, pool) in scenario.cluster.pools.enumerated() {
            admitted[index] = policy.admit(job, on: pool)
        }
        var share = job
        if job.maximumAccelerators != nil { share.maximumAccelerators = maximum }
        let added = offers.compactMap {
            try? option($0.option, share, admitted, share: menu.share).get()
        }
        let given = Set(added.flatMap { $0.pools(parts) })
        menu.options += added
        menu.refusals.removeAll { given.contains($0.poolIndex) }
    }

    /// Requests per second that the best of `offers` serves with all that its pools have; 0 for none.
    func reach(_ offers: [(option: CostedOption, from: Int, to: Int)]) -> Double {
        let pools = scenario.cluster.pools
        return offers.map { offer in
            offer.option.rate
                * slowest(offer.from, offer.to)
                * min(pools[offer.from].availability, pools[offer.to].availability)
        }.max() ?? 0
    }

    /// What all ways offer for `load` requests per second.
    func offers(
        _ splits: [Split], load: Double
    ) -> [(option: CostedOption, from: Int, to: Int)] {
        splits.flatMap { split, from, to in
            offers(split, from, to, load: load).map { option in
                // They were costed at the speed of their nodes; offers are at full speed.
                var option = option
                option.rate /= slowest(from, to)
                return (option, from, to)
            }
        }
    }

    private func slowest(_ from: Int, _ to: Int) -> Double {
        [from, to].compactMap { partsOfPool[$0].first }.map { parts[$0].group.speed }.min() ?? 1
    }

    /// Ordered pairs of pools of one site that the job may use, and each of them with itself.
    func splits(_ job: Job, _ demand: ServingDemand) -> [Split] {
        guard demand.spansPools else { return [] }
        let pools = scenario.cluster.pools
        let models: [(index: Int, model: ServingModel)] = pools.indices.compactMap { index in
            guard case .success = policy.admit(job, on: pools[index]),
                let part = partsOfPool[index].first
            else { return nil }
            return (index, ServingModel(demand: demand, group: parts[part].group))
        }
        return models.flatMap { from in
            models.filter { pools[$0.index].siteID == pools[from.index].siteID }.map { to in
                (SplitServing(prefill: from.model, decode: to.model), from.index, to.index)
            }
        }
    }

    /// What one direction offers, as options that name pools.
    private func offers(
        _ split: SplitServing, _ from: Int, _ to: Int, load: Double
    ) -> [CostedOption] {
        let pools = scenario.cluster.pools
        let limits = [from, to].map {
            partsOfPool[$0].first.map { parts[$0].acceleratorCount } ?? 0
        }
        if from == to {
            guard limits[0] > 1,
                case .success(let best) = split.best(limit: limits[0])
            else { return [] }
            var found = [best]
            if best.capacity.value > load,
                case .success(let choices) = split.choices(
                    load: load, prefillLimit: limits[0], decodeLimit: limits[0])
            {
                found += choices.filter { $0.acceleratorCount <= limits[0] }
            }
            return found.compactMap { Self.inOnePool($0, pools[from], limit: limits[0]) }
        }
        guard
            case .success(let choices) = split.choices(
                load: load, prefillLimit: limits[0], decodeLimit: limits[1])
        else { return [] }
        return choices.map { choice in
            Self.costed(
                choice,
                parts: [
                    CostedOption.Part(
                        poolID: pools[from].id,
                        acceleratorCount: choice.prefillCount * choice.prefill.acceleratorCount,
                        blockSize: choice.prefill.acceleratorCount,
                        role: "prefill, \(choice.prefillCount) × \(choice.prefill.summary)"),
                    CostedOption.Part(
                        poolID: pools[to].id,
                        acceleratorCount: choice.decodeCount * choice.decode.acceleratorCount,
                        blockSize: choice.decode.acceleratorCount,
                        role: "decode, \(choice.decodeCount) × \(choice.decode.summary)"),
                ])
        }
    }

    /// Both on one pool, in whole nodes: what is left of the last node stays empty.
    private static func inOnePool(
        _ choice: SplitEstimate, _ pool: Pool, limit: Int
    ) -> CostedOption? {
        let perNode = max(1, pool.acceleratorsPerNode)
        let sizes = [choice.prefill.acceleratorCount, choice.decode.acceleratorCount]
        // A replica fills whole nodes, or an even part of one.
        guard sizes.allSatisfy({ perNode % $0 == 0 || $0 % perNode == 0 }) else { return nil }
        let nodes = (choice.acceleratorCount + perNode - 1) / perNode
        guard nodes * perNode <= limit else { return nil }
        return costed(
            choice,
            parts: [
                CostedOption.Part(
                    poolID: pool.id, acceleratorCount: nodes * perNode, blockSize: perNode,
                    role: "prefill and decode apart, \(choice.summary)")
            ])
    }

    private static func costed(
        _ choice: SplitEstimate, parts: [CostedOption.Part]
    ) -> CostedOption {
        var option = CostedOption(
            summary: choice.summary, parts: parts, rate: choice.capacity.value)
        option.timeToFirstToken = choice.timeToFirstToken
        option.timePerOutputToken = choice.timePerOutputToken
        option.uncertainty = choice.uncertainty
        option.details = [
            "prefill takes up to \(choice.prefillCapacity), decode up to \(choice.decodeCapacity) "
                + "with \(formatNumber(choice.decodeBatch, digits: 3)) sequences a replica",
            "a prompt's cache is \(choice.cacheBytes); \(choice.transfer) of sending it between the "
                + "two is not hidden by prefill",
        ]
        return option
    }
}
