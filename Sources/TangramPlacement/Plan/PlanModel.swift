import TangramCost
import TangramHardware
import TangramUnits

/// A scenario as a placement problem: menus as items, parts of pools, budget and power as resources.
struct PlanModel {
    let scenario: Scenario
    let parts: [PoolPart]
    /// One per item of the problem, with the same options in the same order.
    let menus: [JobMenu]
    let problem: PlacementProblem
    /// What a unit of met demand is worth against cost, under least cost.
    let unmetPenalty: Double

    /// - Throws: ``PlanningError`` where an estimate is not finite.
    init(scenario: Scenario, parts: [PoolPart], menus: [JobMenu]) throws(PlanningError) {
        self.scenario = scenario
        self.parts = parts
        var capacities = parts.map { Double($0.acceleratorCount) }
        var budget: Int?
        if let limit = scenario.objective.budget {
            budget = capacities.count
            capacities.append(limit.value)
        }
        var sitePower: [String: Int] = [:]
        for site in scenario.cluster.sites {
            guard let limit = site.powerLimit else { continue }
            sitePower[site.id] = capacities.count
            capacities.append(limit.value)
        }
        // Meeting demand comes before saving: leaving any out costs more than all of it could.
        let dearest = menus.reduce(0.0) { sum, menu in
            sum + (menu.options.map { $0.cost?.value ?? 0 }.max() ?? 0)
        }
        let lightest = menus.map { scenario.jobs[$0.jobIndex].weight * $0.share }.min() ?? 1
        unmetPenalty = scenario.objective.goal == .cost ? (1 + dearest) / lightest : 0
        var kept: [JobMenu] = []
        var items: [[PlacementProblem.Option]] = []
        for menu in menus {
            var menu = menu
            let weight = scenario.jobs[menu.jobIndex].weight * menu.share
            var rows: [(option: MenuOption, row: PlacementProblem.Option)] = []
            for option in menu.options {
                var uses = option.parts.map {
                    PlacementProblem.Use(resource: $0.part, amount: Double($0.acceleratorCount))
                }
                if let budget, let cost = option.cost {
                    uses.append(.init(resource: budget, amount: cost.value))
                }
                let site = option.parts.first.flatMap {
                    scenario.cluster.pools[parts[$0.part].poolIndex].siteID
                }
                if let site, let resource = sitePower[site] {
                    uses.append(.init(resource: resource, amount: option.power))
                }
                let value: Double
                switch scenario.objective.goal {
                case .goodput: value = weight * option.satisfaction * option.preference
                case .cost:
                    value =
                        weight * unmetPenalty * option.satisfaction
                        - (option.cost?.value ?? 0) / option.preference
                }
                rows.append((option, .init(value: value, uses: uses)))
            }
            rows.sort { left, right in
                if left.row.value != right.row.value { return left.row.value > right.row.value }
                let (a, b) = (left.option.cost?.value ?? 0, right.option.cost?.value ?? 0)
                return a != b
                    ? a < b : left.option.acceleratorCount < right.option.acceleratorCount
            }
            rows = Self.undominated(rows)
            menu.options = rows.map(\.option)
            kept.append(menu)
            items.append(rows.map(\.row))
        }
        self.menus = kept
        do throws(ProblemError) {
            problem = try PlacementProblem(capacities: capacities, items: items)
        } catch {
            throw .invalidQuantity(subject: "estimates", what: error.description)
        }
    }

    /// Drops options that take no less of anything than one before them of the same parts, which is
    /// worth at least as much.
    private static func undominated(
        _ rows: [(option: MenuOption, row: PlacementProblem.Option)]
    ) -> [(option: MenuOption, row: PlacementProblem.Option)] {
        var least: [[Int]: [PlacementProblem.Option]] = [:]
        return rows.filter { entry in
            let parts = entry.row.uses.map(\.resource)
            let isDominated = (least[parts] ?? []).contains { better in
                zip(better.uses, entry.row.uses).allSatisfy { $0.amount <= $1.amount }
            }
            if !isDominated { least[parts, default: []].append(entry.row) }
            return !isDominated
        }
    }
}
