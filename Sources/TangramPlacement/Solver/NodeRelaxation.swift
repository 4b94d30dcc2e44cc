/// The relaxation of a small problem under the decisions of a branch-and-bound node, priced without
/// tables: menus shrink from node to node.
struct NodeRelaxation {
    let problem: PlacementProblem
    let scales: [Double]
    /// Rows of item i are `offsets[i]..<offsets[i + 1]`, each an option of it.
    let offsets: [Int]
    let options: [Int]
    let values: [Double]
    private let useOffsets: [Int]
    private let useResources: [Int]
    private let useAmounts: [Double]
    /// More than any choices are worth: the fine of the answer that breaks decisions.
    private let fine: Double

    init(_ problem: PlacementProblem, scales: [Double]) {
        self.problem = problem
        self.scales = scales
        var (offsets, options, values) = ([0], [Int](), [Double]())
        var (useOffsets, useResources, useAmounts) = ([0], [Int](), [Double]())
        var fine = 1.0
        for item in problem.items {
            for (index, option) in item.enumerated() where problem.isUsable(option) {
                options.append(index)
                values.append(option.value)
                for use in option.uses where use.amount != 0 {
                    useResources.append(use.resource)
                    useAmounts.append(use.amount / scales[use.resource])
                }
                useOffsets.append(useResources.count)
            }
            offsets.append(options.count)
            fine += 2 * item.reduce(0) { max($0, $1.value.isFinite ? abs($1.value) : 0) }
        }
        if problem.paysSupplies {
            for supply in problem.supplies { fine += 2 * supply.cost * Double(supply.limit) }
        }
        self.offsets = offsets
        self.options = options
        self.values = values
        self.useOffsets = useOffsets
        self.useResources = useResources
        self.useAmounts = useAmounts
        self.fine = fine
    }

    /// Resources of a row with amounts over scales.
    func uses(of row: Int) -> Zip2Sequence<ArraySlice<Int>, ArraySlice<Double>> {
        let range = useOffsets[row]..<useOffsets[row + 1]
        return zip(useResources[range], useAmounts[range])
    }

    var itemCount: Int { offsets.count - 1 }

    /// Choices that break nothing are worth at least this, less what rounding adds.
    var leastWorth: Double { -(fine - 1) / 2 - 1e-7 * fine }

    /// What a node has decided.
    struct Decisions {
        /// For each row whether it may be chosen.
        var isActive: [Bool]
        /// For each item whether it may do without.
        var allowsNone: [Bool]
        /// For each supply the range of its units.
        var units: [ClosedRange<Int>]
    }

    /// An answer to prices: for each item the row, -1 for none.
    struct Answer {
        var rows: [Int32]
        var value: Double
        var usage: [Double]
    }

    /// What the relaxation of a node says.
    struct Result {
        /// Nothing under the decisions is worth more.
        var bound: Double
        /// The prices of that bound, per scale.
        var prices: [Double]
        /// For each row its weight, for each item what is left for none.
        var weights: [Double]
        var noneWeights: [Double]
        /// Units of each supply, whole or not.
        var units: [Double]
        /// Answers in the basis, to start children from.
        var answers: [Answer]
    }

    /// The best answer at `prices`, with its score; nil where an item has nothing left.
    func respond(_ prices: [Double], _ decisions: Decisions) -> (answer: Answer, score: Double)? {
        var answer = Answer(
            rows: [Int32](repeating: -1, count: itemCount), value: 0,
            usage: [Double](repeating: 0, count: scales.count))
        var total = 0.0
        for item in 0..<itemCount {
            var best = decisions.allowsNone[item] ? 0 : -Double.infinity
            var chosen = -1
            for row in offsets[item]..<offsets[item + 1] where decisions.isActive[row] {
                let score = score(row, prices)
                if score > best { (best, chosen) = (score, row) }
            }
            guard best > -.infinity else { return nil }
            total += best
            guard chosen >= 0 else { continue }
            answer.rows[item] = Int32(chosen)
            answer.value += values[chosen]
            for use in useOffsets[chosen]..<useOffsets[chosen + 1] {
                answer.usage[useResources[use]] += useAmounts[use]
            }
        }
        return (answer, total)
    }

    func score(_ row: Int, _ prices: [Double]) -> Double {
        var score = values[row]
        for use in useOffsets[row]..<useOffsets[row + 1] {
            score -= prices[useResources[use]] * useAmounts[use]
        }
        return score
    }

    /// Solves the relaxation of a node, starting from the prices and answers of its parent; nil
    /// where nothing is left, or nothing that is worth more than `cutoff`: then `refuted` gets the
    /// prices that show it.
    func solve(
        _ decisions: Decisions, prices start: [Double], answers: [Answer], cutoff: Double,
        iterationLimit: Int = 400, refuted: (([Double]) -> Void)? = nil
    ) -> Result? {
        var limits = zip(problem.capacities, scales).map { $0 / $1 }
        var paid = 0.0
        var supplies: [(resource: Int, amount: Double, cost: Double)] = []
        for (supply, units) in zip(problem.supplies, decisions.units) {
            let cost = problem.paysSupplies ? supply.cost : 0
            let scale = scales[supply.resource]
            limits[supply.resource] += supply.amount * Double(units.lowerBound) / scale
            paid += cost * Double(units.lowerBound)
            let rest = Double(units.upperBound - units.lowerBound)
            supplies.append((supply.resource, supply.amount * rest / scale, cost * rest))
        }
        var master = PriceMaster(
            limits: limits, supplies: supplies, value: -fine, usage: limits)
        var known = answers.filter { answer in
            answer.rows.enumerated().allSatisfy { item, row in
                row >= 0 ? decisions.isActive[Int(row)] : decisions.allowsNone[item]
            }
        }
        for answer in known { master.add(value: answer.value, usage: answer.usage) }
        var bound = Double.infinity
        var best = start
        var query = start
        for _ in 0..<iterationLimit {
            guard let (answer, score) = respond(query, decisions) else { return nil }
            var found = score - paid
            for (price, limit) in zip(query, limits) { found += price * limit }
            for supply in supplies {
                found += max(0, query[supply.resource] * supply.amount - supply.cost)
            }
            if found < bound {
                bound = found
                best = query
            }
            if bound <= cutoff {
                refuted?(best)
                return nil
            }
            let gain = master.reducedValue(answer.value, answer.usage)
            let isNew = known.isEmpty || gain > 1e-10 * max(1, abs(master.objective))
            if isNew {
                known.append(answer)
                master.add(value: answer.value, usage: answer.usage)
            }
            master.solve()
            let reached = master.objective - paid
            if bound - reached <= 1e-9 * max(1e-9, abs(bound)) { break }
            let own = master.prices
            // A query between the best prices and the master's that finds nothing is asked again at
            // the master's own; when that finds nothing either, this is the optimum.
            if !isNew && query == own { break }
            query = isNew ? zip(best, own).map { 0.4 * $0 + 0.6 * $1 } : own
        }
        var weights = [Double](repeating: 0, count: options.count)
        var none = [Double](repeating: 0, count: itemCount)
        var basis: [Answer] = []
        for (index, weight) in master.answerWeights where index > 0 && weight > 0 {
            let answer = known[index - 1]
            basis.append(answer)
            for (item, row) in answer.rows.enumerated() {
                if row >= 0 { weights[Int(row)] += weight } else { none[item] += weight }
            }
        }
        let units = zip(master.supplyParts, decisions.units).map { part, range in
            Double(range.lowerBound) + part * Double(range.upperBound - range.lowerBound)
        }
        return Result(
            bound: bound, prices: best, weights: weights, noneWeights: none, units: units,
            answers: basis + known.suffix(max(0, 2 * scales.count)))
    }
}
