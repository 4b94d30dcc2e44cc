/// Exact search over the choices of a small problem, bounded by prices.
///
/// With prices p, choices that extend a partial one are worth at most its value + Σ over open items
/// of their best score + p·(what is free).
struct BranchAndBound {
    let problem: PlacementProblem
    /// Prices per unit of each resource.
    let prices: [Double]
    /// Nodes after which the search gives up.
    let nodeLimit: Int

    /// The best choices and whether the search was finished, which proves them best.
    func solve(from start: Assignment) -> (assignment: Assignment, isProven: Bool) {
        let rounding = Rounding(problem: problem, prices: prices)
        // Options worth trying at each item, best score first, and doing without.
        let menus = problem.items.map { options in
            options.indices
                .filter { options[$0].value > 0 && problem.allows(options[$0]) }
                .map { (index: $0, score: rounding.score(options[$0])) }
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
        }
        // Items that matter most are decided first.
        let order = problem.items.indices.sorted { left, right in
            let a = menus[left].first?.score ?? 0
            let b = menus[right].first?.score ?? 0
            return a != b ? a > b : left < right
        }
        var remaining = [Double](repeating: 0, count: order.count + 1)
        for depth in order.indices.reversed() {
            remaining[depth] =
                remaining[depth + 1] + max(0, menus[order[depth]].first?.score ?? 0)
        }
        var search = Search(
            problem: problem, prices: prices, menus: menus, order: order, remaining: remaining,
            current: Assignment(problem), best: start, nodesLeft: nodeLimit)
        search.descend(depth: 0)
        return (search.best, search.nodesLeft > 0)
    }

    private struct Search {
        let problem: PlacementProblem
        let prices: [Double]
        let menus: [[(index: Int, score: Double)]]
        let order: [Int]
        let remaining: [Double]
        var current: Assignment
        var best: Assignment
        var nodesLeft: Int

        mutating func descend(depth: Int) {
            nodesLeft -= 1
            guard nodesLeft > 0 else { return }
            if current.objective > best.objective + abs(best.objective) * 1e-12 { best = current }
            guard depth < order.count else { return }
            let item = order[depth]
            var base = current.objective + remaining[depth + 1]
            for resource in prices.indices { base += prices[resource] * current.free[resource] }
            let threshold = best.objective + max(abs(best.objective), 1e-9) * 1e-9
            for entry in menus[item] {
                // Scores fall, so no later option passes either.
                guard base + entry.score > max(threshold, bestThreshold) else { break }
                guard current.fits(problem.items[item][entry.index], item: item) else { continue }
                current.choose(entry.index, for: item)
                descend(depth: depth + 1)
                current.choose(-1, for: item)
                guard nodesLeft > 0 else { return }
            }
            if base > bestThreshold { descend(depth: depth + 1) }
        }

        private var bestThreshold: Double {
            best.objective + max(abs(best.objective), 1e-9) * 1e-9
        }
    }
}
