import TangramHardware

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

    private(set) var scenario: Scenario
    private(set) var parts: [PoolPart]
    /// Menus of all jobs, without options that are dominated.
    private(set) var menus: [JobMenu]
    /// The options of each menu as the problem sees them.
    private(set) var menuOptions: [[PlacementProblem.Option]]
    /// One per item of the problem, with the same options in the same order.
    private(set) var items: [Item]
    /// For each menu its item.
    private(set) var itemOfMenu: [Int]
    private(set) var problem: PlacementProblem
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
            let own = OptionRow.rows(
                menu, of: scenario.jobs[menu.jobIndex], measures, resources)
            kept.append(menu.keeping(own.kept))
            rows.append(own.rows)
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
        let options = rows.map { row in
            row.map { PlacementProblem.Option(value: $0.values[0], uses: $0.uses) }
        }
        menuOptions = options
        let made = groups.items(kept, rows, measures)
        items = made.map(\.item)
        var itemOfMenu = [Int](repeating: 0, count: kept.count)
        for (item, entry) in made.enumerated() {
            for menu in entry.item.menus { itemOfMenu[menu] = item }
        }
        self.itemOfMenu = itemOfMenu
        let stages = measures.measures.indices.dropFirst().map { index in
            PlacementProblem.Stage(
                goal: measures.measures[index].combination,
                values: made.map { $0.rows.map { $0.values[index] } },
                paysSupplies: measures.measures[index].goal == .cost)
        }
        do throws(ProblemError) {
            problem = try PlacementProblem(
                capacities: resources.capacities,
                items: groups.isEmpty
                    ? options
                    : made.map { $0.rows.map { .init(value: $0.values[0], uses: $0.uses) } },
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

    // MARK: Changes

    /// Whether the problem is one sum of values, which an event changes in one place.
    var isIncremental: Bool {
        problem.goal == .total && problem.supplies.isEmpty && problem.stages.isEmpty
    }

    /// Adds a job that no rule on failure domains is about.
    ///
    /// - Returns: Its items.
    mutating func append(_ job: Job, menus added: [JobMenu]) -> [Int] {
        let index = scenario.jobs.count
        scenario.jobs.append(job)
        var new: [Int] = []
        for menu in added {
            var menu = menu
            menu.jobIndex = index
            let own = OptionRow.rows(menu, of: job, measures, resources)
            menu = menu.keeping(own.kept)
            let options = own.rows.map {
                PlacementProblem.Option(value: $0.values[0], uses: $0.uses)
            }
            new.append(items.count)
            itemOfMenu.append(items.count)
            items.append(Item(menus: [menus.count]))
            menus.append(menu)
            menuOptions.append(options)
            itemsChanged(problem.items + [options])
        }
        return new
    }

    /// Leaves the options of items out.
    mutating func remove(items removed: [Int]) {
        var all = problem.items
        for item in removed {
            all[item] = []
            if items[item].choices != nil { items[item].choices = [] }
            for menu in items[item].menus {
                menus[menu].options = []
                menuOptions[menu] = []
            }
        }
        itemsChanged(all)
    }

    /// Takes the problem as a session has changed it.
    mutating func adopt(_ changed: PlacementProblem) { problem = changed }

    /// Takes a node out of a part or puts it back, by health.
    mutating func setNode(_ node: Int, of part: Int, isUp: Bool) {
        parts[part].nodes.removeAll { $0 == node }
        if isUp {
            let place = parts[part].nodes.firstIndex { $0 > node } ?? parts[part].nodes.count
            parts[part].nodes.insert(node, at: place)
        }
        parts[part].reserved.removeAll { $0 == node }
    }

    /// The same scenario with the health of a node.
    mutating func setHealth(_ health: [NodeHealth], ofPool pool: Int) {
        scenario.cluster.pools[pool].health = health
    }

    private mutating func itemsChanged(_ all: [[PlacementProblem.Option]]) {
        problem = PlacementProblem(
            unchecked: problem.capacities, items: all, floorStart: problem.capacities.count)
    }
}
