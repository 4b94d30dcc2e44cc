import Foundation
package import Tangram

/// HiGHS, loaded at run time, to time linear programmes beside ours.
package struct HiGHSLibrary {
    private typealias Call =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, UnsafePointer<Double>,
            UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>,
            UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Double>,
            UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>,
            UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>,
            UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>
        ) -> Int32

    private let call: Call

    /// Loads the library at `path`.
    package init(path: String) throws {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(handle, "Highs_lpCall")
        else {
            throw CommandFailure("\(path) is not libhighs; the Python package highsbox has one")
        }
        call = unsafeBitCast(symbol, to: Call.self)
    }

    /// The optimum of the shares of time, by one linear programme with the level as a variable.
    ///
    /// Finish-time fairness is no linear programme; there the one that decides whether `level` can
    /// be reached is solved instead, as a search by halves does some twenty times.
    package func optimum(_ problem: TimeSharedProblem, level: Double) -> Double? {
        let isLevel = problem.goal == .level
        let isLinear = problem.items.allSatisfy { $0.elapsed == 0 }
        let resources = problem.capacities.count
        let columns = problem.items.reduce(0) { $0 + $1.options.count } + 1
        var (cost, starts) = ([Double](), [Int32(0)])
        var (indices, values) = ([Int32](), [Double]())
        let rateRow = resources + problem.items.count
        // Levels are small numbers: the variable is a multiple of the level that is expected.
        let scale = level > 0 ? level : 1
        var rateLower = [Double](repeating: -1e30, count: problem.items.count)
        for (item, entry) in problem.items.enumerated() {
            let work = entry.levelWork / entry.levelScale
            for option in entry.options {
                for use in option.uses {
                    indices.append(Int32(use.resource))
                    values.append(use.amount)
                }
                indices.append(Int32(resources + item))
                values.append(1)
                indices.append(Int32(rateRow + item))
                values.append(isLevel ? option.rate / work / scale : option.rate)
                cost.append(isLevel ? 0 : option.value)
                starts.append(Int32(indices.count))
            }
            if !isLevel {
                rateLower[item] = entry.minimumRate
            } else if isLinear {
                rateLower[item] = 0
            } else {
                let rest = entry.levelScale - entry.elapsed * level
                rateLower[item] = entry.levelWork * level / rest / work / scale * (1 - 1e-7)
            }
        }
        if isLevel && isLinear {
            for item in problem.items.indices {
                indices.append(Int32(rateRow + item))
                values.append(-1)
            }
        }
        cost.append(isLevel ? 1 : 0)
        starts.append(Int32(indices.count))
        let rows = rateRow + problem.items.count
        let upper =
            problem.capacities + problem.items.map { _ in 1 } + problem.items.map { _ in 1e30 }
        let lower = [Double](repeating: -1e30, count: rateRow) + rateLower
        var (x, xDual) = (
            [Double](repeating: 0, count: columns), [Double](repeating: 0, count: columns)
        )
        var (y, yDual) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: rows))
        var xBasis = [Int32](repeating: 0, count: columns)
        var yBasis = [Int32](repeating: 0, count: rows)
        var status = Int32(0)
        let columnUpper =
            [Double](repeating: 1, count: columns - 1) + [isLevel && isLinear ? 1e30 : 1]
        let result = call(
            Int32(columns), Int32(rows), Int32(indices.count), 1, -1, 0, cost,
            [Double](repeating: 0, count: columns), columnUpper, lower, upper, starts, indices,
            values, &x, &xDual, &y, &yDual, &xBasis, &yBasis, &status)
        // 7 is kHighsModelStatusOptimal.
        guard result >= 0, status == 7 else { return nil }
        if isLevel && !isLinear { return level }
        return zip(cost, x).reduce(0) { $0 + $1.0 * $1.1 } * (isLevel ? scale : 1)
    }
}
