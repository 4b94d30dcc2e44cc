/// Choices that are kept up to date as items come and go and capacities change: each event repairs
/// what it touches, in place of a solution from scratch.
///
/// The bound stays valid: it is that of the prices it was started with, to which an event adds what
/// it changes of Σ max(0, best score) + prices · capacities. The gap grows as prices grow stale;
/// start a new session from a new solution when it is too wide.
public struct PlacementSession: Sendable {
    /// The problem as it is now. Items that were removed have no options.
    public private(set) var problem: PlacementProblem
    /// One price per resource and unit.
    public let prices: [Double]
    /// No choices of the problem as it is now are worth more.
    public private(set) var bound: Double

    private var assignment: Assignment

    /// Starts from a solution of `problem`.
    ///
    /// - Returns: nil where the problem is more than one total without supplies; solve those anew.
    public init?(_ problem: PlacementProblem, solution: PlacementSolution) {
        guard problem.goal == .total, problem.supplies.isEmpty, problem.stages.isEmpty,
            solution.choices.count == problem.items.count,
            solution.prices.count == problem.capacities.count
        else { return nil }
        self.problem = problem
        prices = solution.prices.map { max(0, $0) }
        assignment = Assignment(problem, choices: solution.choices.map { $0 ?? -1 })
        bound = 0
        bound =
            problem.items.reduce(0) { $0 + score($1) }
            + zip(prices, problem.capacities).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// For each item the chosen option, nil for none.
    public var choices: [Int?] { assignment.choices.map { $0 >= 0 ? $0 : nil } }
    /// The sum of the chosen values.
    public var objective: Double { assignment.objective }
    /// The distance of objective and bound, relative to the larger of them; at least 0.
    public var gap: Double { relativeGap(objective, bound) }

    /// Adds an item and finds a place for it, where that pays.
    ///
    /// - Returns: The index of the item.
    /// - Throws: ``ProblemError`` where a number is NaN, infinite or negative.
    /// - Complexity: O(items + options of the item).
    @discardableResult
    public mutating func add(_ options: [PlacementProblem.Option]) throws(ProblemError) -> Int {
        _ = try PlacementProblem(capacities: problem.capacities, items: [options])
        let item = problem.items.count
        rebuild(items: problem.items + [options], choices: assignment.choices + [-1])
        bound += score(options)
        improve([item])
        return item
    }

    /// Removes an item and lets others have what it held.
    ///
    /// - Precondition: There is such an item.
    /// - Complexity: O(options).
    public mutating func remove(_ item: Int) {
        bound -= score(problem.items[item])
        var (items, choices) = (problem.items, assignment.choices)
        items[item] = []
        choices[item] = -1
        rebuild(items: items, choices: choices)
        Rounding(problem: problem, prices: prices).upgrade(&assignment)
    }

    /// Takes back what items have and finds places for them anew, with the capacity of a resource
    /// changed: the accelerators of a node that failed under them.
    mutating func displace(_ items: [Int], resource: Int, capacity: Double) {
        for item in items { assignment.choose(-1, for: item) }
        bound += prices[resource] * (capacity - problem.capacities[resource])
        var capacities = problem.capacities
        capacities[resource] = capacity
        problem = PlacementProblem(
            unchecked: capacities, items: problem.items, floorStart: capacities.count)
        assignment = Assignment(problem, choices: assignment.choices)
        let others = displace(&assignment, resource)
        improve(items + others)
    }

    /// Takes the choice that packing could keep.
    mutating func adopt(_ choice: Int?, for item: Int) {
        assignment.choose(choice ?? -1, for: item)
    }

    /// Removes several items at once and lets others have what they held.
    mutating func remove(all removed: [Int]) {
        var (items, choices) = (problem.items, assignment.choices)
        for item in removed {
            bound -= score(items[item])
            items[item] = []
            choices[item] = -1
        }
        rebuild(items: items, choices: choices)
        Rounding(problem: problem, prices: prices).upgrade(&assignment)
    }

    /// Changes how much there is of a resource: a node fails, a node comes back.
    ///
    /// - Throws: ``ProblemError`` where the capacity is NaN, infinite or negative.
    /// - Complexity: O(options).
    public mutating func setCapacity(
        _ capacity: Double, of resource: Int
    ) throws(ProblemError) {
        var capacities = problem.capacities
        guard capacities.indices.contains(resource), capacity.isFinite, capacity >= 0 else {
            throw .invalidCapacity(resource: resource, capacity)
        }
        bound += prices[resource] * (capacity - capacities[resource])
        capacities[resource] = capacity
        problem = PlacementProblem(
            unchecked: capacities, items: problem.items, floorStart: capacities.count)
        var next = Assignment(problem, choices: assignment.choices)
        let displaced = displace(&next, resource)
        assignment = next
        improve(displaced)
        if displaced.isEmpty { Rounding(problem: problem, prices: prices).upgrade(&assignment) }
    }

    private mutating func rebuild(items: [[PlacementProblem.Option]], choices: [Int]) {
        problem = PlacementProblem(
            unchecked: problem.capacities, items: items, floorStart: problem.capacities.count)
        assignment = Assignment(problem, choices: choices)
    }

    /// The best score of a menu, at least 0.
    private func score(_ options: [PlacementProblem.Option]) -> Double {
        options.reduce(0) { most, option in
            max(most, option.uses.reduce(option.value) { $0 - prices[$1.resource] * $1.amount })
        }
    }

    /// Takes back what holds too much of a resource, the least value for it first.
    private func displace(_ assignment: inout Assignment, _ resource: Int) -> [Int] {
        let slack = problem.capacities[resource] * PlacementProblem.tolerance
        guard assignment.free[resource] < -slack else { return [] }
        let holders = Rounding(problem: problem, prices: prices)
            .holdersByResource(assignment)[resource]
        var displaced: [Int] = []
        for item in holders where assignment.free[resource] < -slack {
            assignment.choose(-1, for: item)
            displaced.append(item)
        }
        return displaced
    }

    /// Finds places for items, the most valuable first, where others make room if that pays.
    private mutating func improve(_ items: [Int]) {
        let rounding = Rounding(problem: problem, prices: prices)
        let most = { [problem] (item: Int) in problem.items[item].map(\.value).max() ?? 0 }
        for item in items.sorted(by: { most($0) != most($1) ? most($0) > most($1) : $0 < $1 }) {
            var best: (option: Int, score: Double)?
            for (index, option) in problem.items[item].enumerated()
            where problem.isUsable(option) && assignment.fits(option, item: item) {
                let score = rounding.score(option)
                if score > best?.score ?? -.infinity { best = (index, score) }
            }
            if let best { assignment.choose(best.option, for: item) }
            let holders = rounding.holdersByResource(assignment)
            rounding.exchange(&assignment, item: item, holders: holders)
        }
    }
}
