import TangramPlacement
import TangramUnits
import Testing

/// Linear programmes of a few variables by trying every corner: max c·x with A·x ≤ b and x ≥ 0.
struct CornerSearch {
    var objective: [Double]
    var rows: [(coefficients: [Double], limit: Double)] = []

    /// The optimum; nil where nothing keeps to all rows.
    var optimum: Double? {
        let count = objective.count
        var all = rows
        for variable in 0..<count {
            var row = [Double](repeating: 0, count: count)
            row[variable] = -1
            all.append((row, 0))
        }
        var best: Double?
        var chosen: [Int] = []
        func descend(_ first: Int) {
            guard chosen.count < count else {
                guard let point = Self.solve(chosen.map { all[$0] }) else { return }
                for row in all {
                    let used = zip(row.coefficients, point).reduce(0) { $0 + $1.0 * $1.1 }
                    guard used <= row.limit + 1e-9 * max(1, abs(row.limit)) else { return }
                }
                let value = zip(objective, point).reduce(0) { $0 + $1.0 * $1.1 }
                best = max(best ?? -.infinity, value)
                return
            }
            guard first < all.count else { return }
            for row in first..<all.count {
                chosen.append(row)
                descend(row + 1)
                chosen.removeLast()
            }
        }
        descend(0)
        return best
    }

    /// Where all rows are equalities; nil where they do not meet in one point.
    private static func solve(_ rows: [(coefficients: [Double], limit: Double)]) -> [Double]? {
        var matrix = rows.map { $0.coefficients + [$0.limit] }
        let count = rows.count
        for column in 0..<count {
            let pivot = (column..<count).max { abs(matrix[$0][column]) < abs(matrix[$1][column]) }
            guard let pivot, abs(matrix[pivot][column]) > 1e-9 else { return nil }
            matrix.swapAt(column, pivot)
            for row in 0..<count where row != column {
                let factor = matrix[row][column] / matrix[column][column]
                guard factor != 0 else { continue }
                for place in column...count { matrix[row][place] -= factor * matrix[column][place] }
            }
        }
        return (0..<count).map { matrix[$0][count] / matrix[$0][$0] }
    }
}

@Suite("Shares of time beside brute force")
struct TimeSharedOptimumTests {
    /// The objectives of ``TimeSharedPolicy``.
    enum Kind: String, CaseIterable {
        case maxMinFairness, leastAttained, finishTimeFairness, makespan, throughput, cost
    }

    /// Every share is at least 0, those of a job at most 1, and types are not over-committed; columns
    /// are job × type, with `extra` more at the end.
    private func programme(
        _ jobs: [TimeSharedJob], _ capacities: [Double], extra: Int
    ) -> CornerSearch {
        let types = capacities.count
        let count = jobs.count * types + extra
        var search = CornerSearch(objective: [Double](repeating: 0, count: count))
        for job in jobs.indices {
            var row = [Double](repeating: 0, count: count)
            for type in 0..<types { row[job * types + type] = 1 }
            search.rows.append((row, 1))
        }
        for type in 0..<types {
            var row = [Double](repeating: 0, count: count)
            for job in jobs.indices { row[job * types + type] = jobs[job].deviceCount }
            search.rows.append((row, capacities[type]))
        }
        return search
    }

    /// The largest part of `wanted` that every job can get at once.
    private func reach(
        _ jobs: [TimeSharedJob], _ rates: [[Double]], _ capacities: [Double], wanted: [Double]
    ) -> Double {
        var search = programme(jobs, capacities, extra: 1)
        search.objective[search.objective.count - 1] = 1
        for job in jobs.indices {
            var row = [Double](repeating: 0, count: search.objective.count)
            for type in capacities.indices {
                row[job * capacities.count + type] = -rates[job][type] / wanted[job]
            }
            row[row.count - 1] = 1
            search.rows.append((row, 0))
        }
        return search.optimum ?? 0
    }

    @Test(
        "shares ≤ brute-force optimum ≤ bound on 2,000 random problems of every policy",
        arguments: Kind.allCases)
    func bruteForce(_ kind: Kind) throws {
        var random = SeededGenerator(seed: 909)
        for round in 0..<2_000 {
            let capacities = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                Double(Int.random(in: 1...4, using: &random))
            }
            let jobs = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                TimeSharedJob(
                    rates: capacities.map { _ in Double.random(in: 0.5...8, using: &random) },
                    deviceCount: Double(Int.random(in: 1...3, using: &random)),
                    weight: Double(Int.random(in: 1...3, using: &random)),
                    remainingWork: Double.random(in: 1...20, using: &random),
                    elapsed: Double.random(in: 0...5, using: &random))
            }
            let prices = capacities.map { _ in Double.random(in: 1...3, using: &random) }
            let policy: TimeSharedPolicy =
                switch kind {
                case .maxMinFairness: .maxMinFairness
                case .leastAttained: .leastAttained
                case .finishTimeFairness: .finishTimeFairness
                case .makespan: .makespan
                case .throughput: .throughput(prices: nil)
                case .cost: .throughput(prices: prices)
                }
            let solution = TimeSharedSolver().solve(
                try policy.problem(jobs, capacities: capacities))
            #expect(solution.objective <= solution.bound * (1 + 1e-9), "round \(round)")
            switch kind {
            case .throughput, .cost:
                var search = programme(jobs, capacities, extra: 0)
                for job in jobs.indices {
                    for type in capacities.indices {
                        search.objective[job * capacities.count + type] =
                            jobs[job].rates[type] / (kind == .cost ? prices[type] : 1)
                    }
                }
                let best = try #require(search.optimum)
                #expect(solution.objective <= best * (1 + 1e-7), "round \(round)")
                #expect(best <= solution.bound * (1 + 1e-7), "round \(round)")
                #expect(solution.objective >= best * (1 - 1e-6), "round \(round)")
            default:
                // What is reached can be reached, and more than the bound cannot.
                let rates = jobs.map { job in
                    kind == .leastAttained ? job.rates.map { _ in 1 } : job.rates
                }
                func wanted(_ level: Double) -> [Double] {
                    jobs.indices.map { index in
                        rate(jobs[index], rates[index], kind, level, jobs, capacities, index)
                    }
                }
                let reached = reach(
                    jobs, rates, capacities, wanted: wanted(solution.objective * (1 - 1e-6)))
                #expect(reached >= 1 - 1e-9, "round \(round): \(reached)")
                let beyond = reach(
                    jobs, rates, capacities, wanted: wanted(solution.bound * (1 + 1e-5)))
                #expect(beyond < 1 + 1e-9, "round \(round): \(beyond)")
                #expect(solution.gap <= 1e-6, "round \(round)")
            }
        }
    }

    /// The rate that a level asks of a job, from the formulas of Gavel, OSDI 2020, §4.
    private func rate(
        _ job: TimeSharedJob, _ rates: [Double], _ kind: Kind, _ level: Double,
        _ jobs: [TimeSharedJob], _ capacities: [Double], _ index: Int
    ) -> Double {
        let total = capacities.reduce(0, +)
        switch kind {
        case .makespan: return job.remainingWork * level
        case .finishTimeFairness:
            // 1 ÷ level = (elapsed + work ÷ rate) ÷ (elapsed + work ÷ isolated) in Themis; Gavel's
            // files count the time on an equal share alone.
            let shares = capacities.map { $0 / Double(jobs.count) / job.deviceCount }
            let sum = max(1, shares.reduce(0, +))
            let isolated = zip(shares, job.rates).reduce(0) { $0 + $1.0 / sum * $1.1 }
            let left = job.remainingWork / isolated / level - job.elapsed
            return left > 0 ? job.remainingWork / left : 1e12
        default:
            let equal = zip(rates, capacities).reduce(0) { $0 + $1.0 * $1.1 / total }
            return level * job.weight * equal / job.deviceCount
        }
    }
}
