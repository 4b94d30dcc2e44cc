/// An algorithm that makes choices for a ``PlacementProblem``.
///
/// ``PlacementSolver`` is one; an embedder's own is another, judged by
/// ``PlacementProblem/objective(of:)`` like every strategy.
public protocol PlacementStrategy: Sendable {
    /// What tables and plots call it.
    var name: String { get }

    /// For each item the index of the option, nil for none.
    ///
    /// The same problem must give the same choices. Choices are checked: a strategy that goes beyond
    /// a capacity is told so, and nothing of it is placed.
    func choices(for problem: PlacementProblem) throws -> [Int?]
}

extension PlacementProblem {
    /// The objective that `choices` reach, after checking that they keep to this problem.
    ///
    /// - Throws: ``ChoiceError`` naming the first item or resource that is not in order.
    /// - Complexity: O(items).
    public func objective(of choices: [Int?]) throws(ChoiceError) -> Double {
        guard choices.count == items.count else {
            throw .wrongCount(choices: choices.count, items: items.count)
        }
        var used = [Double](repeating: 0, count: capacities.count)
        var value = 0.0
        for (item, choice) in choices.enumerated() {
            guard let choice else { continue }
            guard items[item].indices.contains(choice) else {
                throw .unknownOption(item: item, option: choice)
            }
            let option = items[item][choice]
            value += option.value
            for use in option.uses { used[use.resource] += use.amount }
        }
        for (resource, amount) in used.enumerated()
        where amount > fullCapacities[resource] * (1 + Self.tolerance) {
            throw .overCommitted(
                resource: resource, used: amount, capacity: fullCapacities[resource])
        }
        switch goal {
        case .total:
            guard paysSupplies else { return value }
            return supplies.reduce(value) {
                $0 - $1.cost * Double(units(of: $1, used: used[$1.resource]))
            }
        case .least:
            return objective(choices.map { $0 ?? -1 }, stage: nil)
        }
    }

    /// Units of `supply` that are needed where `used` of its resource is used.
    func units(of supply: Supply, used: Double) -> Int {
        let missing = (used - capacities[supply.resource]) / supply.amount
        guard missing > 0 else { return 0 }
        return Int((missing - missing * Self.tolerance).rounded(.up))
    }

    /// Rounding that sums of amounts may show against a capacity, relative to it: thousands of
    /// additions of doubles stay well below.
    static let tolerance = 1e-9
}

/// Why choices do not keep to a problem.
public enum ChoiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is not one choice per item.
    case wrongCount(choices: Int, items: Int)
    /// The item has no such option.
    case unknownOption(item: Int, option: Int)
    /// More is taken of a resource than there is.
    case overCommitted(resource: Int, used: Double, capacity: Double)

    /// What is wrong, naming the item or the resource by index.
    public var description: String {
        switch self {
        case .wrongCount(let choices, let items):
            "\(choices) choices for \(items) items; give one per item, nil for none"
        case .unknownOption(let item, let option):
            "item \(item) has no option \(option)"
        case .overCommitted(let resource, let used, let capacity):
            "resource \(resource): \(used) used of \(capacity); choose smaller options or none"
        }
    }
}
