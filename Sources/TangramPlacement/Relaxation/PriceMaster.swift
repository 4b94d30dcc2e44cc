/// A master problem with the supplies of a placement problem as columns of their own: rows are the
/// resources, then one per supply that holds it to its number of units.
struct PriceMaster {
    private(set) var master: ColumnMaster
    private let resourceCount: Int
    private let supplyCount: Int

    /// Starts from an answer that keeps to `limits` without supplies.
    ///
    /// - Parameters:
    ///   - limits: Capacities over scales.
    ///   - supplies: For each the resource, what all units together bring over the scale, and what
    ///     all of them cost.
    init(
        limits: [Double], supplies: [(resource: Int, amount: Double, cost: Double)],
        value: Double, usage: [Double]
    ) {
        resourceCount = limits.count
        supplyCount = supplies.count
        let rest = [Double](repeating: 0, count: supplies.count)
        master = ColumnMaster(
            limits: limits + supplies.map { _ in 1 }, value: value, usage: usage + rest)
        for (index, supply) in supplies.enumerated() {
            var column = [Double](repeating: 0, count: limits.count + supplies.count)
            column[supply.resource] = -supply.amount
            column[limits.count + index] = 1
            master.add(value: -supply.cost, usage: column, isAnswer: false)
        }
    }

    /// Adds an answer.
    mutating func add(value: Double, usage: [Double]) {
        master.add(value: value, usage: usage + [Double](repeating: 0, count: supplyCount))
    }

    mutating func solve() { master.solve() }
    var objective: Double { master.objective }
    /// Prices of the resources.
    var prices: [Double] { Array(master.duals.prices.prefix(resourceCount)) }

    /// What a unit of weight for the answer would add.
    func reducedValue(_ value: Double, _ usage: [Double]) -> Double {
        master.reducedValue(value, usage + [Double](repeating: 0, count: supplyCount))
    }

    /// Weights of the answers, counted in the order they came: 0 is the first.
    var answerWeights: [(answer: Int, weight: Double)] {
        master.weights.compactMap { column, weight in
            if column == 0 { return (0, weight) }
            return column > supplyCount ? (column - supplyCount, weight) : nil
        }
    }

    /// For each supply the part of its units that is taken, 0...1.
    var supplyParts: [Double] {
        var parts = [Double](repeating: 0, count: supplyCount)
        for (column, weight) in master.weights where column >= 1 && column <= supplyCount {
            parts[column - 1] = weight
        }
        return parts
    }
}
