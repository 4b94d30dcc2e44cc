/// Shows that no cheaper numbers of units do, where units are all that costs anything.
///
/// Fewer units never allow more. So it is enough to refute the largest numbers that cost less than
/// what is known. Prices p ≥ 0 refute n for choices that may be divided, and n with all that cost as
/// little at p, where
///
///     Σ over items of max(0, best of −p·a) + p·b + Σ over supplies of p × amount × n < 0
///
/// (Benders 1962, doi:10.1007/BF01386316; floors are resources of negative amounts). What is left
/// is searched whole.
struct UnitProof {
    let problem: PlacementProblem
    let scales: [Double]
    /// Nodes that all searches together may visit.
    let nodeLimit: Int
    let control: SolveControl

    /// Numbers of units that are looked at: more take longer than they are worth.
    private static let candidateLimit = 200_000
    /// The most supplies: the numbers of units grow with their power.
    private static let supplyLimit = 6
    /// Nodes of one search.
    private static let nodesPerSearch = 2_000
    /// What rounding may add to a sum that is 0.
    private static let slack = 1e-7

    /// Items up to which it is tried.
    private static let itemLimit = 600

    /// Whether units are all that costs anything.
    var isApplicable: Bool {
        problem.paysSupplies && problem.items.count <= Self.itemLimit && problem.goal == .total
            && (1...Self.supplyLimit).contains(problem.supplies.count)
            && problem.supplies.allSatisfy { $0.cost > 0 }
            && problem.items.joined().allSatisfy { $0.value == 0 || $0.value == -.infinity }
    }

    /// Refutes everything cheaper than `best`, or finds something cheaper and goes on from there.
    ///
    /// - Returns: Whether nothing cheaper is left, and the nodes that were visited.
    func prove(_ best: inout Assignment) -> (isProved: Bool, nodeCount: Int) {
        var visited = 0
        var cuts: [Cut] = []
        let all = NodeRelaxation(problem, scales: scales)
        while true {
            guard let largest = largestUnits(below: -best.objective) else {
                return (false, visited)
            }
            var (isImproved, isResolved) = (false, true)
            var refuted: [[Int]] = []
            for units in largest {
                guard !cuts.contains(where: { $0.refutes(units) }) else { continue }
                guard !refuted.contains(where: { zip(units, $0).allSatisfy { $0 <= $1 } }) else {
                    continue
                }
                if control.isOver || visited >= nodeLimit { return (false, visited) }
                let fixed = problem.fixed(units)
                visited += 1
                if let cut = cut(fixed, all) {
                    // Options that these units leave no room for are in the cut, but not in what was
                    // refuted: fewer units leave room for no more of them.
                    if cut.refutes(units) { cuts.append(cut) } else { refuted.append(units) }
                    continue
                }
                let limit = min(
                    max(Self.nodesPerSearch, 8 * problem.items.count), nodeLimit - visited)
                var search = BranchAndBound(
                    problem: fixed, scales: scales, prices: scales.map { _ in 0 },
                    nodeLimit: limit, control: control)
                search.stopsAtFirst = true
                let found = search.solve(from: Assignment(fixed), bound: 0)
                visited += found.nodeCount
                if found.assignment.floorDeficit == 0 {
                    let whole = Assignment(problem, choices: found.assignment.choices)
                    guard whole.isBetter(than: best) else { return (false, visited) }
                    best = whole
                    isImproved = true
                    break
                }
                if found.nodeCount < limit && !control.isOver {
                    refuted.append(units)
                } else {
                    isResolved = false
                }
            }
            if !isImproved { return (isResolved, visited) }
        }
    }

    /// Numbers of units to which no unit can be added below a cost; nil where there are too many.
    private func largestUnits(below cost: Double) -> [[Int]]? {
        // The cheapest last: it takes what is left.
        let order = problem.supplies.indices.sorted {
            problem.supplies[$0].cost > problem.supplies[$1].cost
        }
        let limit = cost * (1 - 1e-9)
        var all: [[Int]] = []
        var units = [Int](repeating: 0, count: order.count)
        func descend(_ place: Int, _ paid: Double) -> Bool {
            let supply = problem.supplies[order[place]]
            let most = min(
                Double(supply.limit), max(0, ((limit - paid) / supply.cost).rounded(.down)))
            guard most < 1e6 else { return false }
            guard place < order.count - 1 else {
                units[order[place]] = Int(most)
                all.append(units)
                return all.count <= Self.candidateLimit
            }
            for count in stride(from: Int(most), through: 0, by: -1) {
                units[order[place]] = count
                guard descend(place + 1, paid + supply.cost * Double(count)) else { return false }
            }
            return true
        }
        return descend(0, 0) ? all : nil
    }

    /// Prices that refute numbers of units.
    private struct Cut {
        /// What is there without units.
        var base: Double
        /// What a unit of each supply adds.
        var perUnit: [Double]

        func refutes(_ units: [Int]) -> Bool {
            zip(perUnit, units).reduce(base) { $0 + $1.0 * Double($1.1) } < -UnitProof.slack
        }
    }

    /// Prices that refute `fixed` where choices may be divided; nil where none do.
    ///
    /// - Parameter all: The whole problem: a cut holds for all numbers of units, so it is over all options
    ///   that any of them allow.
    private func cut(_ fixed: PlacementProblem, _ all: NodeRelaxation) -> Cut? {
        let relaxation = NodeRelaxation(fixed, scales: scales)
        var refuting: [Double]?
        let result = relaxation.solve(
            .init(
                isActive: [Bool](repeating: true, count: relaxation.options.count),
                allowsNone: [Bool](repeating: true, count: relaxation.itemCount), units: []),
            prices: scales.map { _ in 0 }, answers: [], cutoff: -Self.slack * 10
        ) { refuting = $0 }
        guard result == nil, let prices = refuting else { return nil }
        var base = zip(prices, zip(problem.capacities, scales)).reduce(0) {
            $0 + $1.0 * $1.1.0 / $1.1.1
        }
        for item in 0..<all.itemCount {
            let rows = all.offsets[item]..<all.offsets[item + 1]
            base += max(0, rows.map { all.score($0, prices) }.max() ?? 0)
        }
        return Cut(
            base: base,
            perUnit: problem.supplies.map {
                prices[$0.resource] * $0.amount / scales[$0.resource]
            })
    }
}
