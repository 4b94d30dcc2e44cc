/// Items in their order, each with the first of its options that fits: what a queue does.
///
/// Menus list the best value first, so this takes the fastest option that is left.
public struct FirstFit: PlacementStrategy {
    /// "first-fit".
    public let name = "first-fit"

    /// Creates the strategy.
    public init() {}

    /// - Complexity: O(options).
    public func choices(for problem: PlacementProblem) -> [Int?] {
        var assignment = Assignment(problem)
        return problem.items.indices.map { item in
            let options = problem.items[item]
            let index = options.indices.first {
                options[$0].value > 0 && assignment.fits(options[$0], item: item)
            }
            if let index { assignment.choose(index, for: item) }
            return index
        }
    }
}
