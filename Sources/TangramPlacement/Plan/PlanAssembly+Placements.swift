import TangramCost
import TangramHardware
import TangramModels
import TangramUnits

extension PlanAssembly {
    /// What an option is on each pool that it takes accelerators of.
    func placements(
        _ job: Job, _ menu: JobMenu, _ option: MenuOption,
        _ nodes: [(part: Int, nodes: [NodeAssignment])]
    ) -> [Placement] {
        let pools = option.pools(model.parts)
        let work = self.work(job, menu, option)
        let total = Double(max(1, option.acceleratorCount))
        let rates = pools.map { scenario.cluster.pools[$0].price }
        return pools.enumerated().map { index, pool in
            let own = option.parts.filter { model.parts[$0.part].poolIndex == pool }
            let count = own.reduce(0) { $0 + $1.acceleratorCount }
            let share = Double(count) / total
            var cost = option.cost.map { $0 * share }
            // Unlike pools have unlike prices; what a table states as one sum is split evenly.
            if pools.count > 1, let sum = option.cost, rates.allSatisfy({ $0 != nil }) {
                let all = zip(pools, rates).reduce(0.0) { result, entry in
                    result + (entry.1?.value ?? 0) * Double(self.count(option, on: entry.0))
                }
                if all > 0 {
                    cost = sum * ((rates[index]?.value ?? 0) * Double(count) / all)
                }
            }
            let taken = nodes.filter { model.parts[$0.part].poolIndex == pool }.flatMap(\.nodes)
            return Placement(
                poolID: scenario.cluster.pools[pool].id, acceleratorCount: count, nodes: taken,
                work: work, cost: cost, power: Power(option.power * share),
                span: pools.count > 1
                    ? .init(index: index, count: pools.count, role: own.first?.role) : nil)
        }
    }

    private func count(_ option: MenuOption, on pool: Int) -> Int {
        option.parts.reduce(0) {
            model.parts[$1.part].poolIndex == pool ? $0 + $1.acceleratorCount : $0
        }
    }

    private func work(_ job: Job, _ menu: JobMenu, _ option: MenuOption) -> Placement.Work {
        let availability = option.availability(model.parts, scenario.cluster)
        switch (option.work, job.work) {
        case (.train(let estimate), .train(let demand)):
            let rate = estimate.throughput * availability
            let end = self.end(rate, demand, option)
            return .train(
                TrainingPlacement(
                    estimate: estimate, throughput: rate, duration: end.duration,
                    totalCost: end.cost, meetsDeadline: end.isInTime))
        case (.serve(let estimate, let count), .serve(let demand)):
            return .serve(
                serving(
                    estimate, count, usable: option.usableShare, demand,
                    share: menu.share, cost: option.cost,
                    availability: availability,
                    group: model.parts[option.parts[0].part].group))
        case (.table(let offer), .serve(let demand)):
            let rate = offer.rate * availability
            return .table(
                TablePlacement(
                    option: offer, rate: rate,
                    load: RequestRate(
                        min(rate * option.usableShare, demand.requestRate.value * menu.share))))
        case (.table(let offer), _):
            let rate = offer.rate * availability
            let end = job.training.map { self.end(TokenRate(rate), $0, option) }
            return .table(
                TablePlacement(
                    option: offer, rate: rate, duration: end?.duration, totalCost: end?.cost,
                    meetsDeadline: end?.isInTime))
        case (.train(let estimate), _):
            return .train(
                TrainingPlacement(estimate: estimate, throughput: estimate.throughput))
        case (.serve(let estimate, let count), _):
            return .serve(
                ServingPlacement(
                    estimate: estimate, replicaCount: count, load: estimate.requestRate,
                    capacity: estimate.capacity))
        }
    }

    /// When training at `rate` is done, what it costs until then and whether that is in time.
    private func end(
        _ rate: TokenRate, _ demand: TrainingDemand, _ option: MenuOption
    ) -> (duration: Seconds?, cost: Money?, isInTime: Bool?) {
        let duration = demand.tokens.map { $0 / rate }
        let cost = duration.flatMap { time in option.cost.map { $0 * time } }
        let isInTime = demand.deadline.flatMap { limit in
            duration.map { $0.value <= limit.value * (1 + 1e-9) }
        }
        return (duration, cost, isInTime)
    }

    private func serving(
        _ estimate: ServingEstimate, _ count: Int, usable: Double, _ demand: ServingDemand,
        share: Double, cost: MoneyRate?, availability: Double, group: DeviceGroup
    ) -> ServingPlacement {
        let capacity = estimate.capacity * (Double(count) * availability)
        // What one node takes with it must not be needed.
        let left = capacity * usable
        let load = min(demand.requestRate * share, left)
        let atLoad = ServingModel(demand: demand, group: group).estimate(
            estimate, at: load / (Double(count) * availability))
        let tokensPerHour = load.value * Double(demand.outputTokens) * Seconds.hour.value
        return ServingPlacement(
            estimate: atLoad, replicaCount: count, load: load, capacity: capacity,
            costPerMillionTokens: tokensPerHour > 0
                ? cost.map { Money($0.value / tokensPerHour * 1e6) } : nil)
    }
}
