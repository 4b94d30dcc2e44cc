/// A choice for every item with the proof of how good it is.
public struct PlacementSolution: Sendable {
    /// For each item the index of the chosen option, nil for none.
    public var choices: [Int?]
    /// What the goal makes of the chosen values, less what supplies cost.
    public var objective: Double
    /// No choice has a larger objective.
    public var bound: Double
    /// Objective and bound of each later stage, given what the stages before it reached.
    public var stages: [StageProof]
    /// Units taken of each supply.
    public var supplied: [Int]
    /// One price per resource and unit: what more of it would be worth.
    public var prices: [Double]
    /// Times that all menus were priced.
    public var iterationCount: Int
    /// Nodes that exact search visited.
    public var nodeCount: Int
    /// Whether the search ended by itself, and not by a limit on time or a cancellation.
    public var isComplete: Bool

    /// Creates a solution.
    public init(
        choices: [Int?], objective: Double, bound: Double, stages: [StageProof] = [],
        supplied: [Int] = [], prices: [Double] = [], iterationCount: Int = 0, nodeCount: Int = 0,
        isComplete: Bool = true
    ) {
        self.choices = choices
        self.objective = objective
        self.bound = bound
        self.stages = stages
        self.supplied = supplied
        self.prices = prices
        self.iterationCount = iterationCount
        self.nodeCount = nodeCount
        self.isComplete = isComplete
    }

    /// The distance of objective and bound, relative to the larger of them; at least 0.
    public var gap: Double { relativeGap(objective, bound) }
}

/// How good a solution is by one objective.
public struct StageProof: Hashable, Sendable {
    /// What was reached.
    public var objective: Double
    /// What cannot be exceeded without giving up something of an earlier objective.
    public var bound: Double

    /// One price per resource and unit by this objective.
    public var prices: [Double]

    /// Creates a proof.
    public init(objective: Double, bound: Double, prices: [Double] = []) {
        self.objective = objective
        self.bound = bound
        self.prices = prices
    }

    /// The distance of objective and bound, relative to the larger of them; at least 0.
    public var gap: Double { relativeGap(objective, bound) }
}

/// `bound` − `objective` relative to the larger of the two, at least 0.
func relativeGap(_ objective: Double, _ bound: Double) -> Double {
    let scale = max(abs(bound), abs(objective))
    return scale > 0 ? max(0, bound - objective) / scale : 0
}
