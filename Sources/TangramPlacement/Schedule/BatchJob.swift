import TangramUnits

/// A job with an end, as a schedule sees it.
struct BatchJob {
    /// One way to run it.
    struct Way {
        var option: MenuOption
        var uses: [PlacementProblem.Use]
        /// How long it runs.
        var duration: Double
        /// It must be done by then: the end of the pool's licence, the deadline, the horizon.
        var latestEnd: Double
        /// Σ price × use × duration at the prices of the relaxation, as part of the whole.
        var area = 0.0
        /// The nodes that it must have at the start, being what runs there now.
        var place: CurrentPlacement?
    }

    var jobIndex: Int
    var weight: Double
    var priority: Int
    var deadline: Double?
    var ways: [Way]

    var shortest: Double { ways.map(\.duration).min() ?? 0 }
    var leastArea: Double { ways.map(\.area).min() ?? 0 }
}

/// What no schedule of some jobs beats.
struct ScheduleBounds {
    var makespan: Double
    var weightedCompletion: Double
    /// One price per resource; with them the whole cluster is worth 1 per unit of time.
    var prices: [Double]

    /// Bounds for `jobs` on `capacities`, which change nothing but the areas of their ways.
    ///
    /// The makespan T: with shares of time x, job j needs Σ_o x ÷ duration ≥ 1 ÷ T, and x keeps to
    /// capacities; every schedule gives such shares, so the relaxation's level bounds 1 ÷ T.
    ///
    /// Weighted completion: at prices under which the cluster is worth 1, jobs are areas on one
    /// machine of speed 1. A job ends no earlier than its mean busy time plus half its duration, and
    /// Σ weight × mean busy time is least in the order of Smith (doi:10.1002/nav.3800030106;
    /// Eastman, Even and Isaacs, doi:10.1287/mnsc.11.2.268).
    init(_ jobs: inout [BatchJob], capacities: [Double]) throws(ProblemError) {
        let problem = try TimeSharedProblem(
            capacities: capacities,
            items: jobs.map { job in
                TimeSharedProblem.Item(
                    options: job.ways.map { .init(rate: 1 / $0.duration, uses: $0.uses) })
            }, goal: .level)
        let relaxed = TimeSharedSolver().solve(problem)
        makespan = relaxed.bound > 0 ? 1 / relaxed.bound : 0
        var prices = relaxed.prices
        let worth = zip(prices, capacities).reduce(0) { $0 + $1.0 * $1.1 }
        // Where no capacity binds, the largest pool stands for all.
        if worth > 0 {
            prices = prices.map { $0 / worth }
        } else {
            let count = capacities.count { $0 > 0 }
            prices = capacities.map { $0 > 0 ? 1 / ($0 * Double(count)) : 0 }
        }
        self.prices = prices
        for job in jobs.indices {
            for way in jobs[job].ways.indices {
                let rate = jobs[job].ways[way].uses.reduce(0) {
                    $0 + prices[$1.resource] * $1.amount
                }
                jobs[job].ways[way].area = rate * jobs[job].ways[way].duration
            }
        }
        let order = jobs.sorted { left, right in
            left.weight * right.leastArea > right.weight * left.leastArea
        }
        // Two bounds, of which the higher one holds; the sum of higher terms would not.
        let alone = jobs.reduce(0) { $0 + $1.weight * $1.shortest }
        var (busy, squashed) = (0.0, 0.0)
        for job in order {
            squashed += job.weight * (busy + job.leastArea / 2 + job.shortest / 2)
            busy += job.leastArea
        }
        weightedCompletion = max(alone, squashed)
    }
}
