/// Numbers of units of supplies worth a try, and the problem that is left once they are chosen.
///
/// Totals of whole units have plateaus on which changes of one item show no gain. So units are
/// chosen first, near those of the relaxation, cheapest first; whether items fit into them is a
/// problem without supplies, in which cheap use of resources is what guides the search.
struct SupplySearch {
    let problem: PlacementProblem

    /// Numbers that are tried.
    private static let candidateLimit = 60

    func cost(_ units: [Double]) -> Double {
        zip(problem.supplies, units).reduce(0) { $0 + $1.0.cost * $1.1 }
    }

    /// Whole numbers of units near `center` that cost less than `limit`, cheapest first.
    func candidates(_ center: [Double], below limit: Double) -> [[Int]] {
        var all: [[Int]] = [[]]
        let width = problem.supplies.count <= 4 ? 3 : 1
        for (supply, value) in zip(problem.supplies, center) {
            let low = max(0, Int(value.rounded(.down)) - width)
            let high = min(supply.limit, Int(value.rounded(.up)) + width)
            guard low <= high else { return [] }
            all = all.flatMap { units in (low...high).map { units + [$0] } }
        }
        let least = cost(center) * (1 - 1e-9)
        var priced: [(units: [Int], cost: Double)] = []
        for units in all {
            let price = cost(units.map(Double.init))
            if price < limit * (1 - 1e-9) && price >= least { priced.append((units, price)) }
        }
        priced.sort { left, right in
            left.cost != right.cost
                ? left.cost < right.cost : left.units.lexicographicallyPrecedes(right.units)
        }
        return priced.prefix(Self.candidateLimit).map(\.units)
    }

    /// The problem of keeping to `units`, where use of resources costs `prices` per unit.
    func fixed(_ units: [Int], prices: [Double]) -> PlacementProblem {
        let items = problem.items.map { options in
            options.map { option in
                let cost = option.uses.reduce(0) {
                    $0 + ($1.resource < problem.floorStart ? prices[$1.resource] * $1.amount : 0)
                }
                return PlacementProblem.Option(value: option.value - cost, uses: option.uses)
            }
        }
        return problem.fixed(units, items: items)
    }
}

extension PlacementProblem {
    /// The problem of doing with `units` of the supplies, which cost nothing any more.
    ///
    /// - Parameter items: Its items; those that it has by default.
    func fixed(_ units: [Int], items: [[Option]]? = nil) -> PlacementProblem {
        var capacities = capacities
        for (supply, count) in zip(supplies, units) {
            capacities[supply.resource] += supply.amount * Double(count)
        }
        return PlacementProblem(
            unchecked: capacities, items: items ?? self.items, paysSupplies: false,
            floorStart: floorStart)
    }
}
