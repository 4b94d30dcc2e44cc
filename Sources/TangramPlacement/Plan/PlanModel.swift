/// A scenario as a placement problem: menus as items, parts of pools, budget and power as resources.
struct PlanModel {
    let scenario: Scenario
    let parts: [PoolPart]
    /// One per item of the problem, with the same options in the same order.
    let menus: [JobMenu]
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
        var kept: [JobMenu] = []
        var items: [[PlacementProblem.Option]] = []
        var values = [[[Double]]](repeating: [], count: measures.measures.count)
        for menu in menus {
            let columns = measures.measures.map { measures.values($0, menu) }
            var rows = menu.options.indices.map { index in
                Row(
                    option: menu.options[index], values: columns.map { $0[index] },
                    uses: resources.uses(of: menu.options[index], by: menu.jobIndex))
            }
            rows.sort { left, right in
                for (a, b) in zip(left.values, right.values) where a != b { return a > b }
                let (a, b) = (left.option.cost?.value ?? 0, right.option.cost?.value ?? 0)
                return a != b
                    ? a < b : left.option.acceleratorCount < right.option.acceleratorCount
            }
            rows = Self.undominated(rows)
            var menu = menu
            menu.options = rows.map(\.option)
            kept.append(menu)
            items.append(rows.map { .init(value: $0.values[0], uses: $0.uses) })
            for index in values.indices.dropFirst() {
                values[index].append(rows.map { $0.values[index] })
            }
        }
        self.menus = kept
        self.resources = resources
        let stages = measures.measures.indices.dropFirst().map { index in
            PlacementProblem.Stage(
                goal: measures.measures[index].combination, values: values[index],
                paysSupplies: measures.measures[index].goal == .cost)
        }
        do throws(ProblemError) {
            problem = try PlacementProblem(
                capacities: resources.capacities, items: items,
                goal: measures.measures[0].combination, supplies: resources.supplies,
                paysSupplies: false, stages: stages)
        } catch {
            throw .invalidQuantity(subject: "estimates", what: error.description)
        }
    }

    /// An option with what it adds to each measure and what it takes.
    private struct Row {
        var option: MenuOption
        var values: [Double]
        var uses: [PlacementProblem.Use]
    }

    /// Drops options that take no less of anything than one before them of the same resources, which
    /// is worth at least as much by every measure.
    private static func undominated(_ rows: [Row]) -> [Row] {
        var least: [[Int]: [Row]] = [:]
        return rows.filter { row in
            let resources = row.uses.map(\.resource)
            let isDominated = (least[resources] ?? []).contains { better in
                zip(better.uses, row.uses).allSatisfy { $0.amount <= $1.amount }
                    && zip(better.values, row.values).allSatisfy { $0 >= $1 }
            }
            if !isDominated { least[resources, default: []].append(row) }
            return !isDominated
        }
    }
}
