/// A choice of at most one option per item under capacities: what a plan is, stripped of clusters
/// and models.
///
/// A multiple-choice multidimensional knapsack. Embedders with cost tables of their own build one
/// directly and give it to ``PlacementSolver``.
public struct PlacementProblem: Sendable {
    /// Most objectives after the first.
    public static let stageLimit = 8

    /// Most resources that one option may use.
    public static let slotCount = 14

    /// Numbers beyond this are refused: sums and products of them would not be finite.
    public static let largestNumber = 1e100

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

    /// What the choices of all items together are judged by.
    public enum Goal: Hashable, Sendable {
        /// The sum of the chosen values.
        case total
        /// The least of the chosen values; an item without a choice counts 0. Items that have no
        /// option of a value above 0 do not count.
        case least
    }

    /// Units of a resource that can be had for money: nodes to rent or to buy.
    public struct Supply: Hashable, Sendable {
        /// The resource, by index.
        public var resource: Int
        /// How much of the resource one unit brings, above 0.
        public var amount: Double
        /// What one unit takes from the objective, at least 0.
        public var cost: Double
        /// How many there are.
        public var limit: Int

        /// Creates a supply.
        public init(resource: Int, amount: Double, cost: Double, limit: Int) {
            self.resource = resource
            self.amount = amount
            self.cost = cost
            self.limit = limit
        }
    }

    /// An objective that counts where all before it are equally good.
    public struct Stage: Hashable, Sendable {
        /// What is maximised.
        public var goal: Goal
        /// A value for each option of each item, in place of the option's own.
        public var values: [[Double]]
        /// Whether supplies are paid for in this objective.
        public var paysSupplies: Bool

        /// Creates a stage.
        public init(goal: Goal = .total, values: [[Double]], paysSupplies: Bool = false) {
            self.goal = goal
            self.values = values
            self.paysSupplies = paysSupplies
        }
    }

    /// How much there is of each resource without supplies.
    public let capacities: [Double]
    /// The options of each item, best value first; of equal values the one that comes first is
    /// taken first.
    public let items: [[Option]]
    /// What the values of options are combined to.
    public let goal: Goal
    /// What can be added to capacities, at most one for each resource.
    public let supplies: [Supply]
    /// Whether supplies are paid for in the objective of `goal`.
    public let paysSupplies: Bool
    /// Objectives after that of `goal`, the more important first.
    public let stages: [Stage]
    /// Capacities with all supplies.
    let fullCapacities: [Double]
    /// The first of the resources that stand for floors: an option "uses" a negative amount of one,
    /// and the capacity is the negative of what must be reached. Only stages make them.
    let floorStart: Int

    /// Creates a problem.
    ///
    /// - Parameters:
    ///   - capacities: How much there is of each resource.
    ///   - items: The options of each item.
    ///   - goal: What the values of options are combined to.
    ///   - supplies: What can be added to capacities.
    ///   - paysSupplies: Whether the total pays for supplies; for ``Goal/least`` they are free.
    ///   - stages: Objectives that count where all before them are equally good.
    ///
    /// Options of no value and options that no capacity allows are left out of the search, but keep
    /// their indices.
    ///
    /// - Throws: ``ProblemError`` where a number is NaN, infinite or negative, or a resource does
    ///   not exist.
    public init(
        capacities: [Double], items: [[Option]], goal: Goal = .total, supplies: [Supply] = [],
        paysSupplies: Bool = true, stages: [Stage] = []
    ) throws(ProblemError) {
        for (resource, capacity) in capacities.enumerated() {
            guard capacity >= 0, capacity <= Self.largestNumber else {
                throw .invalidCapacity(resource: resource, capacity)
            }
        }
        for (item, options) in items.enumerated() {
            for (index, option) in options.enumerated() {
                guard abs(option.value) <= Self.largestNumber else {
                    throw .invalidValue(item: item, option: index, option.value)
                }
                guard option.uses.count <= Self.slotCount else {
                    throw .tooManyResources(item: item, option: index)
                }
                for use in option.uses {
                    guard capacities.indices.contains(use.resource) else {
                        throw .unknownResource(item: item, option: index, use.resource)
                    }
                    guard use.amount >= 0, use.amount <= Self.largestNumber else {
                        throw .invalidAmount(item: item, option: index, use.amount)
                    }
                }
            }
        }
        var supplied: Set<Int> = []
        for (index, supply) in supplies.enumerated() {
            guard capacities.indices.contains(supply.resource),
                supplied.insert(supply.resource).inserted, supply.amount.isFinite,
                supply.amount > 0, supply.cost.isFinite, supply.cost >= 0, supply.limit >= 0,
                (supply.amount * Double(supply.limit)).isFinite
            else { throw .invalidSupply(index: index) }
        }
        guard stages.count <= Self.stageLimit else { throw .invalidStage(index: Self.stageLimit) }
        for (index, stage) in stages.enumerated() {
            // What was paid for supplies cannot be kept by later objectives.
            let isPaid =
                index == 0 ? paysSupplies && goal == .total : stages[index - 1].paysSupplies
            guard supplies.isEmpty || !isPaid else { throw .invalidStage(index: index) }
            let fits = stage.values.map(\.count) == items.map(\.count)
            let isSmall = stage.values.allSatisfy {
                $0.allSatisfy { abs($0) <= Self.largestNumber }
            }
            guard fits, isSmall else {
                throw .invalidStage(index: index)
            }
        }
        self.init(
            unchecked: capacities, items: items, goal: goal, supplies: supplies,
            paysSupplies: paysSupplies, stages: stages, floorStart: capacities.count)
    }

    /// A problem of numbers that were checked before.
    init(
        unchecked capacities: [Double], items: [[Option]], goal: Goal = .total,
        supplies: [Supply] = [], paysSupplies: Bool = true, stages: [Stage] = [], floorStart: Int
    ) {
        self.capacities = capacities
        self.items = items
        self.goal = goal
        self.supplies = supplies
        self.paysSupplies = paysSupplies && goal == .total
        self.stages = stages
        self.floorStart = floorStart
        var full = capacities
        for supply in supplies { full[supply.resource] += supply.amount * Double(supply.limit) }
        fullCapacities = full
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
    /// A supply names no resource or a second time, or has numbers that make no sense.
    case invalidSupply(index: Int)
    /// A stage does not have one finite value per option.
    case invalidStage(index: Int)

    /// What is wrong, naming the item and the option by index.
    public var description: String {
        switch self {
        case .invalidCapacity(let resource, let value):
            "resource \(resource): capacity \(value) is not between 0 and \(PlacementProblem.largestNumber)"
        case .invalidValue(let item, let option, let value):
            "item \(item), option \(option): value \(value) is not a number of at most "
                + "\(PlacementProblem.largestNumber)"
        case .invalidAmount(let item, let option, let value):
            "item \(item), option \(option): amount \(value) is not between 0 and \(PlacementProblem.largestNumber)"
        case .unknownResource(let item, let option, let resource):
            "item \(item), option \(option): there is no resource \(resource)"
        case .tooManyResources(let item, let option):
            "item \(item), option \(option): at most \(PlacementProblem.slotCount) resources"
        case .invalidSupply(let index):
            "supply \(index): needs a resource that no other supply has, a finite amount above 0, "
                + "a cost and a limit of at least 0"
        case .invalidStage(let index):
            "stage \(index): needs one finite value for each option of each item, no stage after one "
                + "that pays for supplies, and at most \(PlacementProblem.stageLimit) stages"
        }
    }
}
