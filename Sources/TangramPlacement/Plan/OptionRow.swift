/// What an option adds to each measure and what it takes.
struct OptionRow {
    var values: [Double]
    var uses: [PlacementProblem.Use]

    /// The options of a menu that are worth keeping, best first, with their rows: those that take no
    /// less of anything than one before them of the same resources, and are worth no more by any
    /// measure, are left out.
    ///
    /// Options are large, so only their indices are sorted.
    static func rows(
        _ menu: JobMenu, of job: Job, _ measures: PlanMeasures, _ resources: PlanResources
    ) -> (kept: [Int], rows: [OptionRow]) {
        let columns = measures.measures.map { measures.values($0, menu, of: job) }
        let options = menu.options
        let costs = options.map { $0.cost?.value ?? 0 }
        let counts = options.map(\.acceleratorCount)
        let order = options.indices.sorted { left, right in
            for column in columns where column[left] != column[right] {
                return column[left] > column[right]
            }
            // Of equals, what runs already.
            if options[left].isCurrent != options[right].isCurrent {
                return options[left].isCurrent
            }
            if costs[left] != costs[right] { return costs[left] < costs[right] }
            return counts[left] != counts[right] ? counts[left] < counts[right] : left < right
        }
        var kept: [Int] = []
        var rows: [OptionRow] = []
        // Menus name few sets of resources: a list is searched faster than arrays are hashed.
        var kinds: [[Int]] = []
        for index in order {
            let uses = resources.uses(of: options[index], in: menu, by: job)
            let values = columns.map { $0[index] }
            let kind = kinds.firstIndex { members in
                guard let first = members.first else { return false }
                return rows[first].isLike(uses)
                    && hasLimits(of: options[kept[first]], like: options[index])
            }
            if let kind {
                let isDominated = kinds[kind].contains {
                    rows[$0].dominates(values, uses)
                }
                if isDominated { continue }
                kinds[kind].append(rows.count)
            } else {
                kinds.append([rows.count])
            }
            kept.append(index)
            rows.append(OptionRow(values: values, uses: uses))
        }
        return (kept, rows)
    }

    /// Whether `uses` are of the same resources.
    private func isLike(_ uses: [PlacementProblem.Use]) -> Bool {
        guard self.uses.count == uses.count else { return false }
        for index in uses.indices where self.uses[index].resource != uses[index].resource {
            return false
        }
        return true
    }

    private func dominates(_ values: [Double], _ uses: [PlacementProblem.Use]) -> Bool {
        for index in uses.indices where self.uses[index].amount > uses[index].amount {
            return false
        }
        for index in values.indices where self.values[index] < values[index] { return false }
        return true
    }

    /// Whether two options are packed alike.
    private static func hasLimits(of left: MenuOption, like right: MenuOption) -> Bool {
        guard left.parts.count == right.parts.count else { return false }
        for index in left.parts.indices where left.parts[index].limits != right.parts[index].limits
        {
            return false
        }
        return true
    }
}
