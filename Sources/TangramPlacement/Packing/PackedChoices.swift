/// Packs the chosen options of all menus into nodes, and finds others for those that do not fit.
struct PackedChoices {
    /// For each menu the option, nil for none.
    private(set) var choices: [Int?]
    /// For each menu the nodes, by part.
    private(set) var nodes: [[(part: Int, nodes: [NodeAssignment])]]
    /// How many choices had to be changed because capacity was there, but not in one piece.
    private(set) var changedCount = 0

    private let menus: [JobMenu]
    private(set) var packers: [NodePacker]

    /// Packs `choices`, large blocks first.
    init(_ choices: [Int?], menus: [JobMenu], parts: [PoolPart], problem: PlacementProblem) {
        self.choices = choices
        self.menus = menus
        packers = parts.map(NodePacker.init)
        nodes = [[(part: Int, nodes: [NodeAssignment])]](repeating: [], count: menus.count)
        let chosen = choices.enumerated().compactMap { menu, choice in
            choice.map { (menu: menu, option: menus[menu].options[$0]) }
        }
        let ordered = chosen.map { entry in
            (menu: entry.menu, size: Self.blockSize(entry.option, packers))
        }.sorted { $0.size != $1.size ? $0.size > $1.size : $0.menu < $1.menu }
        var failed: [Int] = []
        for entry in ordered {
            guard let choice = choices[entry.menu],
                let taken = take(menus[entry.menu].options[choice])
            else {
                failed.append(entry.menu)
                continue
            }
            nodes[entry.menu] = taken
        }
        // The remaining capacity limits what may be tried; most valuable jobs first.
        var assignment = Assignment(problem)
        for (menu, choice) in choices.enumerated() where !failed.contains(menu) {
            assignment.choose(choice ?? -1, for: menu)
        }
        for menu in failed { self.choices[menu] = nil }
        let open = failed.sorted {
            let (a, b) = (value(problem, $0, choices[$0]), value(problem, $1, choices[$1]))
            return a != b ? a > b : $0 < $1
        }
        for menu in open {
            changedCount += 1
            let options = problem.items[menu]
            let byValue = options.indices.sorted {
                options[$0].value != options[$1].value
                    ? options[$0].value > options[$1].value : $0 < $1
            }
            for index in byValue where options[index].value > 0 {
                guard assignment.fits(options[index], item: menu),
                    let taken = take(menus[menu].options[index])
                else { continue }
                assignment.choose(index, for: menu)
                self.choices[menu] = index
                nodes[menu] = taken
                break
            }
        }
    }

    private func value(_ problem: PlacementProblem, _ menu: Int, _ choice: Int?) -> Double {
        choice.map { problem.items[menu][$0].value } ?? 0
    }

    private mutating func take(_ option: MenuOption) -> [(part: Int, nodes: [NodeAssignment])]? {
        Self.take(option, from: &packers)
    }

    /// Takes the nodes of an option, all or none.
    static func take(
        _ option: MenuOption, from packers: inout [NodePacker]
    ) -> [(part: Int, nodes: [NodeAssignment])]? {
        var trial = packers
        var result: [(part: Int, nodes: [NodeAssignment])] = []
        for entry in option.parts {
            let packer = trial[entry.part]
            let blocks = packer.blocks(unit: entry.unit, count: entry.acceleratorCount)
            guard let nodes = trial[entry.part].take(size: blocks.size, count: blocks.count)
            else { return nil }
            result.append((entry.part, nodes))
        }
        packers = trial
        return result
    }

    private static func blockSize(_ option: MenuOption, _ packers: [NodePacker]) -> Int {
        option.parts.map {
            packers[$0.part].blocks(unit: $0.unit, count: $0.acceleratorCount).size
        }.max() ?? 0
    }
}
