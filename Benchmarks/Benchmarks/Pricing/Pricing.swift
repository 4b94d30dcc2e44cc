// How fast the solver prices menus: one iteration of the dual ascent is one pass of the C kernel
// over all options, and a sum over jobs on one thread.
import Benchmark
import Tangram

/// Iterations of one measurement; rounding runs at the 4th, 8th, 16th… of them.
private let iterationCount = 100

/// Jobs with options on random pools, twice as much wanted as there is.
private func problem(
    jobCount: Int, optionCount: Int, poolCount: Int
) throws -> PlacementProblem {
    // xorshift64 from a fixed seed: the same problem in every run.
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }
    let capacity = Double(jobCount) * 8 / Double(poolCount)
    let items = (0..<jobCount).map { _ in
        (0..<optionCount).map { _ in
            PlacementProblem.Option(
                value: Double(1 + random(1_000)) / 1_000,
                uses: [.init(resource: random(poolCount), amount: Double(1 << random(6)))])
        }
    }
    return try PlacementProblem(
        capacities: [Double](repeating: capacity, count: poolCount), items: items)
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal], warmupIterations: 1, maxDuration: .seconds(5),
        maxIterations: 20)

    for (jobs, options) in [(1_000, 16), (10_000, 64)] {
        for workers in [1, 2] {
            Benchmark(
                "\(iterationCount) iterations, \(jobs) menus of \(options), 12 pools, "
                    + "\(workers) worker\(workers == 1 ? "" : "s")"
            ) { benchmark in
                let problem = try problem(jobCount: jobs, optionCount: options, poolCount: 12)
                let solver = PlacementSolver(
                    workers: try ThreadWorkers(count: workers), iterationLimit: iterationCount,
                    targetGap: -1, nodeLimit: 0)
                benchmark.startMeasurement()
                blackHole(try solver.solve(problem))
                benchmark.stopMeasurement()
            }
        }
    }
}
