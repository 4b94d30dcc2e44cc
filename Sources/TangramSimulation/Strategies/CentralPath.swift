#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import TangramPlacement

/// Shares on the central path of a policy that maximises the least level, as far along as the solver of
/// the reference goes.
///
/// Gavel solves its policies by ECOS, an interior-point method, which follows the points where
/// −κ × level − Σ log(slacks) is least, κ growing, and stops where the gap, the number of slacks over κ, is
/// within its tolerance (Domahidi, Chu and Boyd, ECOS, ECC 2013; Boyd and Vandenberghe, Convex
/// Optimization, §11.2–11.3). So it ends close to the best level with what is left spread over all jobs.
struct CentralPath {
    /// ECOS' default for the relative gap.
    static let relativeGap = 1e-8
    /// κ grows so fast from one centre to the next.
    private static let growth = 20.0

    /// Rates by job and pool, 0 where a job cannot run.
    var rates: [[Double]]
    /// Devices of each gang.
    var sizes: [Double]
    /// Devices of each pool.
    var capacities: [Double]
    /// A job reaches level t at the rate work × t ÷ (scale − elapsed × t).
    var works: [Double]
    /// See ``works``.
    var scales: [Double]
    /// See ``works``.
    var elapsed: [Double]

    /// A point, with its level.
    private struct Point {
        var shares: [[Double]]
        var level: Double
    }

    /// The last centre, starting from `shares` that keep to all limits; nil where no inner point is near.
    func solve(from shares: [[Double]]) -> [[Double]]? {
        let limits = AnalyticCentre(
            rates: rates, sizes: sizes, floors: rates.map { _ in 0 }, capacities: capacities)
        guard let inner = limits.innerPoint(shares, mix: 0.1) else { return nil }
        let reached = inner.enumerated().map { job, row in
            let rate = zip(row, rates[job]).reduce(0) { $0 + $1.0 * $1.1 }
            return rate * scales[job] / (works[job] + rate * elapsed[job])
        }
        guard let least = reached.min(), least > 0, least.isFinite else { return nil }
        var point = Point(shares: inner, level: 0.9 * least)
        let slacks = Double(
            rates.reduce(0) { $0 + $1.count { $0 > 0 } + 2 } + capacities.count { $0 > 0 })
        var kappa = slacks / point.level
        while true {
            guard let next = centre(point, kappa) else { return point.shares }
            point = next
            if slacks / kappa <= Self.relativeGap * point.level { return point.shares }
            kappa *= Self.growth
        }
    }

    /// Newton's method to the least of −κ × level − Σ log(slacks).
    private func centre(_ start: Point, _ kappa: Double) -> Point? {
        var point = start
        guard var value = value(point, kappa) else { return nil }
        for _ in 0..<60 {
            guard let (step, rise, decrement) = newtonStep(point, kappa) else { return nil }
            // Half of the decrement is how far the value may still fall.
            if decrement < 1e-6 { break }
            var length = 1.0
            var isBetter = false
            for _ in 0..<50 {
                let trial = Point(
                    shares: zip(point.shares, step).map { zip($0, $1).map { $0 + length * $1 } },
                    level: point.level + length * rise)
                if let trialValue = self.value(trial, kappa),
                    trialValue < value - 1e-4 * length * decrement
                {
                    (point, value, isBetter) = (trial, trialValue, true)
                    break
                }
                length /= 2
            }
            if !isBetter { break }
        }
        return point
    }

    private func isUsed(_ job: Int, _ pool: Int) -> Bool {
        rates[job][pool] > 0 && capacities[pool] > 0
    }

    /// The rate at which a job reaches a level, with its two derivatives.
    private func floor(_ job: Int, _ level: Double) -> (Double, Double, Double)? {
        let rest = scales[job] - elapsed[job] * level
        guard rest > 0 else { return nil }
        let slope = works[job] * scales[job] / (rest * rest)
        return (works[job] * level / rest, slope, 2 * slope * elapsed[job] / rest)
    }

    private func value(_ point: Point, _ kappa: Double) -> Double? {
        guard point.level > 0 else { return nil }
        var free = capacities
        var sum = -kappa * point.level
        for job in rates.indices {
            guard let (floor, _, _) = floor(job, point.level) else { return nil }
            var (total, rate) = (0.0, -floor)
            for pool in capacities.indices where isUsed(job, pool) {
                let share = point.shares[job][pool]
                guard share > 0 else { return nil }
                sum -= log(share)
                total += share
                rate += share * rates[job][pool]
                free[pool] -= share * sizes[job]
            }
            guard total < 1, rate > 0 else { return nil }
            sum -= log(1 - total) + log(rate)
        }
        for pool in capacities.indices where capacities[pool] > 0 {
            guard free[pool] > 0 else { return nil }
            sum -= log(free[pool])
        }
        return sum.isFinite ? sum : nil
    }

    /// Newton's direction of the shares and of the level, with the decrement squared.
    private func newtonStep(_ point: Point, _ kappa: Double) -> ([[Double]], Double, Double)? {
        let pools = capacities.count
        var free = capacities
        for job in rates.indices {
            for pool in 0..<pools where isUsed(job, pool) {
                free[pool] -= point.shares[job][pool] * sizes[job]
            }
        }
        var coupling = SmallMatrix.identity(pools)
        var inverses: [SmallMatrix] = []
        var gradients: [[Double]] = []
        var border: [[Double]] = []
        var (slope, curve) = (-kappa, 0.0)
        for job in rates.indices {
            guard let (floor, first, second) = floor(job, point.level) else { return nil }
            var (total, rate) = (0.0, -floor)
            for pool in 0..<pools where isUsed(job, pool) {
                total += point.shares[job][pool]
                rate += point.shares[job][pool] * rates[job][pool]
            }
            slope += first / rate
            curve += first / rate * (first / rate) + second / rate
            var hessian = SmallMatrix.identity(pools)
            var gradient = [Double](repeating: 0, count: pools)
            var edge = gradient
            for row in 0..<pools where isUsed(job, row) {
                let share = point.shares[job][row]
                gradient[row] =
                    -1 / share + 1 / (1 - total) - rates[job][row] / rate
                    + sizes[job] / free[row]
                edge[row] = -rates[job][row] / rate * (first / rate)
                for column in 0..<pools where isUsed(job, column) {
                    hessian[row, column] =
                        (row == column ? 1 / (share * share) : 0)
                        + 1 / ((1 - total) * (1 - total))
                        + rates[job][row] / rate * (rates[job][column] / rate)
                }
            }
            guard let inverse = hessian.inverse() else { return nil }
            for row in 0..<pools where isUsed(job, row) {
                for column in 0..<pools where isUsed(job, column) {
                    coupling[row, column] +=
                        sizes[job] / free[row] * inverse[row, column] * sizes[job] / free[column]
                }
            }
            inverses.append(inverse)
            gradients.append(gradient)
            border.append(edge)
        }
        guard let joined = coupling.inverse() else { return nil }
        /// The shares' part of the Hessian, inverted by Woodbury's identity, times a vector.
        func solved(_ right: [[Double]]) -> [[Double]] {
            var joint = [Double](repeating: 0, count: pools)
            for job in rates.indices {
                let step = inverses[job].times(right[job])
                for row in 0..<pools where isUsed(job, row) {
                    joint[row] += sizes[job] / free[row] * step[row]
                }
            }
            let prices = joined.times(joint)
            return rates.indices.map { job in
                var force = right[job]
                for pool in 0..<pools where isUsed(job, pool) {
                    force[pool] -= sizes[job] / free[pool] * prices[pool]
                }
                return inverses[job].times(force)
            }
        }
        func product(_ left: [[Double]], _ right: [[Double]]) -> Double {
            zip(left, right).reduce(0) { $0 + zip($1.0, $1.1).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let plain = solved(gradients)
        let bent = solved(border)
        let schur = curve - product(border, bent)
        guard schur > 0, schur.isFinite else { return nil }
        let rise = -(slope - product(border, plain)) / schur
        let step = rates.indices.map { job in
            (0..<pools).map { pool in
                isUsed(job, pool) ? -plain[job][pool] - rise * bent[job][pool] : 0
            }
        }
        let decrement = -(product(gradients, step) + slope * rise)
        return decrement.isFinite ? (step, rise, decrement) : nil
    }
}
