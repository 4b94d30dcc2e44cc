#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import TangramPlacement

/// Shares in the middle of all that are optimal.
///
/// A policy that maximises the least level leaves most jobs free to have more than the least, and
/// which of the many best shares a simplex method ends at is chance. Gavel's solver (ECOS) follows
/// the central path and so ends at the analytic centre: what is left is spread over all jobs. This
/// finds that centre by Newton's method with a logarithmic barrier; one step costs O(jobs), since
/// jobs are joined by the capacities alone (Boyd and Vandenberghe, Convex Optimization, §11.2).
struct AnalyticCentre {
    /// Rates by job and pool, 0 where a job cannot run.
    var rates: [[Double]]
    /// Devices of each gang.
    var sizes: [Double]
    /// Least rate of each job.
    var floors: [Double]
    /// Devices of each pool.
    var capacities: [Double]

    /// The centre, starting from `shares` that keep to all limits; nil where no inner point is near.
    func solve(from shares: [[Double]]) -> [[Double]]? {
        guard var point = innerPoint(shares) else { return nil }
        var value = barrier(point)
        guard value.isFinite else { return nil }
        for _ in 0..<60 {
            guard let step = newtonStep(point) else { return point }
            if step.decrement < 1e-8 { break }
            var length = 1.0
            var isBetter = false
            for _ in 0..<40 {
                let trial = zip(point, step.direction).map { zip($0, $1).map { $0 + length * $1 } }
                let trialValue = barrier(trial)
                if trialValue < value - 1e-4 * length * step.decrement {
                    point = trial
                    value = trialValue
                    isBetter = true
                    break
                }
                length /= 2
            }
            if !isBetter { break }
        }
        return point
    }

    /// A little of everything for everyone, mixed into `shares`; floors must leave room for it.
    ///
    /// - Parameter mix: How much; floors of more than a point needs less of it.
    func innerPoint(_ shares: [[Double]], mix: Double = 1e-4) -> [[Double]]? {
        let count = Double(rates.count)
        let demand = zip(rates, sizes).reduce(0) { $0 + $1.1 * ($1.0.contains { $0 > 0 } ? 1 : 0) }
        guard demand > 0, count > 0 else { return nil }
        let pools = Double(capacities.count)
        return shares.enumerated().map { job, row in
            row.enumerated().map { pool, share in
                guard rates[job][pool] > 0, capacities[pool] > 0 else { return 0 }
                let even = min(0.9 / pools, 0.9 * capacities[pool] / demand)
                return (1 - 2 * mix) * max(0, share) + mix * even
            }
        }
    }

    private func isUsed(_ job: Int, _ pool: Int) -> Bool {
        rates[job][pool] > 0 && capacities[pool] > 0
    }

    /// −Σ log of all slacks; infinite outside.
    private func barrier(_ point: [[Double]]) -> Double {
        var free = capacities
        var sum = 0.0
        func add(_ slack: Double) -> Bool {
            guard slack > 0 else { return false }
            sum -= log(slack)
            return true
        }
        for job in rates.indices {
            var (total, rate) = (0.0, 0.0)
            for pool in capacities.indices where isUsed(job, pool) {
                let share = point[job][pool]
                guard add(share) else { return .infinity }
                total += share
                rate += share * rates[job][pool]
                free[pool] -= share * sizes[job]
            }
            let scale = max(floors[job], rates[job].max() ?? 1)
            guard add(1 - total), add((rate - floors[job]) / scale) else { return .infinity }
        }
        for pool in capacities.indices where capacities[pool] > 0 {
            guard add(free[pool] / capacities[pool]) else { return .infinity }
        }
        return sum
    }

    /// Newton's direction: one small system for each job, joined by one of as many rows as pools.
    private func newtonStep(_ point: [[Double]]) -> (direction: [[Double]], decrement: Double)? {
        let pools = capacities.count
        var free = capacities
        for job in rates.indices {
            for pool in 0..<pools where isUsed(job, pool) {
                free[pool] -= point[job][pool] * sizes[job]
            }
        }
        var coupling = SmallMatrix.identity(pools)
        var joint = [Double](repeating: 0, count: pools)
        var inverses: [SmallMatrix] = []
        var gradients: [[Double]] = []
        for job in rates.indices {
            var total = 0.0
            var rate = -floors[job]
            for pool in 0..<pools where isUsed(job, pool) {
                total += point[job][pool]
                rate += point[job][pool] * rates[job][pool]
            }
            var hessian = SmallMatrix.identity(pools)
            var gradient = [Double](repeating: 0, count: pools)
            for row in 0..<pools where isUsed(job, row) {
                gradient[row] =
                    -1 / point[job][row] + 1 / (1 - total) - rates[job][row] / rate
                    + sizes[job] / free[row]
                for column in 0..<pools where isUsed(job, column) {
                    hessian[row, column] =
                        (row == column ? 1 / (point[job][row] * point[job][row]) : 0)
                        + 1 / ((1 - total) * (1 - total))
                        + rates[job][row] / rate * (rates[job][column] / rate)
                }
            }
            guard let inverse = hessian.inverse() else { return nil }
            // Capacities add size² / free² between all jobs of a pool: a matrix of low rank, taken
            // in by Woodbury's identity with one row for each pool.
            let step = inverse.times(gradient)
            for row in 0..<pools where isUsed(job, row) {
                joint[row] += sizes[job] / free[row] * step[row]
                for column in 0..<pools where isUsed(job, column) {
                    coupling[row, column] +=
                        sizes[job] / free[row] * inverse[row, column] * sizes[job] / free[column]
                }
            }
            inverses.append(inverse)
            gradients.append(gradient)
        }
        guard let joined = coupling.inverse() else { return nil }
        let prices = joined.times(joint)
        var decrement = 0.0
        let direction = rates.indices.map { job -> [Double] in
            var force = gradients[job]
            for pool in 0..<pools where isUsed(job, pool) {
                force[pool] -= sizes[job] / free[pool] * prices[pool]
            }
            let step = inverses[job].times(force)
            return (0..<pools).map { pool in
                guard isUsed(job, pool) else { return 0 }
                decrement += gradients[job][pool] * step[pool]
                return -step[pool]
            }
        }
        return (direction, decrement)
    }
}

/// A square matrix of a few rows.
struct SmallMatrix {
    let size: Int
    private var elements: [Double]

    static func identity(_ size: Int) -> SmallMatrix {
        var matrix = SmallMatrix(size: size, elements: [Double](repeating: 0, count: size * size))
        for row in 0..<size { matrix[row, row] = 1 }
        return matrix
    }

    subscript(row: Int, column: Int) -> Double {
        get { elements[row * size + column] }
        set { elements[row * size + column] = newValue }
    }

    func times(_ vector: [Double]) -> [Double] {
        (0..<size).map { row in
            (0..<size).reduce(0) { $0 + self[row, $1] * vector[$1] }
        }
    }

    /// By Gauss and Jordan with pivots; nil where the matrix is singular.
    func inverse() -> SmallMatrix? {
        var left = self
        var right = SmallMatrix.identity(size)
        for column in 0..<size {
            let pivot = (column..<size).max { abs(left[$0, column]) < abs(left[$1, column]) }
            guard let pivot, abs(left[pivot, column]) > 1e-300 else { return nil }
            for index in 0..<size where pivot != column {
                left.swap(pivot, column, index)
                right.swap(pivot, column, index)
            }
            let scale = 1 / left[column, column]
            for index in 0..<size {
                left[column, index] *= scale
                right[column, index] *= scale
            }
            for row in 0..<size where row != column {
                let factor = left[row, column]
                guard factor != 0 else { continue }
                for index in 0..<size {
                    left[row, index] -= factor * left[column, index]
                    right[row, index] -= factor * right[column, index]
                }
            }
        }
        return right
    }

    private mutating func swap(_ row: Int, _ other: Int, _ column: Int) {
        (self[row, column], self[other, column]) = (self[other, column], self[row, column])
    }
}
