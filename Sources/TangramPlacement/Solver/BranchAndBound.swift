/// Exact search over the choices of a small problem, bounded by its relaxation at every node.
///
/// Branches take or leave one option of one item, or split the number of units of a supply. What a
/// node's prices prove useless is left out below it (reduced-cost fixing).
struct BranchAndBound {
    let problem: PlacementProblem
    /// What amounts are divided by.
    let scales: [Double]
    /// Prices per scale to start from.
    let prices: [Double]
    /// Nodes after which the search gives up.
    let nodeLimit: Int
    let control: SolveControl
    /// Whether any choices that meet the floors will do.
    var stopsAtFirst = false

    /// The best choices, what no choices exceed, and the nodes that were visited.
    func solve(
        from start: Assignment, bound: Double
    ) -> (assignment: Assignment, bound: Double, nodeCount: Int) {
        let relaxation = NodeRelaxation(problem, scales: scales)
        var search = Search(
            relaxation: relaxation, best: start,
            rounding: Rounding(
                problem: problem, prices: zip(prices, scales).map { $0 / $1 }))
        let root = Node(
            decisions: .init(
                isActive: [Bool](repeating: true, count: relaxation.options.count),
                allowsNone: [Bool](repeating: true, count: relaxation.itemCount),
                units: problem.supplies.map { 0...$0.limit }),
            bound: bound, prices: prices, answers: [])
        var open = [root]
        var (visited, trialCount) = (0, 0)
        var isPlunging = true
        while !open.isEmpty {
            // A plunge ends where nothing is left below; the next starts at the weakest bound.
            if !isPlunging, let next = open.indices.max(by: { open[$0].bound < open[$1].bound }) {
                open.swapAt(next, open.count - 1)
            }
            let node = open.removeLast()
            guard node.bound > search.cutoff else { continue }
            guard visited < nodeLimit, !(visited % 16 == 0 && control.isOver) else {
                open.append(node)
                break
            }
            visited += 1
            if stopsAtFirst && search.best.floorDeficit == 0 { break }
            let children = search.visit(node)
            if visited == 1 { trialCount = tryUnits(root, relaxation, &search.best) }
            isPlunging = !children.isEmpty
            open += children
        }
        let left = open.filter { $0.bound > search.cutoff }.map(\.bound).max()
        return (
            search.best, max(search.best.recomputedObjective, left ?? -.infinity),
            visited + trialCount
        )
    }

    /// Looks for choices that get by with units near those of the relaxation: a short search for each
    /// number of units, cheapest first.
    ///
    /// - Returns: The nodes that were visited.
    private func tryUnits(
        _ root: Node, _ relaxation: NodeRelaxation, _ best: inout Assignment
    ) -> Int {
        guard problem.paysSupplies, !problem.supplies.isEmpty, problem.supplies.count <= 6,
            let result = relaxation.solve(
                root.decisions, prices: root.prices, answers: root.answers, cutoff: -.infinity)
        else { return 0 }
        let search = SupplySearch(problem: problem)
        let unitPrices = zip(result.prices, scales).map { $0 / $1 }
        var visited = 0
        for units in search.candidates(
            result.units, below: search.cost(best.supplied.map(Double.init)))
        where search.cost(units.map(Double.init)) < search.cost(best.supplied.map(Double.init)) {
            if control.isOver { break }
            let fixed = search.fixed(units, prices: unitPrices)
            var trial = BranchAndBound(
                problem: fixed, scales: scales, prices: result.prices.map { _ in 0 },
                nodeLimit: max(Self.nodesPerTrial, 2 * problem.items.count), control: control)
            trial.stopsAtFirst = true
            let found = trial.solve(from: Assignment(fixed), bound: .infinity)
            visited += found.nodeCount
            guard found.assignment.floorDeficit == 0 else { continue }
            let whole = Assignment(problem, choices: found.assignment.choices)
            if whole.isBetter(than: best) { best = whole }
        }
        return visited
    }

    /// A dive to the choices of one number of units needs about as many nodes as there are items.
    private static let nodesPerTrial = 150

    private struct Node {
        var decisions: NodeRelaxation.Decisions
        var bound: Double
        var prices: [Double]
        var answers: [NodeRelaxation.Answer]
    }

    private struct Search {
        let relaxation: NodeRelaxation
        var best: Assignment
        var rounding: Rounding

        /// Nodes must be worth more than this.
        var cutoff: Double {
            best.floorDeficit > 0
                ? relaxation.leastWorth : best.objective + max(abs(best.objective), 1e-9) * 1e-9
        }

        /// The children of a node, the more promising last.
        mutating func visit(_ node: Node) -> [Node] {
            guard
                let result = relaxation.solve(
                    node.decisions, prices: node.prices, answers: node.answers, cutoff: cutoff)
            else { return [] }
            round(result, node.decisions)
            guard result.bound > cutoff else { return [] }
            var child = Node(
                decisions: node.decisions, bound: min(node.bound, result.bound),
                prices: result.prices, answers: result.answers)
            fix(&child.decisions, result)
            return split(child, result)
        }

        /// Leaves out what a node's prices show to be worth no more than what is known.
        private func fix(
            _ decisions: inout NodeRelaxation.Decisions, _ result: NodeRelaxation.Result
        ) {
            let slack = result.bound - cutoff
            guard slack.isFinite else { return }
            for item in 0..<relaxation.itemCount {
                let rows = relaxation.offsets[item]..<relaxation.offsets[item + 1]
                let scores = rows.map {
                    decisions.isActive[$0] ? relaxation.score($0, result.prices) : -.infinity
                }
                let most = max(
                    scores.max() ?? -.infinity, decisions.allowsNone[item] ? 0 : -.infinity)
                for (row, score) in zip(rows, scores)
                where decisions.isActive[row] && most - score > slack {
                    decisions.isActive[row] = false
                }
                if decisions.allowsNone[item] && most > slack { decisions.allowsNone[item] = false }
            }
        }

        private func split(_ node: Node, _ result: NodeRelaxation.Result) -> [Node] {
            if let (supply, units) = fractionalUnits(result) {
                let range = node.decisions.units[supply]
                let low = min(
                    max(Int(units.rounded(.down)), range.lowerBound), range.upperBound - 1)
                var (fewer, more) = (node, node)
                fewer.decisions.units[supply] = range.lowerBound...low
                more.decisions.units[supply] = (low + 1)...range.upperBound
                return units - Double(low) > 0.5 ? [fewer, more] : [more, fewer]
            }
            guard let item = mostDivided(node, result) else {
                // All choices are whole: what is worth more differs in its supplies.
                for (supply, range) in node.decisions.units.enumerated()
                where range.lowerBound < range.upperBound {
                    let low = (range.lowerBound + range.upperBound) / 2
                    var (fewer, more) = (node, node)
                    fewer.decisions.units[supply] = range.lowerBound...low
                    more.decisions.units[supply] = (low + 1)...range.upperBound
                    return [more, fewer]
                }
                return []
            }
            let rows = relaxation.offsets[item]..<relaxation.offsets[item + 1]
            var (taken, left) = (node, node)
            let heaviest = rows.filter { node.decisions.isActive[$0] }
                .max { result.weights[$0] < result.weights[$1] }
            if let heaviest,
                result.weights[heaviest] >= result.noneWeights[item]
                    || !node.decisions.allowsNone[item]
            {
                for row in rows { taken.decisions.isActive[row] = row == heaviest }
                taken.decisions.allowsNone[item] = false
                left.decisions.isActive[heaviest] = false
            } else {
                for row in rows { taken.decisions.isActive[row] = false }
                left.decisions.allowsNone[item] = false
            }
            return [left, taken]
        }

        /// The supply whose units are furthest from whole.
        private func fractionalUnits(_ result: NodeRelaxation.Result) -> (Int, Double)? {
            guard relaxation.problem.paysSupplies else { return nil }
            var best: (supply: Int, distance: Double)?
            for (supply, units) in result.units.enumerated() {
                let distance = abs(units - units.rounded())
                let cost = relaxation.problem.supplies[supply].cost
                if distance > 1e-7 && distance * cost > best?.distance ?? 0 {
                    best = (supply, distance * cost)
                }
            }
            return best.map { ($0.supply, result.units[$0.supply]) }
        }

        /// The item whose weights are spread most, of those with a choice left.
        private func mostDivided(_ node: Node, _ result: NodeRelaxation.Result) -> Int? {
            var best: (item: Int, spread: Double)?
            var open: Int?
            for item in 0..<relaxation.itemCount {
                var (heaviest, sum) = (result.noneWeights[item], result.noneWeights[item])
                var count = node.decisions.allowsNone[item] ? 1 : 0
                for row in relaxation.offsets[item]..<relaxation.offsets[item + 1] {
                    heaviest = max(heaviest, result.weights[row])
                    sum += result.weights[row]
                    if node.decisions.isActive[row] { count += 1 }
                }
                guard count > 1 else { continue }
                open = open ?? item
                // Weights of an item add up to less than 1 where the fined answer has some.
                let spread = sum - heaviest
                if spread > max(1e-9, best?.spread ?? 0) { best = (item, spread) }
            }
            // Whole weights with a bound above what they are worth: decide anything.
            return best?.item ?? open
        }

        /// Choices near the relaxation's, kept where they are the best so far.
        private mutating func round(
            _ result: NodeRelaxation.Result, _ decisions: NodeRelaxation.Decisions
        ) {
            let problem = relaxation.problem
            var assignment = Assignment(problem)
            var ranked: [(item: Int, rows: [Int], top: Double)] = []
            for item in 0..<relaxation.itemCount {
                var rows: [Int] = []
                for row in relaxation.offsets[item]..<relaxation.offsets[item + 1]
                where decisions.isActive[row] && result.weights[row] > 1e-9 { rows.append(row) }
                rows.sort { result.weights[$0] > result.weights[$1] }
                ranked.append((item, rows, rows.first.map { result.weights[$0] } ?? 0))
            }
            ranked.sort { $0.top != $1.top ? $0.top > $1.top : $0.item < $1.item }
            for entry in ranked {
                for row in entry.rows {
                    let option = relaxation.options[row]
                    if assignment.fits(problem.items[entry.item][option], item: entry.item) {
                        assignment.choose(option, for: entry.item)
                        break
                    }
                }
            }
            if assignment.isBetter(than: best) { best = assignment }
            rounding.improve(&assignment, passLimit: 1)
            if assignment.isBetter(than: best) { best = assignment }
        }
    }
}
