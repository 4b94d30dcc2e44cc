import TangramUnits

/// The least makespan of a few jobs: for a makespan T, exact search over ways shows that all jobs are
/// done by T, or that no schedule does it.
///
/// Ways are left out where they take longer than T. A job takes one way whole: with prices p under which
/// the cluster is worth 1 per unit of time, Σ price × use × duration over the chosen ways is at most T.
/// What is chosen on one resource must fit there alone, by ``CumulativeSearch``.
struct MakespanSearch {
    let jobs: [BatchJob]
    let capacities: [Double]
    let control: SolveControl

    /// Jobs up to which it is tried: ways multiply.
    static let jobLimit = 12
    /// Nodes for one makespan and for all, those of starts included, and makespans that are tried.
    private static let nodeLimit = 150_000
    private static let totalNodeLimit = 500_000
    private static let roundLimit = 24
    /// Nodes of a search on one resource.
    private static let startLimit = 4_000
    /// Depth to which prices are made anew.
    private static let priceDepth = 3
    private static let priceLimit = 24
    /// Where bound and makespan are as near as this, the search ends.
    private static let targetGap = 1e-4

    /// A job in one of its ways.
    struct Choice {
        var job: Int
        var way: Int
        var start: Double
    }

    private enum Answer {
        case schedule([Choice])
        case never
        case unknown
    }

    /// Raises `bound` and lowers `makespan`.
    ///
    /// - Parameter realise: Lays choices out on nodes; nil where that cannot be.
    /// - Returns: The best that was laid out, and what no schedule undercuts.
    func run<Runs>(
        bound: Double, makespan: Double, prices: [Double], realise: ([Choice]) -> Runs?
    ) -> (runs: Runs?, bound: Double) {
        var (low, high) = (bound, makespan)
        var best: Runs?
        // Between these neither was shown.
        var unknown: (low: Double, high: Double)?
        var visited = 0
        for round in 0..<Self.roundLimit where visited < Self.totalNodeLimit {
            guard high - low > Self.targetGap * high, !control.isOver else { break }
            var middle = (low + high) / 2
            if let unknown {
                middle =
                    round % 2 == 0 ? (low + unknown.low) / 2 : (unknown.high + high) / 2
            }
            var search = Search(self, makespan: middle, prices: prices)
            let answer = search.answer()
            visited += search.visited
            switch answer {
            case .never: low = max(low, middle)
            case .schedule(let choices):
                let end = choices.map { $0.start + jobs[$0.job].ways[$0.way].duration }.max() ?? 0
                if let runs = realise(choices) {
                    best = runs
                    high = min(high, end)
                } else {
                    unknown = Self.widened(unknown, middle)
                }
            case .unknown: unknown = Self.widened(unknown, middle)
            }
            if let now = unknown, now.high >= high || now.low <= low { unknown = nil }
        }
        return (best, low)
    }

    private static func widened(
        _ old: (low: Double, high: Double)?, _ value: Double
    ) -> (low: Double, high: Double) {
        (min(old?.low ?? value, value), max(old?.high ?? value, value))
    }

    /// The search for one makespan.
    private struct Search {
        let parent: MakespanSearch
        let makespan: Double
        /// For each job the ways that are short enough and that no other way makes useless.
        private var ways: [[Int]]
        private var prices: [[Double]] = []
        /// For each prices, job and way the price × use × duration; for each prices and job the least.
        private var areas: [[[Double]]] = []
        private var least: [[Double]] = []
        private var chosen: [Int]
        private(set) var visited = 0
        private var known: [[Int]: Bool] = [:]

        init(_ parent: MakespanSearch, makespan: Double, prices: [Double]) {
            self.parent = parent
            self.makespan = makespan
            chosen = [Int](repeating: -1, count: parent.jobs.count)
            ways = parent.jobs.map { Self.useful($0, by: makespan) }
            add(prices)
            // Prices of each resource alone.
            let used = Set(parent.jobs.flatMap { $0.ways.flatMap { $0.uses.map(\.resource) } })
            for (resource, capacity) in parent.capacities.enumerated()
            where capacity > 0 && used.contains(resource) {
                var single = [Double](repeating: 0, count: parent.capacities.count)
                single[resource] = 1 / capacity
                add(single)
            }
        }

        mutating func answer() -> Answer {
            if ways.contains(where: \.isEmpty) { return .never }
            return descend(0)
        }

        private static func useful(_ job: BatchJob, by makespan: Double) -> [Int] {
            let short = job.ways.indices.filter {
                job.ways[$0].duration <= min(makespan, job.ways[$0].latestEnd) * (1 + 1e-9)
            }
            return short.filter { index in
                !short.contains { other in
                    other != index && job.ways[other].makesUseless(job.ways[index])
                        && (other < index || !job.ways[index].makesUseless(job.ways[other]))
                }
            }
        }

        private mutating func add(_ prices: [Double]) {
            let worth = zip(prices, parent.capacities).reduce(0) { $0 + $1.0 * $1.1 }
            guard worth > 0, self.prices.count < MakespanSearch.priceLimit else { return }
            self.prices.append(prices.map { $0 / worth })
            let own = parent.jobs.map { job in
                job.ways.map { way in
                    way.uses.reduce(0) { $0 + prices[$1.resource] / worth * $1.amount }
                        * way.duration
                }
            }
            areas.append(own)
            least.append(own.indices.map { job in ways[job].map { own[job][$0] }.min() ?? 0 })
        }

        private mutating func descend(_ depth: Int) -> Answer {
            visited += 1
            guard visited <= MakespanSearch.nodeLimit,
                !parent.control.isOver
            else { return .unknown }
            guard depth < chosen.count else { return schedule() }
            if depth <= MakespanSearch.priceDepth, refute() { return .never }
            // What is left of the makespan at each prices, and the job with the fewest ways in it.
            var sums = [Double](repeating: 0, count: prices.count)
            for index in prices.indices {
                for job in chosen.indices {
                    sums[index] +=
                        chosen[job] >= 0 ? areas[index][job][chosen[job]] : least[index][job]
                }
                if sums[index] > makespan * (1 + 1e-9) { return .never }
            }
            var best: (job: Int, ways: [Int], area: Double)?
            for job in chosen.indices where chosen[job] < 0 {
                let own = ways[job].filter { way in
                    prices.indices.allSatisfy {
                        sums[$0] - least[$0][job] + areas[$0][job][way]
                            <= makespan * (1 + 1e-9)
                    }
                }
                guard !own.isEmpty else { return .never }
                let area = least[0][job]
                if let best, (best.ways.count, -best.area) <= (own.count, -area) { continue }
                best = (job, own, area)
            }
            guard let best else { return .never }
            var isKnown = true
            for way in best.ways.sorted(by: {
                let (a, b) = (areas[0][best.job][$0], areas[0][best.job][$1])
                return a != b ? a < b : $0 < $1
            }) {
                chosen[best.job] = way
                if fitsAlone(parent.jobs[best.job].ways[way]) {
                    switch descend(depth + 1) {
                    case .schedule(let choices): return .schedule(choices)
                    case .unknown: isKnown = false
                    case .never: break
                    }
                }
                chosen[best.job] = -1
                if visited > MakespanSearch.nodeLimit { return .unknown }
            }
            return isKnown ? .never : .unknown
        }

        /// Whether prices show that what is left cannot be done, even in turns; such prices are kept.
        private mutating func refute() -> Bool {
            var capacities = parent.capacities
            for job in chosen.indices where chosen[job] >= 0 {
                let way = parent.jobs[job].ways[chosen[job]]
                for use in way.uses {
                    capacities[use.resource] -= use.amount * way.duration / makespan
                }
            }
            let left = chosen.indices.filter { chosen[$0] < 0 }
            guard
                let problem = try? TimeSharedProblem(
                    capacities: capacities.map { max(0, $0) },
                    items: left.map { job in
                        TimeSharedProblem.Item(
                            options: ways[job].map {
                                let way = parent.jobs[job].ways[$0]
                                return .init(rate: 1 / way.duration, uses: way.uses)
                            })
                    }, goal: .level)
            else { return false }
            let solution = TimeSharedSolver(iterationLimit: 200, targetGap: 1e-7).solve(problem)
            guard solution.bound > 0 else { return true }
            add(solution.prices)
            return solution.bound < (1 - 1e-9) / makespan
        }

        /// Whether the jobs chosen on each resource of `way` fit on it alone.
        private mutating func fitsAlone(_ way: BatchJob.Way) -> Bool {
            for use in way.uses where use.amount > 0 {
                var tasks: [CumulativeSearch.Task] = []
                var key = [use.resource]
                for job in chosen.indices where chosen[job] >= 0 {
                    let own = parent.jobs[job].ways[chosen[job]]
                    let amount = own.uses.first { $0.resource == use.resource }?.amount ?? 0
                    guard amount > 0 else { continue }
                    key += [job, chosen[job]]
                    tasks.append(
                        .init(
                            duration: own.duration,
                            uses: [.init(resource: 0, amount: amount)],
                            latestEnd: min(makespan, own.latestEnd)))
                }
                guard tasks.count > 1 else { continue }
                let fits: Bool
                if let answer = known[key] {
                    fits = answer
                } else {
                    let (answer, nodeCount) = CumulativeSearch(
                        tasks: tasks.sorted { $0.duration > $1.duration },
                        capacities: [parent.capacities[use.resource]],
                        nodeLimit: MakespanSearch.startLimit
                    ).answer()
                    visited += nodeCount
                    if case .never = answer { fits = false } else { fits = true }
                    known[key] = fits
                }
                if !fits { return false }
            }
            return true
        }

        /// Starts for all jobs in the ways that are chosen.
        private mutating func schedule() -> Answer {
            let order = chosen.indices.sorted {
                let (a, b) = (
                    parent.jobs[$0].ways[chosen[$0]].duration,
                    parent.jobs[$1].ways[chosen[$1]].duration
                )
                return a != b ? a > b : $0 < $1
            }
            let (answer, nodeCount) = CumulativeSearch(
                tasks: order.map { job in
                    let way = parent.jobs[job].ways[chosen[job]]
                    return .init(
                        duration: way.duration, uses: way.uses,
                        latestEnd: min(makespan, way.latestEnd))
                }, capacities: parent.capacities, nodeLimit: 4 * MakespanSearch.startLimit
            ).answer()
            visited += nodeCount
            switch answer {
            case .never: return .never
            case .unknown: return .unknown
            case .fits(let starts):
                return .schedule(
                    zip(order, starts).map { Choice(job: $0, way: chosen[$0], start: $1) })
            }
        }
    }
}

extension BatchJob.Way {
    /// Whether this way is as short and takes no more of anything.
    fileprivate func makesUseless(_ other: BatchJob.Way) -> Bool {
        guard duration <= other.duration, latestEnd >= other.latestEnd, place == nil else {
            return false
        }
        return uses.allSatisfy { use in
            use.amount <= other.uses.first { $0.resource == use.resource }?.amount ?? 0
        }
    }
}
