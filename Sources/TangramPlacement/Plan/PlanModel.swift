/// A scenario as a placement problem: menus as items, parts of pools, budget and power as resources.
struct PlanModel {
    /// An item of the problem: the menu of one job, or those of jobs that are placed together.
    struct Item {
        /// Its menus, by index.
        var menus: [Int]
        /// For each option of the item the option of each menu; nil where they are the same.
        var choices: [[Int]]?
        /// The domain that its jobs share.
        var domain: FailureDomain?
    }

    let scenario: Scenario
    let parts: [PoolPart]
    /// Menus of all jobs, without options that are dominated.
    let menus: [JobMenu]
    /// The options of each menu as the problem sees them.
    let menuOptions: [[PlacementProblem.Option]]
    /// One per item of the problem, with the same options in the same order.
    let items: [Item]
    let problem: PlacementProblem
    let measures: PlanMeasures
    let resources: PlanResources

    /// - Throws: ``PlanningError`` where an estimate is not finite.
    init(scenario: Scenario, parts: [PoolPart], menus: [JobMenu]) throws(PlanningError) {
        self.scenario = scenario
        self.parts = parts
        let measures = PlanMeasures(scenario, parts: parts)
        self.measures = measures
        guard measures.measures.count <= PlacementProblem.stageLimit + 1 else {
            throw .tooManyMeasures(measures.measures.count)
        }
        let resources = PlanResources(scenario, parts: parts, hasSupplies: measures.hasSupplies)
        self.resources = resources
        var rows: [[OptionRow]] = []
        var kept: [JobMenu] = []
        for menu in menus {
            let own = OptionRow.rows(menu, measures, resources)
            var menu = menu
            menu.options = own.map(\.option)
            kept.append(menu)
            rows.append(own)
        }
        let groups = JobGroups(scenario, parts: parts)
        for (job, reason) in groups.broken(kept) {
            for index in kept.indices where kept[index].jobIndex == job {
                kept[index].options = []
                rows[index] = []
                let known = Set(kept[index].refusals.map(\.poolIndex))
                for pool in scenario.cluster.pools.indices where !known.contains(pool) {
                    kept[index].refusals.append((pool, .policy(reason)))
                }
            }
        }
        self.menus = kept
        menuOptions = rows.map { $0.map { .init(value: $0.values[0], uses: $0.uses) } }
        let made = groups.items(kept, rows, measures)
        items = made.map(\.item)
        let stages = measures.measures.indices.dropFirst().map { index in
            PlacementProblem.Stage(
                goal: measures.measures[index].combination,
                values: made.map { $0.rows.map { $0.values[index] } },
                paysSupplies: measures.measures[index].goal == .cost)
        }
        do throws(ProblemError) {
            problem = try PlacementProblem(
                capacities: resources.capacities,
                items: made.map { $0.rows.map { .init(value: $0.values[0], uses: $0.uses) } },
                goal: measures.measures[0].combination, supplies: resources.supplies,
                paysSupplies: false, stages: stages)
        } catch {
            throw .invalidQuantity(subject: "estimates", what: error.description)
        }
    }

    /// What the option of an item is for each of its menus.
    func members(_ item: Int, _ option: Int) -> [(menu: Int, option: Int)] {
        let entry = items[item]
        guard let choices = entry.choices else { return [(entry.menus[0], option)] }
        return Array(zip(entry.menus, choices[option])).map { (menu: $0.0, option: $0.1) }
    }
}
