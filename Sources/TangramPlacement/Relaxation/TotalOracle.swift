/// Answers prices for the goal ``TimeSharedProblem/Goal/total``.
///
/// At prices p each job takes the shares that maximise Σ (value − p·use) × share, with shares that
/// add up to at most 1 and its least rate: a linear programme of two rows, whose optimum mixes at
/// most two options.
struct TotalOracle {
    let table: TimeSharedTable
    /// Whether each job can reach its least rate at all.
    let isReachable: Bool

    init(_ table: TimeSharedTable) {
        self.table = table
        isReachable = table.problem.items.indices.allSatisfy { item in
            let rows = table.offsets[item]..<table.offsets[item + 1]
            let most = rows.last.map { table.rates[$0] } ?? 0
            return most >= table.problem.items[item].minimumRate * (1 - 1e-12)
        }
    }

    /// The best answer at prices of whole capacities.
    func answer(_ prices: [Double]) -> TimeSharedAnswer {
        let costs = table.costs(prices)
        var answer = TimeSharedAnswer(
            usage: [Double](repeating: 0, count: table.resourceCount))
        answer.shares.reserveCapacity(table.itemCount)
        for item in 0..<table.itemCount {
            let rows = table.offsets[item]..<table.offsets[item + 1]
            let minimum = table.problem.items[item].minimumRate
            var best: (row: Int, score: Double)?
            for row in rows where table.values[row] - costs[row] > best?.score ?? 0 {
                best = (row, table.values[row] - costs[row])
            }
            if minimum <= (best.map { table.rates[$0.row] } ?? 0) {
                if let best { take(1, best.row, &answer) }
                continue
            }
            mix(rows, minimum, costs, &answer)
        }
        answer.score =
            answer.value - zip(prices, answer.usage).reduce(0) { $0 + $1.0 * $1.1 }
        return answer
    }

    private func take(_ share: Double, _ row: Int, _ answer: inout TimeSharedAnswer) {
        guard share > 0 else { return }
        answer.value += share * table.values[row]
        answer.shares.append((row, share))
        table.add(share, of: row, to: &answer.usage)
    }

    /// The best mix of two rows, or of one and doing nothing, that reaches `minimum` exactly: the
    /// best without the least rate falls short of it, so it binds.
    private func mix(
        _ rows: Range<Int>, _ minimum: Double, _ costs: [Double],
        _ answer: inout TimeSharedAnswer
    ) {
        var best: (score: Double, fast: Int, part: Double, slow: Int)?
        for fast in rows where table.rates[fast] >= minimum * (1 - 1e-12) {
            let score = table.values[fast] - costs[fast]
            let alone = min(1, minimum / table.rates[fast])
            if alone * score > best?.score ?? -.infinity { best = (alone * score, fast, alone, -1) }
            for slow in rows
            where table.rates[slow] < minimum && table.rates[slow] < table.rates[fast] {
                let part = min(
                    1, (minimum - table.rates[slow]) / (table.rates[fast] - table.rates[slow]))
                let mixed = part * score + (1 - part) * (table.values[slow] - costs[slow])
                if mixed > best?.score ?? -.infinity { best = (mixed, fast, part, slow) }
            }
        }
        // Not reachable: as fast as it gets.
        guard let best else {
            if let row = rows.last { take(1, row, &answer) }
            return
        }
        take(best.part, best.fast, &answer)
        if best.slow >= 0 { take(1 - best.part, best.slow, &answer) }
    }
}
