/// The options of all items by value per share of the scarcest resource they take, densest first.
///
/// The classic greedy rule for knapsacks; it knows no prices.
public struct DensestFirst: PlacementStrategy {
    /// "densest-first".
    public let name = "densest-first"

    /// Creates the strategy.
    public init() {}

    /// - Complexity: O(options × log options).
    public func choices(for problem: PlacementProblem) -> [Int?] {
        var entries: [(item: Int, option: Int, density: Double)] = []
        for (item, options) in problem.items.enumerated() {
            for (index, option) in options.enumerated() where option.value > 0 {
                let share = option.uses.reduce(0.0) { most, use in
                    let capacity = problem.capacities[use.resource]
                    return max(most, capacity > 0 ? use.amount / capacity : 0)
                }
                entries.append(
                    (item, index, option.value / max(share, .leastNormalMagnitude)))
            }
        }
        entries.sort { left, right in
            left.density != right.density
                ? left.density > right.density
                : (left.item, left.option) < (right.item, right.option)
        }
        var assignment = Assignment(problem)
        for entry in entries where assignment.choices[entry.item] < 0 {
            if assignment.fits(problem.items[entry.item][entry.option], item: entry.item) {
                assignment.choose(entry.option, for: entry.item)
            }
        }
        return assignment.choices.map { $0 >= 0 ? $0 : nil }
    }
}
