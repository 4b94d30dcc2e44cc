package import Tangram
import TangramUnits

/// Measures the solver on problems made from a fixed seed.
package struct SolverBenchmark {
    /// One size of placement problem.
    package struct Size {
        package var itemCount: Int
        package var optionCount: Int
        /// Seconds of a solution from scratch, and its gap.
        package var seconds: Double
        package var gap: Double
        /// Seconds until choices are in order again after an item came, and after capacity went.
        package var replanSeconds: Double
        /// The objective after those events over that of a solution from scratch.
        package var replanShare: Double

        package var speedUp: Double { replanSeconds > 0 ? seconds / replanSeconds : 0 }
    }

    /// One objective over shares of time.
    package struct Shared {
        package var name: String
        package var seconds: Double
        package var gap: Double
        /// Seconds that HiGHS took for one linear programme of it, and its optimum over ours.
        package var highsSeconds: Double?
        package var highsRatio: Double?
    }

    package var sizes: [Size] = []
    package var shared: [Shared] = []

    /// Measures problems of up to `largest` items, and shares of 2,048 jobs on 3 types.
    package init(largest: Int, highs: HiGHSLibrary?, workers: any WorkerPool) throws {
        var count = 100
        while count <= largest {
            sizes.append(try Self.size(count, workers: workers))
            count *= 10
        }
        shared = try Self.shares(highs)
    }

    // MARK: Placement

    private static func size(_ count: Int, workers: any WorkerPool) throws -> Size {
        var random = SeededGenerator(seed: UInt64(count))
        let problem = try problem(count, &random)
        let solver = PlacementSolver(workers: workers, nodeLimit: 0)
        let (seconds, solution) = try best(of: count <= 1_000 ? 3 : 1) { try solver.solve(problem) }
        var replan = 0.0
        var events = 0.0
        guard var session = PlacementSession(problem, solution: solution) else {
            throw CommandFailure("the benchmark's problem has stages")
        }
        for _ in 0..<4 {
            let item = options(&random)
            let clock = ContinuousClock.now
            try session.add(item)
            replan += (ContinuousClock.now - clock).inSeconds
            let resource = Int(random.next() % UInt64(poolCount))
            let less = max(0, session.problem.capacities[resource] - 8)
            let second = ContinuousClock.now
            try session.setCapacity(less, of: resource)
            replan += (ContinuousClock.now - second).inSeconds
            events += 2
        }
        let fresh = try solver.solve(session.problem)
        return Size(
            itemCount: count, optionCount: problem.optionCount, seconds: seconds,
            gap: solution.gap, replanSeconds: replan / events,
            replanShare: session.objective / fresh.objective)
    }

    private static let poolCount = 8

    /// Jobs that want 1.2 times what 8 pools of unlike speed have: 24 options each.
    private static func problem(
        _ count: Int, _ random: inout SeededGenerator
    ) throws -> PlacementProblem {
        let items = (0..<count).map { _ in options(&random) }
        let capacity = (Double(count) * 10 / Double(poolCount) / 8).rounded() * 8
        return try PlacementProblem(
            capacities: (0..<poolCount).map { _ in capacity }, items: items)
    }

    private static func options(_ random: inout SeededGenerator) -> [PlacementProblem.Option] {
        let weight = 1 + 4 * random.unit()
        let knee = 2 + 14 * random.unit()
        var result: [PlacementProblem.Option] = []
        for pool in 0..<poolCount {
            let speed = 0.5 + 1.5 * random.unit()
            for size in [2.0, 8, 32] {
                result.append(
                    .init(
                        value: weight * min(1, speed * size / (knee + size / 4)),
                        uses: [.init(resource: pool, amount: size)]))
            }
        }
        return result
    }

    // MARK: Shares of time

    private static func shares(_ highs: HiGHSLibrary?) throws -> [Shared] {
        var random = SeededGenerator(seed: 2_048)
        let capacities = [512.0, 512, 512]
        let jobs = (0..<2_048).map { _ -> TimeSharedJob in
            let base = 1 + 30 * random.unit()
            let speed = 2 + 8 * random.unit()
            let work = 1e5 * (0.05 + random.unit())
            return TimeSharedJob(
                rates: [base, base * speed.squareRoot(), base * speed],
                deviceCount: [1, 1, 1, 2, 4, 8][Int(random.next() % 6)],
                weight: Double(1 + random.next() % 3), remainingWork: work,
                elapsed: 36_000 * random.unit(),
                timeLimit: random.unit() < 0.3 ? work / base * (2 + 6 * random.unit()) : nil
            )
        }
        let policies: [(String, TimeSharedPolicy)] = [
            ("max-min fairness", .maxMinFairness), ("finish-time fairness", .finishTimeFairness),
            ("makespan", .makespan),
            ("throughput per cost, with limits on time", .throughput(prices: [0.135, 0.43, 0.74])),
        ]
        return try policies.map { name, policy in
            let problem = try policy.problem(jobs, capacities: capacities)
            let solver = TimeSharedSolver(targetGap: 1e-6)
            let (seconds, solution) = try best(of: 5) { solver.solve(problem) }
            var entry = Shared(name: name, seconds: seconds, gap: solution.gap)
            if let highs {
                let (time, optimum) = try best(of: 1) {
                    highs.optimum(problem, level: solution.objective)
                }
                entry.highsSeconds = time
                entry.highsRatio = optimum.map { $0 / solution.objective }
            }
            return entry
        }
    }

    private static func best<Result>(
        of count: Int, _ body: () throws -> Result
    ) throws -> (seconds: Double, result: Result) {
        var least = Double.infinity
        var result = try body()
        for _ in 0..<count {
            let clock = ContinuousClock.now
            result = try body()
            least = min(least, (ContinuousClock.now - clock).inSeconds)
        }
        return (least, result)
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
