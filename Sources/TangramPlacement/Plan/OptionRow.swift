/// An option with what it adds to each measure and what it takes.
struct OptionRow {
    var option: MenuOption
    var values: [Double]
    var uses: [PlacementProblem.Use]

    /// The options of a menu, best first, without those that are dominated.
    static func rows(
        _ menu: JobMenu, of job: Job, _ measures: PlanMeasures, _ resources: PlanResources
    ) -> [OptionRow] {
        let columns = measures.measures.map { measures.values($0, menu, of: job) }
        var rows = menu.options.indices.map { index in
            OptionRow(
                option: menu.options[index], values: columns.map { $0[index] },
                uses: resources.uses(of: menu.options[index], in: menu, by: job))
        }
        rows.sort { left, right in
            for (a, b) in zip(left.values, right.values) where a != b { return a > b }
            // Of equals, what runs already.
            if left.option.isCurrent != right.option.isCurrent { return left.option.isCurrent }
            let (a, b) = (left.option.cost?.value ?? 0, right.option.cost?.value ?? 0)
            return a != b
                ? a < b : left.option.acceleratorCount < right.option.acceleratorCount
        }
        return undominated(rows)
    }

    /// What dominance is decided among: options of the same resources that are packed alike.
    private struct Kind: Hashable {
        var resources: [Int]
        var limits: [[BlockRules.Limit]]
    }

    /// Drops options that take no less of anything than one before them of the same resources, which
    /// is worth at least as much by every measure.
    static func undominated(_ rows: [OptionRow]) -> [OptionRow] {
        var least: [Kind: [OptionRow]] = [:]
        return rows.filter { row in
            let kind = Kind(
                resources: row.uses.map(\.resource),
                limits: row.option.parts.contains { !$0.limits.isEmpty }
                    ? row.option.parts.map(\.limits) : [])
            let isDominated = (least[kind] ?? []).contains { better in
                zip(better.uses, row.uses).allSatisfy { $0.amount <= $1.amount }
                    && zip(better.values, row.values).allSatisfy { $0 >= $1 }
            }
            if !isDominated { least[kind, default: []].append(row) }
            return !isDominated
        }
    }
}
