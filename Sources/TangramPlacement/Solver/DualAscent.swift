import TangramWorkers

/// Finds prices of resources that make the Lagrangian bound low.
///
/// For prices p ≥ 0 every choice within capacities is worth at most
/// L(p) = Σ_items max(0, max_o value_o − p·use_o) + p·capacity
/// (weak duality: Fisher 1981, doi:10.1287/mnsc.27.1.1). L is convex and piecewise linear; it is
/// lowered by a deflected subgradient method with Polyak steps (Camerini, Fratta, Maffioli 1975,
/// doi:10.1007/BFb0120697).
struct DualAscent {
    /// The lowest bound found.
    private(set) var bound = Double.infinity
    /// The prices it was found at, per scale of the table.
    private(set) var prices: [Double]
    /// Iterations made.
    private(set) var iterationCount = 0

    /// The last responses, as columns for a master problem.
    private(set) var recent: [(value: Double, usage: [Double], choices: [Int32])] = []

    private let table: MenuTable
    private var center: [Double]
    private var direction: [Double]
    private var stepScale = 1.0
    private var stale = 0

    /// Responses that are kept: enough for a basis of tens of resources.
    private static let recentCount = 48

    /// Starts at prices of zero.
    init(_ table: MenuTable) {
        self.table = table
        prices = [Double](repeating: 0, count: table.resourceCount)
        center = prices
        direction = prices
    }

    /// One iteration towards `target`, a value known to be reachable.
    ///
    /// - Returns: The response at the prices that were tried.
    mutating func step(target: Double) -> MenuTable.Response {
        let response = table.respond(to: center)
        iterationCount += 1
        if recent.count == Self.recentCount { recent.removeFirst() }
        recent.append((response.value(at: center), response.usage, response.choices))
        let value = response.total + table.worth(of: center)
        if value < bound - abs(bound) * 1e-12 || !bound.isFinite {
            bound = value
            prices = center
            stale = 0
        } else {
            stale += 1
            if stale >= 12 {
                stepScale *= 0.6
                stale = 0
                center = prices
                direction = [Double](repeating: 0, count: direction.count)
            }
        }
        // Slack of each capacity is a subgradient of L.
        var gradient = [Double](repeating: 0, count: direction.count)
        for resource in gradient.indices {
            gradient[resource] = table.limits[resource] - response.usage[resource]
        }
        for supply in table.problem.supplies {
            let units = supply.amount / table.scales[supply.resource]
            let cost = table.problem.paysSupplies ? supply.cost : 0
            if center[supply.resource] * units > cost {
                gradient[supply.resource] += units * Double(supply.limit)
            }
        }
        let dot = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 }
        let norm = direction.reduce(0) { $0 + $1 * $1 }
        let keep = norm > 0 && dot < 0 ? min(1, -1.5 * dot / norm) : 0.3
        var length = 0.0
        for resource in direction.indices {
            var next = gradient[resource] + keep * direction[resource]
            // A price at zero cannot fall.
            if center[resource] <= 0 && next > 0 { next = 0 }
            direction[resource] = next
            length += next * next
        }
        guard length > 1e-18 else { return response }
        let gap = max(value - target, abs(value) * 1e-7)
        let size = stepScale * gap / length
        for resource in center.indices {
            center[resource] = max(0, center[resource] - size * direction[resource])
        }
        return response
    }
}
