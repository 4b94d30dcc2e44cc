/// Choices within capacities, changed one item at a time.
struct Assignment {
    let problem: PlacementProblem
    /// For each item the chosen option, -1 for none.
    private(set) var choices: [Int]
    /// What is left of each resource.
    private(set) var free: [Double]
    /// Sum of the chosen values.
    private(set) var objective = 0.0

    /// Nothing chosen.
    init(_ problem: PlacementProblem) {
        self.problem = problem
        choices = [Int](repeating: -1, count: problem.items.count)
        free = problem.capacities
    }

    /// Whether `option` fits when `item` gives up what it has.
    func fits(_ option: PlacementProblem.Option, item: Int) -> Bool {
        for use in option.uses {
            let slack = problem.capacities[use.resource] * 1e-12
            if use.amount > free[use.resource] + held(by: item, of: use.resource) + slack {
                return false
            }
        }
        return true
    }

    /// What `item` holds of `resource`.
    func held(by item: Int, of resource: Int) -> Double {
        let choice = choices[item]
        guard choice >= 0 else { return 0 }
        return problem.items[item][choice].uses.reduce(0) {
            $1.resource == resource ? $0 + $1.amount : $0
        }
    }

    /// The value that `item` adds now.
    func value(of item: Int) -> Double {
        choices[item] < 0 ? 0 : problem.items[item][choices[item]].value
    }

    /// Gives `item` another option, or none (-1).
    mutating func choose(_ option: Int, for item: Int) {
        let old = choices[item]
        if old >= 0 {
            for use in problem.items[item][old].uses { free[use.resource] += use.amount }
            objective -= problem.items[item][old].value
        }
        choices[item] = option
        if option >= 0 {
            for use in problem.items[item][option].uses { free[use.resource] -= use.amount }
            objective += problem.items[item][option].value
        }
    }

    /// The sum of the chosen values, added up anew.
    var recomputedObjective: Double {
        choices.indices.reduce(0) { $0 + value(of: $1) }
    }
}

/// Makes choices within capacities out of prices.
struct Rounding {
    let problem: PlacementProblem
    /// Prices per unit of each resource.
    let prices: [Double]

    /// Value of `option` less the price of what it takes.
    func score(_ option: PlacementProblem.Option) -> Double {
        option.uses.reduce(option.value) { $0 - prices[$1.resource] * $1.amount }
    }

    /// Items whose second choice is worst come first; each takes its best-scoring option that still
    /// fits.
    func greedy() -> Assignment {
        var assignment = Assignment(problem)
        let ranked = problem.items.map { options in
            options.indices.filter { options[$0].value > 0 }
                .map { (index: $0, score: score(options[$0])) }
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
        }
        func regret(_ item: Int) -> Double {
            guard let first = ranked[item].first else { return -.infinity }
            return first.score
        }
        let order = problem.items.indices.map { (item: $0, regret: regret($0)) }
            .sorted { $0.regret != $1.regret ? $0.regret > $1.regret : $0.item < $1.item }
        for entry in order {
            for choice in ranked[entry.item] {
                if assignment.fits(problem.items[entry.item][choice.index], item: entry.item) {
                    assignment.choose(choice.index, for: entry.item)
                    break
                }
            }
        }
        return assignment
    }

    /// Takes better options where they fit, and makes room for them where another item loses less
    /// than is won, until nothing changes or `passLimit` is reached.
    func improve(_ assignment: inout Assignment, passLimit: Int) {
        for _ in 0..<passLimit {
            let before = assignment.objective
            upgrade(&assignment)
            exchange(&assignment)
            if assignment.objective <= before + abs(before) * 1e-12 { break }
        }
    }

    /// Each item takes the first of its options that is worth as much as the one it has, where it
    /// fits: menus list the cheapest of equals first.
    func economise(_ assignment: inout Assignment) {
        for _ in 0..<4 {
            var isChanged = false
            for item in problem.items.indices where assignment.choices[item] > 0 {
                let value = assignment.value(of: item) * (1 - 1e-12)
                for index in 0..<assignment.choices[item]
                where problem.items[item][index].value >= value
                    && assignment.fits(problem.items[item][index], item: item)
                {
                    assignment.choose(index, for: item)
                    isChanged = true
                    break
                }
            }
            if !isChanged { break }
        }
    }

    /// Each item takes the most valuable option that fits into what is free.
    private func upgrade(_ assignment: inout Assignment) {
        for item in problem.items.indices {
            let current = assignment.value(of: item)
            var best: (option: Int, value: Double, score: Double)?
            for (index, option) in problem.items[item].enumerated()
            where option.value > max(current, best?.value ?? 0) * (1 + 1e-12) {
                if assignment.fits(option, item: item) {
                    best = (index, option.value, score(option))
                }
            }
            if let best { assignment.choose(best.option, for: item) }
        }
    }

    /// An item that wants more takes it from the item that gives it up most cheaply.
    private func exchange(_ assignment: inout Assignment) {
        // Those with the most to win first; all of a small problem, the first of a large one.
        let wants = problem.items.indices
            .compactMap { item -> (item: Int, gain: Double)? in
                let most = problem.items[item].map(\.value).max() ?? 0
                let gain = most - assignment.value(of: item)
                return gain > 1e-12 ? (item, gain) : nil
            }
            .sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.item < $1.item }
            .prefix(512)
        for want in wants {
            exchange(&assignment, item: want.item)
        }
    }

    private func exchange(_ assignment: inout Assignment, item: Int) {
        let current = assignment.value(of: item)
        let options = problem.items[item].indices
            .filter { problem.items[item][$0].value > current + 1e-12 }
            .sorted { score(problem.items[item][$0]) > score(problem.items[item][$1]) }
            .prefix(8)
        var best: (option: Int, other: Int, otherOption: Int, gain: Double)?
        for index in options {
            let option = problem.items[item][index]
            guard problem.allows(option) else { continue }
            let gain = option.value - current
            var trial = assignment
            trial.choose(-1, for: item)
            let missing = option.uses.filter {
                $0.amount > trial.free[$0.resource] + problem.capacities[$0.resource] * 1e-12
            }
            if missing.isEmpty {
                if gain > best?.gain ?? 0 { best = (index, -1, -1, gain) }
                continue
            }
            guard missing.count == 1, let lack = missing.first else { continue }
            let need = lack.amount - trial.free[lack.resource]
            for other in holders(of: lack.resource, in: trial, besides: item) {
                let held = trial.held(by: other, of: lack.resource)
                guard held >= need * (1 - 1e-12) else { continue }
                let value = trial.value(of: other)
                trial.choose(index, for: item)
                let held0 = trial.choices[other]
                var replacement = (option: -1, value: 0.0)
                trial.choose(-1, for: other)
                for (candidate, alternative) in problem.items[other].enumerated()
                where alternative.value > replacement.value
                    && trial.fits(alternative, item: other)
                {
                    replacement = (candidate, alternative.value)
                }
                let isFeasible = option.uses.allSatisfy {
                    trial.free[$0.resource] >= -problem.capacities[$0.resource] * 1e-12
                }
                trial.choose(held0, for: other)
                trial.choose(-1, for: item)
                let total = gain - (value - replacement.value)
                if isFeasible && total > (best?.gain ?? 0) + 1e-12 {
                    best = (index, other, replacement.option, total)
                }
            }
        }
        guard let best else { return }
        if best.other >= 0 { assignment.choose(-1, for: best.other) }
        assignment.choose(best.option, for: item)
        if best.other >= 0 { assignment.choose(best.otherOption, for: best.other) }
    }

    /// Items that hold `resource`, those with the least value for it first, at most 64.
    private func holders(of resource: Int, in assignment: Assignment, besides item: Int) -> [Int] {
        problem.items.indices
            .compactMap { other -> (item: Int, density: Double)? in
                guard other != item else { return nil }
                let held = assignment.held(by: other, of: resource)
                return held > 0 ? (other, assignment.value(of: other) / held) : nil
            }
            .sorted { $0.density != $1.density ? $0.density < $1.density : $0.item < $1.item }
            .prefix(64).map(\.item)
    }
}
