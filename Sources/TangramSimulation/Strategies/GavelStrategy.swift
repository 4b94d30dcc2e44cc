public import TangramPlacement

/// The policies of Gavel with its way to give out rounds (Narayanan et al., OSDI 2020, §3.1 and §5).
///
/// A linear programme says which share of the time each job should run on each type. Every round,
/// types in the order of pools take the jobs that are furthest behind their share; idle devices take
/// jobs without a share. Shares are made anew when jobs came or went, but not more often than
/// ``resetSeconds``.
public struct GavelStrategy: SchedulingStrategy {
    /// How shares are made.
    public enum Policy: Hashable, Sendable {
        /// Whole devices in order of arrival, each job where it is fastest among what is free; the
        /// first that has no room ends the queue.
        case firstInFirstOut
        /// By a linear programme.
        case timeShared(TimeSharedPolicy)
    }

    /// What tables and plots call it.
    public let name: String
    /// How shares are made.
    public let policy: Policy
    /// Least time between two makings of shares, in seconds: Gavel's default.
    public static let resetSeconds = 1_920.0
    /// Length of a round, in seconds: Gavel's default.
    public static let roundSeconds = 360.0

    /// Least time between two makings of shares.
    private let interval: Double
    /// Length of the rounds that it is asked in.
    private let round: Double
    /// Whether shares are exactly the best ones, and jobs without shares run where there is room.
    private let isExact: Bool

    /// How far below the best level the exact shares stay, relative to it, so that there is an inside.
    private static let exactRoom = 1e-4

    /// Where between the shares of the exact optimum (0) and the centre of all that are feasible (1) those
    /// of the makespan policy lie. All of them are feasible, which is all that the policy asks for.
    var centreWeight = 1.0

    private var standings: [Int: Standing] = [:]
    private var poolSeconds: [Double] = []
    private var lastReset = 0.0
    private var needsShares = true

    private struct Standing {
        /// Shares by pool, nil before the first making of shares.
        var shares: [Double]?
        var deficits: [Double]
        /// Seconds on each pool since shares were made; half a round at first, so that nothing is
        /// divided by 0.
        var seconds: [Double]
        /// Seconds that its work until the last making of shares would have taken on equal shares.
        var aloneSeconds = 0.0
        /// Work left, and the rate on an equal share, when shares were last made.
        var lastShares: (remaining: Double, aloneRate: Double)?
        /// What it was given to run in the last round.
        var lastRun: (pool: Int, seconds: Double)?
    }

    /// Creates a strategy with Gavel's rules.
    ///
    /// - Parameter roundSeconds: Length of the rounds; where jobs take long to save and load, rounds
    ///   must be longer than Gavel's.
    public init(name: String, policy: Policy, roundSeconds: Double = Self.roundSeconds) {
        self.name = name
        self.policy = policy
        interval = max(Self.resetSeconds, roundSeconds)
        round = max(1, roundSeconds)
        isExact = false
    }

    /// Creates a strategy with the same policies and better rules: shares are made anew in every
    /// round to the exact optimum, new jobs need not wait for them, and rounds may be shorter.
    public init(exact name: String, policy: Policy, roundSeconds: Double) {
        self.name = name
        self.policy = policy
        interval = 0
        round = max(1, roundSeconds)
        isExact = true
    }

    /// The paper.
    public var source: String {
        "Narayanan et al., Gavel, OSDI 2020" + (isExact ? "; exact shares in every round" : "")
    }

    /// The rounds that it is made for.
    public var roundSeconds: Double? { round }

    /// Whether the policy looks at the work that is left.
    public var knowsWork: Bool {
        switch policy {
        case .firstInFirstOut: false
        case .timeShared(let policy):
            switch policy {
            case .finishTimeFairness, .makespan: true
            case .maxMinFairness, .leastAttained, .throughput: false
            }
        }
    }

    /// One round.
    public mutating func decide(_ state: ClusterState) throws -> [Int?] {
        account(state)
        let age = state.seconds - lastReset
        if needsShares || (isExact && age >= Self.resetSeconds),
            age >= interval || lastReset == 0
        {
            reset(state, age: age)
            try makeShares(state)
            needsShares = false
        }
        return giveOut(state)
    }

    /// Counts what ran in the last round, and whether jobs came or went.
    private mutating func account(_ state: ClusterState) {
        let poolCount = state.pools.count
        if poolSeconds.isEmpty { poolSeconds = [Double](repeating: 0, count: poolCount) }
        for key in standings.keys.sorted() {
            guard let run = standings[key]?.lastRun else { continue }
            standings[key]?.seconds[run.pool] += run.seconds
            poolSeconds[run.pool] += run.seconds
            standings[key]?.lastRun = nil
        }
        let present = Set(state.jobs.map(\.index))
        for key in standings.keys where !present.contains(key) {
            standings[key] = nil
            needsShares = true
        }
        for job in state.jobs where standings[job.index] == nil {
            needsShares = true
            standings[job.index] = Standing(
                shares: nil, deficits: [Double](repeating: 0, count: poolCount),
                seconds: [Double](repeating: round / 2, count: poolCount))
        }
    }

    private mutating func reset(_ state: ClusterState, age: Double) {
        poolSeconds = poolSeconds.map { _ in 0 }
        for job in state.jobs {
            guard var standing = standings[job.index] else { continue }
            for pool in poolSeconds.indices {
                let due = (standing.shares?[pool] ?? 0) * age
                standing.deficits[pool] += due - (standing.seconds[pool] - round / 2)
                standing.seconds[pool] = round / 2
                poolSeconds[pool] += standing.seconds[pool]
            }
            standings[job.index] = standing
        }
        lastReset = state.seconds
    }

    private mutating func makeShares(_ state: ClusterState) throws {
        switch policy {
        case .firstInFirstOut: shareInOrder(state)
        case .timeShared(let policy):
            // Where services or failures leave less than a gang, it cannot run now; a job that cannot
            // run anywhere gets no shares.
            let all = state.jobs.map { job in
                var rates = [Double](repeating: 0, count: state.pools.count)
                for index in job.job.rigidOptions {
                    let option = job.job.options[index]
                    if option.deviceCount <= state.deviceCounts[option.pool] {
                        rates[option.pool] = option.rate
                    }
                }
                return rates
            }
            let active = all.indices.filter { all[$0].contains { $0 > 0 } }
            for job in state.jobs { standings[job.index]?.shares = state.pools.map { _ in 0 } }
            guard !active.isEmpty else { return }
            let rates = active.map { all[$0] }
            let jobs = active.enumerated().map { index, position in
                let job = state.jobs[position]
                return TimeSharedJob(
                    rates: rates[index], deviceCount: job.gangSize, weight: job.job.weight,
                    remainingWork: job.remainingWork,
                    elapsed: state.seconds - job.job.arrivalSeconds)
            }
            var problem = try policy.problem(
                jobs, capacities: state.deviceCounts.map(Double.init))
            if policy == .finishTimeFairness {
                problem = try withTimesAlone(problem, jobs, active.map { state.jobs[$0] })
            }
            let solution = TimeSharedSolver().solve(problem)
            var shares = rates.map { $0.map { _ in 0.0 } }
            for index in jobs.indices {
                var position = 0
                for pool in shares[index].indices where rates[index][pool] > 0 {
                    shares[index][pool] = solution.shares[index][position]
                    position += 1
                }
            }
            if problem.goal == .level {
                let reached = rates.indices.map { Self.rates(problem.items[$0], rates[$0]) }
                if policy == .makespan || isExact {
                    let level =
                        policy == .makespan && !isExact
                        ? Self.halvedLevel(solution.objective)
                        : solution.objective * (1 - Self.exactRoom)
                    let centre = AnalyticCentre(
                        rates: reached, sizes: jobs.map(\.deviceCount),
                        floors: problem.items.map { Self.floor($0, level: level) },
                        capacities: problem.capacities)
                    let inner = centre.solve(from: shares) ?? shares
                    shares = zip(inner, shares).map {
                        zip($0, $1).map { centreWeight * $0 + (1 - centreWeight) * $1 }
                    }
                } else {
                    let path = CentralPath(
                        rates: reached, sizes: jobs.map(\.deviceCount),
                        capacities: problem.capacities, works: problem.items.map(\.levelWork),
                        scales: problem.items.map(\.levelScale),
                        elapsed: problem.items.map(\.elapsed))
                    shares = path.solve(from: shares) ?? shares
                }
            } else {
                Self.addTraces(to: &shares, rates, problem, solution.prices)
            }
            for (index, position) in active.enumerated() {
                standings[state.jobs[position].index]?.shares = shares[index]
            }
        }
    }

    /// Where a share is 0, a trace that is the smaller the more it would cost the objective, as an
    /// interior-point solver leaves it: it says who gets idle devices first.
    private static func addTraces(
        to shares: inout [[Double]], _ rates: [[Double]], _ problem: TimeSharedProblem,
        _ prices: [Double]
    ) {
        let scale = problem.items.flatMap(\.options).reduce(0) { max($0, $1.value) }
        guard scale > 0 else { return }
        for (index, item) in problem.items.enumerated() {
            let gains = item.options.map { option in
                option.uses.reduce(option.value) { $0 - prices[$1.resource] * $1.amount }
            }
            let best = max(0, gains.max() ?? 0)
            var position = 0
            for pool in rates[index].indices where rates[index][pool] > 0 {
                let loss = (best - gains[position]) / scale
                // Well below any share that matters, well above rounding.
                if shares[index][pool] < 1e-9 {
                    shares[index][pool] = 1e-12 / (max(0, loss) + 1e-4)
                }
                position += 1
            }
        }
    }

    /// The level 1 ÷ makespan where Gavel stops: it halves the interval from 100 s to 1,000,000 s
    /// until it is 5 % wide, ten times as far where that is too short.
    private static func halvedLevel(_ best: Double) -> Double {
        guard best > 0 else { return best }
        var (low, high, top) = (100.0, 1e6, 1e6)
        while 1 / best > top, top < 1e30 { (low, high, top) = (top, top * 10, top * 10) }
        var last: Double?
        while 1.05 * low < high {
            let middle = (low + high) / 2
            if middle * best >= 1 {
                last = middle
                high = middle
            } else {
                low = middle
            }
        }
        return 1 / (last ?? 1 / best)
    }

    /// `problem` with ρ over the time that a job would have had alone from its start, not only from
    /// now: what it did so far counts at the equal shares of its time.
    private mutating func withTimesAlone(
        _ problem: TimeSharedProblem, _ jobs: [TimeSharedJob], _ states: [JobState]
    ) throws -> TimeSharedProblem {
        var items = problem.items
        let equal = TimeSharedPolicy.equalShares(jobs, capacities: problem.capacities)
        for (index, job) in states.enumerated() {
            let rate = zip(jobs[index].rates, equal[index]).reduce(0) { $0 + $1.0 * $1.1 }
            guard rate > 0, var standing = standings[job.index] else { continue }
            if let last = standing.lastShares, last.aloneRate > 0 {
                standing.aloneSeconds += (last.remaining - job.remainingWork) / last.aloneRate
            }
            standing.lastShares = (job.remainingWork, rate)
            standings[job.index] = standing
            items[index].levelScale = standing.aloneSeconds + job.remainingWork / rate
        }
        return try TimeSharedProblem(
            capacities: problem.capacities, items: items, goal: problem.goal)
    }

    /// The rates that the problem counts by, on their pools.
    private static func rates(_ item: TimeSharedProblem.Item, _ rates: [Double]) -> [Double] {
        var position = 0
        return rates.map { rate in
            guard rate > 0 else { return 0 }
            position += 1
            return item.options[position - 1].rate
        }
    }

    /// The rate at which a job reaches `level` (see ``TimeSharedProblem/Item``).
    private static func floor(_ item: TimeSharedProblem.Item, level: Double) -> Double {
        let rest = item.levelScale - item.elapsed * level
        return rest > 0 ? item.levelWork * level / rest : 0
    }

    private mutating func shareInOrder(_ state: ClusterState) {
        var free = state.deviceCounts
        var isOpen = true
        for job in state.jobs {
            var shares = [Double](repeating: 0, count: state.pools.count)
            if isOpen {
                let options = job.job.options
                let fitting = job.job.rigidOptions.filter {
                    options[$0].deviceCount <= free[options[$0].pool]
                }
                if let choice = fitting.max(by: { options[$0].rate < options[$1].rate }) {
                    shares[options[choice].pool] = 1
                    free[options[choice].pool] -= options[choice].deviceCount
                } else if !free.contains(where: { Double($0) >= job.gangSize }) {
                    // Only a gang for which nothing has room ends the queue; one that cannot run on
                    // what has room lets others pass.
                    isOpen = false
                }
            }
            standings[job.index]?.shares = shares
        }
    }

    private struct Claim {
        var job: Int
        var priority: Double
        var deficit: Double
        var share: Double
    }

    private mutating func giveOut(_ state: ClusterState) -> [Int?] {
        var choices = [Int?](repeating: nil, count: state.jobs.count)
        var waiting: Set<Int> = []
        for pool in state.pools.indices {
            var free = state.deviceCounts[pool]
            for claim in claims(state, pool: pool) {
                guard free > 0 else { break }
                let job = state.jobs[claim.job]
                guard choices[claim.job] == nil, !waiting.contains(claim.job) else { continue }
                if policy == .firstInFirstOut, claim.priority <= 0 { continue }
                let options = job.job.options
                guard let choice = job.job.rigidOptions.first(where: { options[$0].pool == pool }),
                    options[choice].deviceCount <= free
                else { continue }
                free -= options[choice].deviceCount
                // A job without shares yet keeps the room but waits for its shares.
                guard isExact || standings[job.index]?.shares != nil else {
                    waiting.insert(claim.job)
                    continue
                }
                choices[claim.job] = choice
                let rate = options[choice].rate
                let whole = (rate * round).rounded(.down)
                standings[job.index]?.lastRun = (pool, min(whole, job.remainingWork) / rate)
            }
        }
        // Shares are of one pool each; a job that needs several at once takes what is left.
        if state.jobs.contains(where: { $0.job.rigidOptions.isEmpty }) {
            var free = state.freeDevices(after: choices)
            for (index, job) in state.jobs.enumerated() where job.job.rigidOptions.isEmpty {
                let fitting = job.job.jointOptions.filter { job.job.options[$0].fits(free) }
                guard
                    let choice = fitting.max(by: {
                        job.job.options[$0].rate < job.job.options[$1].rate
                    })
                else { continue }
                choices[index] = choice
                job.job.options[choice].add(-1, to: &free)
            }
        }
        return choices
    }

    /// Jobs by how far they are behind their share, then by what they missed before, then by share.
    private func claims(_ state: ClusterState, pool: Int) -> [Claim] {
        var claims: [Claim] = []
        for (index, job) in state.jobs.enumerated() {
            guard let standing = standings[job.index] else { continue }
            let share = standing.shares?[pool] ?? 0
            let fraction = poolSeconds[pool] > 0 ? standing.seconds[pool] / poolSeconds[pool] : 0
            // A job that has not run since shares were made goes before all that have.
            let priority =
                standing.shares == nil ? 0 : fraction > 0 ? share / fraction : share * 1e9
            claims.append(
                Claim(
                    job: index, priority: priority, deficit: standing.deficits[pool],
                    share: share))
        }
        return claims.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            if a.priority != b.priority { return a.priority > b.priority }
            if a.deficit != b.deficit { return a.deficit > b.deficit }
            if a.share != b.share { return a.share > b.share }
            return left.offset < right.offset
        }.map(\.element)
    }
}

extension JobState {
    /// Devices of a gang that is not resized.
    var gangSize: Double {
        Double(job.rigidOptions.first.map { job.options[$0].deviceCount } ?? 1)
    }
}
