extension Rounding {
    /// An item that wants more takes it from the item that gives it up most cheaply.
    func exchange(_ assignment: inout Assignment, control: SolveControl = SolveControl()) {
        // Those with the most to win first; all of a small problem, the first of a large one.
        let wants = problem.items.indices
            .compactMap { item -> (item: Int, gain: Double)? in
                let most = problem.items[item].map(\.value).max() ?? 0
                let gain = most - assignment.value(of: item)
                return gain > 1e-12 ? (item, gain) : nil
            }
            .sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.item < $1.item }
            .prefix(512)
        guard !wants.isEmpty else { return }
        let holders = holdersByResource(assignment)
        for (index, want) in wants.enumerated() {
            if index % 32 == 31 && control.isOver { return }
            exchange(&assignment, item: want.item, holders: holders)
        }
    }

    /// A change of two items that wins more than it loses.
    private struct Trade {
        var option: Int
        var other: Int
        var otherOption: Int
        var gain: Double
    }

    func exchange(_ assignment: inout Assignment, item: Int, holders: [[Int]]) {
        let old = assignment.choices[item]
        let current = assignment.value(of: item)
        let options = problem.items[item].indices
            .filter {
                problem.items[item][$0].value > current + 1e-12
                    && problem.allows(problem.items[item][$0])
            }
            .map { (index: $0, score: score(problem.items[item][$0])) }
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
            .prefix(8)
        guard !options.isEmpty else { return }
        var best: Trade?
        assignment.choose(-1, for: item)
        for (index, _) in options {
            let option = problem.items[item][index]
            let gain = option.value - current
            let missing = option.uses.filter {
                $0.amount > assignment.free[$0.resource]
                    + problem.capacities[$0.resource] * 1e-12
            }
            if missing.isEmpty {
                if gain > best?.gain ?? 1e-12 {
                    best = Trade(option: index, other: -1, otherOption: -1, gain: gain)
                }
                continue
            }
            guard missing.count == 1, let lack = missing.first else { continue }
            let need = lack.amount - assignment.free[lack.resource]
            for other in holders[lack.resource].prefix(Self.holderLimit) where other != item {
                guard assignment.held(by: other, of: lack.resource) >= need * (1 - 1e-12) else {
                    continue
                }
                if let trade = trade(&assignment, item, index, gain, other),
                    trade.gain > best?.gain ?? 1e-12
                {
                    best = trade
                }
            }
        }
        guard let best else {
            assignment.choose(old, for: item)
            return
        }
        if best.other >= 0 { assignment.choose(-1, for: best.other) }
        assignment.choose(best.option, for: item)
        if best.other >= 0 { assignment.choose(best.otherOption, for: best.other) }
    }

    /// What is won when `item`, which has nothing, takes `index` and `other` makes do with what is
    /// left; nil where that does not fit. The assignment is as before afterwards.
    private func trade(
        _ assignment: inout Assignment, _ item: Int, _ index: Int, _ gain: Double, _ other: Int
    ) -> Trade? {
        let held = assignment.choices[other]
        let value = assignment.value(of: other)
        assignment.choose(-1, for: other)
        defer {
            assignment.choose(-1, for: item)
            assignment.choose(held, for: other)
        }
        guard assignment.fits(problem.items[item][index], item: item) else { return nil }
        assignment.choose(index, for: item)
        var replacement = (option: -1, value: 0.0)
        for (candidate, alternative) in problem.items[other].enumerated()
        where alternative.value > replacement.value
            && assignment.fits(alternative, item: other)
        {
            replacement = (candidate, alternative.value)
        }
        return Trade(
            option: index, other: other, otherOption: replacement.option,
            gain: gain - (value - replacement.value))
    }

    /// Holders of a resource that are looked at for one trade.
    private static let holderLimit = 64

    /// For each resource the items that hold some, those with the least value for it first.
    func holdersByResource(_ assignment: Assignment) -> [[Int]] {
        var lists = [[(item: Int, density: Double)]](
            repeating: [], count: problem.capacities.count)
        for (item, choice) in assignment.choices.enumerated() where choice >= 0 {
            let option = problem.items[item][choice]
            for use in option.uses where use.amount > 0 {
                lists[use.resource].append((item, option.value / use.amount))
            }
        }
        return lists.map { list in
            list.sorted { $0.density != $1.density ? $0.density < $1.density : $0.item < $1.item }
                .map(\.item)
        }
    }
}
