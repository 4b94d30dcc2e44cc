/// A choice of at most one option per item under capacities: what a plan is, stripped of clusters
/// and models.
///
/// A multiple-choice multidimensional knapsack. Embedders with cost tables of their own build one
/// directly and give it to ``PlacementSolver``.
public struct PlacementProblem: Sendable {
    /// Most resources that one option may use.
    public static let slotCount = 4

    /// One way to do an item.
    public struct Option: Hashable, Sendable {
        /// What it adds to the objective.
        public var value: Double
        /// What it takes, at most ``slotCount`` resources, each once.
        public var uses: [Use]

        /// Creates an option.
        public init(value: Double, uses: [Use]) {
            self.value = value
            self.uses = uses
        }
    }

    /// An amount of one resource.
    public struct Use: Hashable, Sendable {
        /// The resource, by index.
        public var resource: Int
        /// How much of it, at least 0.
        public var amount: Double

        /// Creates a use.
        public init(resource: Int, amount: Double) {
            self.resource = resource
            self.amount = amount
        }
    }

    /// How much there is of each resource.
    public let capacities: [Double]
    /// The options of each item, best value first; of equal values the one that comes first is
    /// taken first.
    public let items: [[Option]]

    /// Creates a problem.
    ///
    /// Options of no value and options that no capacity allows are left out of the search, but keep
    /// their indices.
    ///
    /// - Throws: ``ProblemError`` where a number is NaN, infinite or negative, or a resource does
    ///   not exist.
    public init(capacities: [Double], items: [[Option]]) throws(ProblemError) {
        for (resource, capacity) in capacities.enumerated() {
            guard capacity.isFinite, capacity >= 0 else {
                throw .invalidCapacity(resource: resource, capacity)
            }
        }
        for (item, options) in items.enumerated() {
            for (index, option) in options.enumerated() {
                guard option.value.isFinite else {
                    throw .invalidValue(item: item, option: index, option.value)
                }
                guard option.uses.count <= Self.slotCount else {
                    throw .tooManyResources(item: item, option: index)
                }
                for use in option.uses {
                    guard capacities.indices.contains(use.resource) else {
                        throw .unknownResource(item: item, option: index, use.resource)
                    }
                    guard use.amount.isFinite, use.amount >= 0 else {
                        throw .invalidAmount(item: item, option: index, use.amount)
                    }
                }
            }
        }
        self.capacities = capacities
        self.items = items
    }

    /// Options over all items.
    public var optionCount: Int { items.reduce(0) { $0 + $1.count } }
}

/// Why numbers make no problem.
public enum ProblemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A capacity is NaN, infinite or negative.
    case invalidCapacity(resource: Int, Double)
    /// A value is NaN or infinite.
    case invalidValue(item: Int, option: Int, Double)
    /// An amount is NaN, infinite or negative.
    case invalidAmount(item: Int, option: Int, Double)
    /// An option names a resource that does not exist.
    case unknownResource(item: Int, option: Int, Int)
    /// An option uses more resources than ``PlacementProblem/slotCount``.
    case tooManyResources(item: Int, option: Int)

    /// What is wrong, naming the item and the option by index.
    public var description: String {
        switch self {
        case .invalidCapacity(let resource, let value):
            "resource \(resource): capacity \(value) is not a finite number of at least 0"
        case .invalidValue(let item, let option, let value):
            "item \(item), option \(option): value \(value) is not finite"
        case .invalidAmount(let item, let option, let value):
            "item \(item), option \(option): amount \(value) is not a finite number of at least 0"
        case .unknownResource(let item, let option, let resource):
            "item \(item), option \(option): there is no resource \(resource)"
        case .tooManyResources(let item, let option):
            "item \(item), option \(option): at most \(PlacementProblem.slotCount) resources"
        }
    }
}

/// A choice for every item with the proof of how good it is.
public struct PlacementSolution: Sendable {
    /// For each item the index of the chosen option, nil for none.
    public var choices: [Int?]
    /// The sum of the chosen values.
    public var objective: Double
    /// No choice has a larger sum.
    public var bound: Double
    /// One price per resource and unit: what more of it would be worth.
    public var prices: [Double]
    /// Iterations of the dual ascent.
    public var iterationCount: Int

    /// The distance of objective and bound, relative to the bound; at least 0.
    public var gap: Double {
        let scale = max(abs(bound), abs(objective))
        return scale > 0 ? max(0, bound - objective) / scale : 0
    }
}
