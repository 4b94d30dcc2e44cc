/// Choices within capacities, changed one item at a time.
struct Assignment {
    let problem: PlacementProblem
    /// For each item the chosen option, -1 for none.
    private(set) var choices: [Int]
    /// What is left of each resource, supplies included.
    private(set) var free: [Double]
    /// Sum of the chosen values less what supplies cost.
    var objective: Double { value - supplyCost }
    private var value = 0.0
    private var supplyCost = 0.0
    private let supplyOf: [Int]

    /// Nothing chosen.
    init(_ problem: PlacementProblem) {
        self.problem = problem
        choices = [Int](repeating: -1, count: problem.items.count)
        free = problem.fullCapacities
        var supplyOf: [Int] = []
        if !problem.supplies.isEmpty {
            supplyOf = [Int](repeating: -1, count: problem.capacities.count)
            for (index, supply) in problem.supplies.enumerated() {
                supplyOf[supply.resource] = index
            }
        }
        self.supplyOf = supplyOf
    }

    /// The choices of another assignment, which keep to this problem too.
    init(_ problem: PlacementProblem, choices: [Int]) {
        self.init(problem)
        for (item, choice) in choices.enumerated() where choice >= 0 { choose(choice, for: item) }
    }

    /// Whether `option` fits when `item` gives up what it has. Floors are not asked.
    func fits(_ option: PlacementProblem.Option, item: Int) -> Bool {
        for use in option.uses where use.amount > 0 {
            let slack = problem.fullCapacities[use.resource] * 1e-12
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
        for use in problem.items[item][choice].uses where use.resource == resource {
            return use.amount
        }
        return 0
    }

    /// By how much floors are missed, each relative to its height.
    var floorDeficit: Double {
        var sum = 0.0
        for resource in problem.floorStart..<free.count where free[resource] < 0 {
            let scale = max(abs(problem.capacities[resource]), 1e-300)
            let missed = -free[resource] / scale
            if missed > PlacementProblem.tolerance { sum += missed }
        }
        return sum
    }

    /// Whether this is better than `other`: nearer to the floors, or as near and worth more.
    func isBetter(than other: Assignment) -> Bool {
        if problem.floorStart < free.count {
            let (mine, theirs) = (floorDeficit, other.floorDeficit)
            if mine != theirs { return mine < theirs }
        }
        return objective > other.objective
    }

    /// The value that `item` adds now, before supplies.
    func value(of item: Int) -> Double {
        choices[item] < 0 ? 0 : problem.items[item][choices[item]].value
    }

    /// Gives `item` another option, or none (-1).
    mutating func choose(_ option: Int, for item: Int) {
        let old = choices[item]
        if old >= 0 {
            for use in problem.items[item][old].uses { take(-use.amount, of: use.resource) }
            value -= problem.items[item][old].value
        }
        choices[item] = option
        if option >= 0 {
            for use in problem.items[item][option].uses { take(use.amount, of: use.resource) }
            value += problem.items[item][option].value
        }
    }

    private mutating func take(_ amount: Double, of resource: Int) {
        guard problem.paysSupplies, !supplyOf.isEmpty, supplyOf[resource] >= 0 else {
            free[resource] -= amount
            return
        }
        let supply = problem.supplies[supplyOf[resource]]
        supplyCost -= supply.cost * Double(units(supply))
        free[resource] -= amount
        supplyCost += supply.cost * Double(units(supply))
    }

    private func units(_ supply: PlacementProblem.Supply) -> Int {
        let used = problem.fullCapacities[supply.resource] - free[supply.resource]
        return problem.units(of: supply, used: used)
    }

    /// Units taken of each supply.
    var supplied: [Int] { problem.supplies.map(units) }

    /// The objective, added up anew.
    var recomputedObjective: Double {
        Assignment(problem, choices: choices).objective
    }
}
