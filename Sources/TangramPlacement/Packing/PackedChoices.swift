import TangramHardware

/// Packs the chosen options of all items into nodes, and finds others for those that do not fit.
struct PackedChoices {
    /// For each item the option, nil for none.
    private(set) var itemChoices: [Int?]
    /// For each menu the option, nil for none.
    private(set) var choices: [Int?]
    /// For each menu the nodes, by part.
    private(set) var nodes: [[(part: Int, nodes: [NodeAssignment])]]
    /// How many choices had to be changed because capacity was there, but not in one piece.
    private(set) var changedCount = 0

    private(set) var packers: [NodePacker]
    private var model: PlanModel
    /// Whether a job whose own nodes are gone may take others of the same kind.
    private var mayMove = false
    private var occupants: BlockRules.Occupants = [:]
    /// For each job the rules that keep it apart from others within a pool.
    private var apart: [Int: [(rule: Int, domain: FailureDomain)]]

    /// Packs `choices` of the items: what stays where it is first, then large blocks first.
    init(_ choices: [Int?], model: PlanModel) {
        self.model = model
        itemChoices = choices
        packers = model.parts.map(NodePacker.init)
        nodes = [[(part: Int, nodes: [NodeAssignment])]](repeating: [], count: model.menus.count)
        self.choices = [Int?](repeating: nil, count: model.menus.count)
        apart = Self.apart(model.scenario)
        var failed: [Int] = []
        for item in order(choices) {
            if let choice = choices[item], !place(item, choice) { failed.append(item) }
        }
        guard !failed.isEmpty else { return }
        for item in failed { itemChoices[item] = nil }
        repair(failed, wanted: choices)
    }

    /// Places other options of items whose own does not pack; most valuable first.
    mutating func repair(_ failed: [Int], wanted: [Int?]) {
        let problem = model.problem
        // The remaining capacity limits what may be tried.
        var assignment = Assignment(problem, choices: itemChoices.map { $0 ?? -1 })
        func value(_ item: Int) -> Double {
            wanted[item].map { problem.items[item][$0].value } ?? 0
        }
        let open = failed.sorted {
            let (a, b) = (value($0), value($1))
            return a != b ? a > b : $0 < $1
        }
        for item in open {
            changedCount += 1
            let options = problem.items[item]
            let byValue = options.indices.sorted {
                options[$0].value != options[$1].value
                    ? options[$0].value > options[$1].value : $0 < $1
            }
            for index in byValue where options[index].value > 0 {
                guard assignment.fits(options[index], item: item), place(item, index) else {
                    continue
                }
                assignment.choose(index, for: item)
                itemChoices[item] = index
                break
            }
        }
    }

    // MARK: Changes

    /// Takes over a model to which items were added, or whose options were left out.
    mutating func adopt(_ changed: PlanModel) {
        model = changed
        mayMove = true
        apart = Self.apart(changed.scenario)
        while itemChoices.count < changed.items.count { itemChoices.append(nil) }
        while choices.count < changed.menus.count {
            choices.append(nil)
            nodes.append([])
        }
    }

    /// Whether a menu is on the nodes that it runs on now.
    func isInPlace(_ menu: Int) -> Bool {
        guard let current = model.menus[menu].current else { return false }
        let isOnPool = nodes[menu].allSatisfy {
            model.scenario.cluster.pools[model.parts[$0.part].poolIndex].id == current.poolID
        }
        return isOnPool && nodes[menu].flatMap(\.nodes) == current.nodes
    }

    /// Items that hold accelerators of a node.
    func holders(of node: Int, in part: Int) -> [Int] {
        model.items.indices.filter { item in
            model.items[item].menus.contains { menu in
                nodes[menu].contains { $0.part == part && $0.nodes.contains { $0.node == node } }
            }
        }
    }

    /// Gives back what items hold.
    mutating func clear(_ items: [Int]) {
        for item in items {
            for menu in model.items[item].menus { release(menu) }
            itemChoices[item] = nil
        }
    }

    /// Packs new choices of items that hold nothing, large blocks first.
    mutating func pack(_ items: [Int], _ wanted: [Int?]) {
        var chosen = [Int?](repeating: nil, count: wanted.count)
        for item in items { chosen[item] = wanted[item] }
        var failed: [Int] = []
        for item in order(chosen) {
            guard let choice = chosen[item] else { continue }
            if place(item, choice) {
                itemChoices[item] = choice
            } else {
                failed.append(item)
            }
        }
        if !failed.isEmpty { repair(failed, wanted: wanted) }
    }

    /// Takes a node out of use, or puts it back.
    mutating func setNode(_ node: Int, of part: Int, isUp: Bool) {
        if isUp { packers[part].restore(node) } else { packers[part].withdraw(node) }
    }

    /// Items in the order in which they are packed.
    private func order(_ choices: [Int?]) -> [Int] {
        var entries: [(item: Int, isCurrent: Bool, isHard: Bool, size: Int)] = []
        for (item, choice) in choices.enumerated() {
            guard let choice else { continue }
            var entry = (item: item, isCurrent: false, isHard: false, size: 0)
            for member in model.members(item, choice) {
                let option = model.menus[member.menu].options[member.option]
                entry.size = max(entry.size, blockSize(option))
                if option.isCurrent { entry.isCurrent = true }
                if isRuled(option, model.menus[member.menu].jobIndex) { entry.isHard = true }
            }
            entries.append(entry)
        }
        return entries.sorted { left, right in
            if left.isCurrent != right.isCurrent { return left.isCurrent }
            if left.size != right.size { return left.size > right.size }
            // Of equals, those with rules while there is the most room.
            if left.isHard != right.isHard { return left.isHard }
            return left.item < right.item
        }.map(\.item)
    }

    private func isRuled(_ option: MenuOption, _ job: Int) -> Bool {
        apart[job] != nil || option.parts.contains { !$0.limits.isEmpty }
    }

    private func blockSize(_ option: MenuOption) -> Int {
        option.parts.map {
            packers[$0.part].blocks(unit: $0.unit, count: $0.acceleratorCount).size
        }.max() ?? 0
    }

    // MARK: Placing

    /// Places all menus of an item, or none.
    private mutating func place(_ item: Int, _ choice: Int) -> Bool {
        let members = model.members(item, choice)
        let domain = model.items[item].domain
        guard members.count > 1, let domain, domain.isWithinPool,
            let first = members.first,
            let part = model.menus[first.menu].options[first.option].parts.first?.part
        else { return place(item, members, confined: nil) }
        let poolIndex = model.parts[part].poolIndex
        let pool = model.scenario.cluster.pools[poolIndex]
        let domains = Set(model.parts[part].nodes.map { domain.index(ofNode: $0, in: pool) })
        for index in domains.sorted()
        where place(item, members, confined: (domain, index)) { return true }
        return false
    }

    private mutating func place(
        _ item: Int, _ members: [(menu: Int, option: Int)],
        confined: (domain: FailureDomain, index: Int)?
    ) -> Bool {
        var placed: [Int] = []
        for (menu, choice) in members {
            let option = model.menus[menu].options[choice]
            guard let taken = take(option, of: menu, item: item, confined: confined) else {
                for menu in placed { release(menu) }
                return false
            }
            nodes[menu] = taken
            choices[menu] = choice
            occupy(menu, item: item)
            placed.append(menu)
        }
        return true
    }

    private mutating func take(
        _ option: MenuOption, of menu: Int, item: Int,
        confined: (domain: FailureDomain, index: Int)?
    ) -> [(part: Int, nodes: [NodeAssignment])]? {
        if option.isCurrent, let place = model.menus[menu].current, let taken = option.parts.first {
            let rules = rules(taken, menu: menu, item: item, confined: confined)
            if rules?.mayStay(place.nodes) ?? true,
                packers[taken.part].take(exactly: place.nodes)
            {
                return [(taken.part, place.nodes)]
            }
            guard mayMove else { return nil }
        }
        var result: [(part: Int, nodes: [NodeAssignment])] = []
        for entry in option.parts {
            let blocks = packers[entry.part].blocks(
                unit: entry.unit, count: entry.acceleratorCount)
            let rules = rules(entry, menu: menu, item: item, confined: confined)
            guard
                let nodes = packers[entry.part].take(
                    size: blocks.size, count: blocks.count, rules: rules)
            else {
                for entry in result { packers[entry.part].release(entry.nodes) }
                return nil
            }
            result.append((entry.part, nodes))
        }
        return result
    }

    /// What the blocks of a menu must keep to; nil for nothing.
    private func rules(
        _ entry: OptionPart, menu: Int, item: Int,
        confined: (domain: FailureDomain, index: Int)?
    ) -> BlockRules? {
        let own = apart[model.menus[menu].jobIndex] ?? []
        guard !own.isEmpty || !entry.limits.isEmpty || confined != nil else { return nil }
        let poolIndex = model.parts[entry.part].poolIndex
        var rules = BlockRules(
            // Jobs are kept apart from each other, not from themselves.
            item: model.menus[menu].jobIndex, poolIndex: poolIndex,
            pool: model.scenario.cluster.pools[poolIndex])
        rules.limits = entry.limits
        rules.apart = own
        rules.occupants = own.isEmpty ? [:] : occupants
        rules.confined = confined
        return rules
    }

    private mutating func occupy(_ menu: Int, item: Int) {
        let job = model.menus[menu].jobIndex
        guard let own = apart[job] else { return }
        for taken in nodes[menu] {
            let poolIndex = model.parts[taken.part].poolIndex
            var rules = BlockRules(
                item: job, poolIndex: poolIndex,
                pool: model.scenario.cluster.pools[poolIndex])
            rules.apart = own
            for place in rules.places(taken.nodes) { occupants[place] = job }
        }
    }

    /// Gives back what a menu holds.
    private mutating func release(_ menu: Int) {
        for entry in nodes[menu] { packers[entry.part].release(entry.nodes) }
        if apart[model.menus[menu].jobIndex] != nil {
            let job = model.menus[menu].jobIndex
            let others = model.menus.indices.filter {
                $0 != menu && model.menus[$0].jobIndex == job && choices[$0] != nil
            }
            occupants = occupants.filter { $0.value != job }
            nodes[menu] = []
            choices[menu] = nil
            for other in others { occupy(other, item: other) }
            return
        }
        nodes[menu] = []
        choices[menu] = nil
    }

    private static func apart(
        _ scenario: Scenario
    ) -> [Int: [(rule: Int, domain: FailureDomain)]] {
        var result: [Int: [(rule: Int, domain: FailureDomain)]] = [:]
        for (index, rule) in scenario.affinities.enumerated()
        where rule.effect == .apart && rule.domain.isWithinPool {
            for (job, entry) in scenario.jobs.enumerated() where rule.jobs.matches(entry) {
                result[job, default: []].append((index, rule.domain))
            }
        }
        return result
    }
}

extension PackedChoices {
    /// Takes the nodes of an option, all or none.
    static func take(
        _ option: MenuOption, from packers: inout [NodePacker]
    ) -> [(part: Int, nodes: [NodeAssignment])]? {
        var result: [(part: Int, nodes: [NodeAssignment])] = []
        for entry in option.parts {
            let blocks = packers[entry.part].blocks(
                unit: entry.unit, count: entry.acceleratorCount)
            guard
                let nodes = packers[entry.part].take(size: blocks.size, count: blocks.count)
            else {
                for entry in result { packers[entry.part].release(entry.nodes) }
                return nil
            }
            result.append((entry.part, nodes))
        }
        return result
    }
}
