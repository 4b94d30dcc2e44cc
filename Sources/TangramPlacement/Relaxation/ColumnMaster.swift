/// The master problem of a decomposition by columns (Dantzig and Wolfe 1960,
/// doi:10.1287/opre.8.1.101): weights λ ≥ 0 of whole answers that add up to 1, such that what the
/// answers use together stays within limits and is worth most. Columns that are no answers (units
/// of supplies) are outside of the sum.
///
///     maximise Σ value_c λ_c   subject to   Σ usage_rc λ_c ≤ limit_r,   Σ_answers λ_c = 1
///
/// Solved by the primal simplex method with a dense inverse, which suits tens of rows. A new column
/// continues from the last basis.
struct ColumnMaster {
    /// Limits of the rows.
    let limits: [Double]
    /// Values of the columns added so far.
    private(set) var values: [Double] = []
    private var usages: [[Double]] = []
    private var isAnswer: [Bool] = []

    private let rowCount: Int
    /// Columns of the basis: `c` ≥ 0 for an answer, `−1 − r` for the slack of row r.
    private var basis: [Int]
    /// Inverse of the basis, by rows.
    private var inverse: [Double]
    private var basicValues: [Double]
    private var pivotCount = 0

    /// Starts from an answer that keeps to `limits`.
    init(limits: [Double], value: Double, usage: [Double]) {
        self.limits = limits
        rowCount = limits.count + 1
        values = [value]
        usages = [usage]
        isAnswer = [true]
        basis = (0..<limits.count).map { -1 - $0 } + [0]
        inverse = []
        basicValues = []
        refactor()
    }

    /// Adds an answer, or a column that is none.
    mutating func add(value: Double, usage: [Double], isAnswer: Bool = true) {
        values.append(value)
        self.isAnswer.append(isAnswer)
        usages.append(usage)
    }

    /// Weights of the answers that have any.
    var weights: [(column: Int, weight: Double)] {
        zip(basis, basicValues).filter { $0.0 >= 0 && $0.1 > 0 }
            .map { (column: $0.0, weight: $0.1) }
            .sorted { $0.column < $1.column }
    }

    /// What the weighted answers are worth.
    var objective: Double {
        zip(basis, basicValues).reduce(0) { $1.0 >= 0 ? $0 + values[$1.0] * $1.1 : $0 }
    }

    /// Prices of the rows, and of the condition that weights add up to 1.
    var duals: (prices: [Double], sum: Double) {
        var all = [Double](repeating: 0, count: rowCount)
        for (row, column) in basis.enumerated() where column >= 0 {
            let value = values[column]
            guard value != 0 else { continue }
            for index in 0..<rowCount { all[index] += value * inverse[row * rowCount + index] }
        }
        let sum = all.removeLast()
        return (all.map { max(0, $0) }, sum)
    }

    /// What a unit of weight for the answer would add to the objective.
    func reducedValue(_ value: Double, _ usage: [Double]) -> Double {
        let (prices, sum) = duals
        return value - sum - zip(prices, usage).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Improves the weights until no column would add anything.
    mutating func solve() {
        // Degenerate steps move nothing; far more of them than rows means that the method cycles.
        for _ in 0..<(50 + 20 * rowCount) {
            guard let entering = entering() else { return }
            guard pivot(entering) else { return }
        }
    }

    private func entering() -> Int? {
        var all = [Double](repeating: 0, count: rowCount)
        for (row, column) in basis.enumerated() where column >= 0 {
            for index in 0..<rowCount {
                all[index] += values[column] * inverse[row * rowCount + index]
            }
        }
        let scale = values.reduce(0) { max($0, abs($1)) }
        var best: (column: Int, gain: Double)?
        let isBasic = Set(basis)
        for column in values.indices where !isBasic.contains(column) {
            var gain = values[column] - (isAnswer[column] ? all[rowCount - 1] : 0)
            for row in limits.indices { gain -= all[row] * usages[column][row] }
            if gain > max(best?.gain ?? 0, scale * 1e-13) { best = (column, gain) }
        }
        for row in limits.indices where !isBasic.contains(-1 - row) {
            let gain = -all[row]
            if gain > max(best?.gain ?? 0, scale * 1e-13) { best = (-1 - row, gain) }
        }
        return best?.column
    }

    private func entries(_ column: Int) -> [Double] {
        guard column >= 0 else {
            var unit = [Double](repeating: 0, count: rowCount)
            unit[-1 - column] = 1
            return unit
        }
        return usages[column] + [isAnswer[column] ? 1 : 0]
    }

    private mutating func pivot(_ entering: Int) -> Bool {
        let column = entries(entering)
        var direction = [Double](repeating: 0, count: rowCount)
        for row in 0..<rowCount {
            var sum = 0.0
            for index in 0..<rowCount { sum += inverse[row * rowCount + index] * column[index] }
            direction[row] = sum
        }
        var leaving: (row: Int, ratio: Double)?
        for row in 0..<rowCount where direction[row] > 1e-11 {
            let ratio = max(0, basicValues[row]) / direction[row]
            if let old = leaving {
                // Of equal ratios the largest pivot is the most accurate.
                if ratio < old.ratio * (1 - 1e-12)
                    || (ratio <= old.ratio && direction[row] > direction[old.row])
                {
                    leaving = (row, ratio)
                }
            } else {
                leaving = (row, ratio)
            }
        }
        guard let leaving else { return false }
        basis[leaving.row] = entering
        pivotCount += 1
        if pivotCount % 64 == 0 {
            refactor()
            return true
        }
        let pivot = direction[leaving.row]
        for index in 0..<rowCount { inverse[leaving.row * rowCount + index] /= pivot }
        basicValues[leaving.row] = leaving.ratio
        for row in 0..<rowCount where row != leaving.row && direction[row] != 0 {
            let factor = direction[row]
            for index in 0..<rowCount {
                inverse[row * rowCount + index] -=
                    factor * inverse[leaving.row * rowCount + index]
            }
            basicValues[row] -= factor * leaving.ratio
        }
        return true
    }

    /// Inverts the basis anew, so that errors of many pivots do not add up.
    private mutating func refactor() {
        var matrix = [Double](repeating: 0, count: rowCount * rowCount)
        for (position, column) in basis.enumerated() {
            for (row, entry) in entries(column).enumerated() {
                matrix[row * rowCount + position] = entry
            }
        }
        var result = [Double](repeating: 0, count: rowCount * rowCount)
        for row in 0..<rowCount { result[row * rowCount + row] = 1 }
        for step in 0..<rowCount {
            var best = step
            for row in step..<rowCount
            where abs(matrix[row * rowCount + step]) > abs(matrix[best * rowCount + step]) {
                best = row
            }
            if best != step {
                for index in 0..<rowCount {
                    matrix.swapAt(step * rowCount + index, best * rowCount + index)
                    result.swapAt(step * rowCount + index, best * rowCount + index)
                }
            }
            let pivot = matrix[step * rowCount + step]
            guard abs(pivot) > 1e-300 else { continue }
            for index in 0..<rowCount {
                matrix[step * rowCount + index] /= pivot
                result[step * rowCount + index] /= pivot
            }
            for row in 0..<rowCount where row != step {
                let factor = matrix[row * rowCount + step]
                guard factor != 0 else { continue }
                for index in 0..<rowCount {
                    matrix[row * rowCount + index] -= factor * matrix[step * rowCount + index]
                    result[row * rowCount + index] -= factor * result[step * rowCount + index]
                }
            }
        }
        inverse = result
        let right = limits + [1]
        basicValues = (0..<rowCount).map { row in
            (0..<rowCount).reduce(0) { $0 + inverse[row * rowCount + $1] * right[$1] }
        }
    }
}
