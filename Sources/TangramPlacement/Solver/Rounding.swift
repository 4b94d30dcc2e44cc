/// Makes choices within capacities out of prices.
struct Rounding {
    let problem: PlacementProblem
    /// Prices per unit of each resource.
    let prices: [Double]
    private let hasFloors: Bool

    init(problem: PlacementProblem, prices: [Double]) {
        self.problem = problem
        self.prices = prices
        hasFloors = problem.floorStart < problem.capacities.count
    }

    /// Value of `option` less the price of what it takes.
    func score(_ option: PlacementProblem.Option) -> Double {
        option.uses.reduce(option.value) { $0 - prices[$1.resource] * $1.amount }
    }

    /// Items with the best scores come first; each takes its preferred option where it has one that
    /// still fits, then the others their best-scoring one.
    func greedy(preferred: [Int32] = []) -> Assignment {
        var assignment = Assignment(problem)
        let ranked = problem.items.map { options in
            options.indices.filter { problem.isUsable(options[$0]) }
                .map { (index: $0, score: score(options[$0])) }
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
        }
        var order: [(item: Int, score: Double)] = []
        for item in problem.items.indices {
            order.append((item, ranked[item].first?.score ?? -.infinity))
        }
        order.sort { $0.score != $1.score ? $0.score > $1.score : $0.item < $1.item }
        for entry in order where preferred.indices.contains(entry.item) {
            let option = Int(preferred[entry.item])
            if option >= 0, assignment.fits(problem.items[entry.item][option], item: entry.item) {
                assignment.choose(option, for: entry.item)
            }
        }
        for entry in order where assignment.choices[entry.item] < 0 {
            for choice in ranked[entry.item] {
                // What only serves a floor is not worth its price where the floor is met.
                if hasFloors && choice.score <= 0
                    && problem.items[entry.item][choice.index].value <= 0
                    && assignment.floorDeficit == 0
                {
                    break
                }
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
    func improve(
        _ assignment: inout Assignment, passLimit: Int, control: SolveControl = SolveControl()
    ) {
        for _ in 0..<passLimit {
            if control.isOver { return }
            let before = assignment
            upgrade(&assignment)
            if !hasFloors && problem.supplies.isEmpty { exchange(&assignment, control: control) }
            let won = assignment.objective - before.objective
            if !assignment.isBetter(than: before) || won <= abs(before.objective) * 1e-12 { break }
        }
    }

    /// Each item takes the first of its options that is worth as much as the one it has, where it
    /// fits: menus list the cheapest of equals first.
    func economise(_ assignment: inout Assignment) {
        guard !hasFloors, problem.supplies.isEmpty else { return }
        for _ in 0..<4 {
            var isChanged = false
            for item in problem.items.indices where assignment.choices[item] > 0 {
                let value = assignment.value(of: item)
                let least = value - abs(value) * 1e-12
                for index in 0..<assignment.choices[item]
                where problem.items[item][index].value >= least
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

    /// Each item takes the option that makes most of what is free.
    func upgrade(_ assignment: inout Assignment) {
        guard !hasFloors, problem.supplies.isEmpty else {
            for item in problem.items.indices { tryAll(item, &assignment) }
            return
        }
        for item in problem.items.indices {
            let current = assignment.value(of: item)
            var best: (option: Int, value: Double)?
            for (index, option) in problem.items[item].enumerated() {
                let most = max(current, best?.value ?? 0)
                guard option.value > most + abs(most) * 1e-12 else { continue }
                if assignment.fits(option, item: item) { best = (index, option.value) }
            }
            if let best { assignment.choose(best.option, for: item) }
        }
    }

    /// Floors and supplies need the whole objective of each change.
    private func tryAll(_ item: Int, _ assignment: inout Assignment) {
        let old = assignment.choices[item]
        var best = (option: old, deficit: assignment.floorDeficit, value: assignment.objective)
        for (index, option) in problem.items[item].enumerated()
        where index != old && problem.isUsable(option) && assignment.fits(option, item: item) {
            consider(index, item, &assignment, old, &best)
        }
        if old >= 0 { consider(-1, item, &assignment, old, &best) }
        if best.option != old { assignment.choose(best.option, for: item) }
    }

    private func consider(
        _ option: Int, _ item: Int, _ assignment: inout Assignment, _ old: Int,
        _ best: inout (option: Int, deficit: Double, value: Double)
    ) {
        assignment.choose(option, for: item)
        let (deficit, value) = (assignment.floorDeficit, assignment.objective)
        let least = best.value + abs(best.value) * 1e-12
        if deficit < best.deficit || (deficit == best.deficit && value > least) {
            best = (option, deficit, value)
        }
        assignment.choose(old, for: item)
    }
}
