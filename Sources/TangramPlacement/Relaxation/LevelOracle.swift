/// Answers prices for the goal ``TimeSharedProblem/Goal/level``.
///
/// At prices p a job reaches a rate r at the cost of the lower convex hull of its options' points
/// (rate, p·use) and the origin. With C(t) the sum of those costs at level t, convex in t, the
/// answer maximises t − C(t), and max_t (t − C(t)) + p·capacity bounds every level.
struct LevelOracle {
    let table: TimeSharedTable
    /// The highest level that every job could reach alone.
    let highestLevel: Double
    private var hullOffsets: [Int]
    private var hullRows: [Int]
    private var hullRates: [Double]
    private var hullCosts: [Double]
    private var levelWork: [Double]
    private var levelScale: [Double]
    private var elapsed: [Double]
    private var lastLevel: Double

    init(_ table: TimeSharedTable) {
        self.table = table
        var highest = Double.infinity
        for (index, item) in table.problem.items.enumerated() {
            let rows = table.offsets[index]..<table.offsets[index + 1]
            highest = min(highest, rows.last.map { item.level(atRate: table.rates[$0]) } ?? 0)
        }
        highestLevel = highest.isFinite ? highest : 0
        lastLevel = highestLevel
        hullOffsets = [Int](repeating: 0, count: table.itemCount + 1)
        hullRows = [Int](repeating: -1, count: table.rowCount + table.itemCount)
        hullRates = [Double](repeating: 0, count: hullRows.count)
        hullCosts = hullRates
        levelWork = table.problem.items.map(\.levelWork)
        levelScale = table.problem.items.map(\.levelScale)
        elapsed = table.problem.items.map(\.elapsed)
    }

    /// The best answer at prices of whole capacities.
    mutating func answer(_ prices: [Double]) -> TimeSharedAnswer {
        buildHulls(table.costs(prices))
        let best = bestLevel()
        lastLevel = best.level
        var result = answer(atLevel: best.level)
        result.score = best.limit
        return result
    }

    private mutating func buildHulls(_ costs: [Double]) {
        var end = 0
        for item in 0..<table.itemCount {
            let start = end
            hullOffsets[item] = start
            hullRows[end] = -1
            hullRates[end] = 0
            hullCosts[end] = 0
            end += 1
            for row in table.offsets[item]..<table.offsets[item + 1] {
                let (rate, cost) = (table.rates[row], costs[row])
                // A point of the chain that lies on or above the line past it goes.
                while end - start >= 2 {
                    let (r1, c1) = (hullRates[end - 2], hullCosts[end - 2])
                    let (r2, c2) = (hullRates[end - 1], hullCosts[end - 1])
                    guard (c2 - c1) * (rate - r1) >= (cost - c1) * (r2 - r1) else { break }
                    end -= 1
                }
                // Of equal rates the cheaper one stays.
                if end - start >= 2 && hullRates[end - 1] >= rate { continue }
                hullRows[end] = row
                hullRates[end] = rate
                hullCosts[end] = cost
                end += 1
            }
        }
        hullOffsets[table.itemCount] = end
    }

    /// The hull's segment that reaches `rate`, by its upper end.
    private func segment(_ item: Int, _ rate: Double) -> Int {
        var upper = hullOffsets[item] + 1
        let last = hullOffsets[item + 1] - 1
        while upper < last && hullRates[upper] < rate { upper += 1 }
        return upper
    }

    /// t − C(t) and its derivative from below.
    private func profit(_ level: Double) -> (value: Double, slope: Double) {
        var (cost, slope) = (0.0, 0.0)
        for item in 0..<table.itemCount {
            let rest = levelScale[item] - elapsed[item] * level
            let rate = levelWork[item] * level / rest
            let upper = segment(item, rate)
            let steep =
                (hullCosts[upper] - hullCosts[upper - 1])
                / (hullRates[upper] - hullRates[upper - 1])
            cost += hullCosts[upper - 1] + steep * (rate - hullRates[upper - 1])
            slope += steep * levelWork[item] * levelScale[item] / (rest * rest)
        }
        return (level - cost, 1 - slope)
    }

    /// Where t − C(t) is highest, and a value that it nowhere exceeds: tangents from both sides
    /// meet above the highest point, ever closer to it.
    private func bestLevel() -> (level: Double, limit: Double) {
        guard highestLevel > 0 else { return (0, 0) }
        let end = profit(highestLevel)
        if end.slope >= 0 { return (highestLevel, end.value) }
        var low = (level: 0.0, value: 0.0, slope: profit(highestLevel * 1e-12).slope)
        guard low.slope > 0 else { return (0, 0) }
        var high = (level: highestLevel, value: end.value, slope: end.slope)
        if lastLevel > 0 && lastLevel < highestLevel {
            let middle = profit(lastLevel)
            let entry = (level: lastLevel, value: middle.value, slope: middle.slope)
            if middle.slope > 0 { low = entry } else { high = entry }
        }
        var limit = Double.infinity
        for step in 0..<100 {
            let crossing =
                (high.value - low.value + low.slope * low.level - high.slope * high.level)
                / (low.slope - high.slope)
            limit = min(limit, low.value + low.slope * (crossing - low.level))
            // Tangents creep where the function bends smoothly; halving never does.
            let isHalving = step % 4 == 3
            let level = isHalving ? 0.5 * (low.level + high.level) : crossing
            guard level > low.level, level < high.level else { break }
            let middle = profit(level)
            if limit - middle.value <= 1e-13 * abs(middle.value) { return (level, limit) }
            let entry = (level: level, value: middle.value, slope: middle.slope)
            if middle.slope > 0 { low = entry } else { high = entry }
        }
        return low.value > high.value
            ? (low.level, max(limit, low.value)) : (high.level, max(limit, high.value))
    }

    /// The cheapest shares that bring every job to `level`.
    private func answer(atLevel level: Double) -> TimeSharedAnswer {
        var usage = [Double](repeating: 0, count: table.resourceCount)
        var shares: [(row: Int, share: Double)] = []
        guard level > 0 else { return TimeSharedAnswer(usage: usage) }
        shares.reserveCapacity(2 * table.itemCount)
        for item in 0..<table.itemCount {
            let rest = levelScale[item] - elapsed[item] * level
            let rate = levelWork[item] * level / rest
            let upper = segment(item, rate)
            let width = hullRates[upper] - hullRates[upper - 1]
            let part = min(1, (rate - hullRates[upper - 1]) / width)
            shares.append((hullRows[upper], part))
            table.add(part, of: hullRows[upper], to: &usage)
            let lower = hullRows[upper - 1]
            if lower >= 0 && part < 1 {
                shares.append((lower, 1 - part))
                table.add(1 - part, of: lower, to: &usage)
            }
        }
        return TimeSharedAnswer(value: level, usage: usage, shares: shares)
    }
}
