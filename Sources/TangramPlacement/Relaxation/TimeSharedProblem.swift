/// Jobs that take turns: each option of a job runs for a share of the time, as Gavel's policies
/// allocate (Narayanan et al., OSDI 2020, §3).
///
/// Shares are fractions of wall-clock time, at least 0, of one job at most 1 together; what runs at
/// a time keeps to capacities on average. A linear programme, solved to its optimum by
/// ``TimeSharedSolver``.
public struct TimeSharedProblem: Sendable {
    /// One way to run a job.
    public struct Option: Hashable, Sendable {
        /// Work per second while it runs, above 0.
        public var rate: Double
        /// What running it all the time adds to the objective ``Goal/total``.
        public var value: Double
        /// What it takes while it runs, each resource once.
        public var uses: [PlacementProblem.Use]

        /// Creates an option.
        public init(rate: Double, value: Double = 0, uses: [PlacementProblem.Use]) {
            self.rate = rate
            self.value = value
            self.uses = uses
        }
    }

    /// One job.
    public struct Item: Hashable, Sendable {
        /// Ways to run it.
        public var options: [Option]
        /// The least work per second it must get.
        public var minimumRate: Double
        /// How much work is in one unit of level: with a rate r its level is
        /// t = `levelScale` × r / (`levelWork` + `elapsed` × r), see ``Goal/level``.
        public var levelWork: Double
        /// Multiplies the level.
        public var levelScale: Double
        /// What has gone by before, in units of work over rate.
        public var elapsed: Double

        /// Creates a job whose level is its rate over `levelWork`.
        public init(
            options: [Option], minimumRate: Double = 0, levelWork: Double = 1,
            levelScale: Double = 1, elapsed: Double = 0
        ) {
            self.options = options
            self.minimumRate = minimumRate
            self.levelWork = levelWork
            self.levelScale = levelScale
            self.elapsed = elapsed
        }

        /// The rate that reaches a level: the inverse of the formula above, convex in the level.
        func rate(atLevel level: Double) -> Double {
            let rest = levelScale - elapsed * level
            return rest > 0 ? levelWork * level / rest : .infinity
        }

        /// The level that a rate reaches.
        public func level(atRate rate: Double) -> Double {
            levelScale * rate / (levelWork + elapsed * rate)
        }
    }

    /// What is maximised.
    public enum Goal: Hashable, Sendable {
        /// The sum over jobs of value × share.
        case total
        /// The least level of any job. With `levelWork` = weight it is max-min fairness; with the
        /// remaining work, 1 ÷ makespan; with elapsed time and `levelScale` = the time an equal
        /// share would take, 1 ÷ ρ of finish-time fairness (Themis, NSDI 2020, §4).
        case level
    }

    /// How much there is of each resource.
    public let capacities: [Double]
    /// The jobs.
    public let items: [Item]
    /// What is maximised.
    public let goal: Goal

    /// Creates a problem.
    ///
    /// - Throws: ``ProblemError`` where a number is NaN, infinite or negative, or a resource does
    ///   not exist.
    public init(capacities: [Double], items: [Item], goal: Goal) throws(ProblemError) {
        for (resource, capacity) in capacities.enumerated() {
            guard capacity.isFinite, capacity >= 0 else {
                throw .invalidCapacity(resource: resource, capacity)
            }
        }
        for (index, item) in items.enumerated() {
            for number in [item.minimumRate, item.elapsed] {
                guard number.isFinite, number >= 0 else {
                    throw .invalidValue(item: index, option: 0, number)
                }
            }
            for number in [item.levelWork, item.levelScale] {
                guard number.isFinite, number > 0 else {
                    throw .invalidValue(item: index, option: 0, number)
                }
            }
            for (position, option) in item.options.enumerated() {
                guard option.rate.isFinite, option.rate > 0 else {
                    throw .invalidValue(item: index, option: position, option.rate)
                }
                guard option.value.isFinite else {
                    throw .invalidValue(item: index, option: position, option.value)
                }
                for use in option.uses {
                    guard capacities.indices.contains(use.resource) else {
                        throw .unknownResource(item: index, option: position, use.resource)
                    }
                    guard use.amount.isFinite, use.amount >= 0 else {
                        throw .invalidAmount(item: index, option: position, use.amount)
                    }
                }
            }
        }
        self.capacities = capacities
        self.items = items
        self.goal = goal
    }
}

/// Shares of time with the proof of how good they are.
public struct TimeSharedSolution: Sendable {
    /// For each job the share of time of each option.
    public var shares: [[Double]]
    /// The objective that the shares reach.
    public var objective: Double
    /// No shares reach more (weak duality).
    public var bound: Double
    /// What one unit more of each resource would add to the objective.
    public var prices: [Double]
    /// Times that all jobs were priced.
    public var iterationCount: Int
    /// Whether every job gets its least rate; where not, `objective` is of no use.
    public var isFeasible: Bool
    /// Whether the search ended by itself, and not by a limit on time or a cancellation.
    public var isComplete = true

    /// Relative distance of objective and bound, at least 0.
    public var gap: Double {
        let scale = max(abs(objective), abs(bound))
        return scale > 0 ? max(0, bound - objective) / scale : 0
    }

    /// The rate that job `item` of `problem` gets.
    public func rate(of item: Int, in problem: TimeSharedProblem) -> Double {
        zip(shares[item], problem.items[item].options).reduce(0) { $0 + $1.0 * $1.1.rate }
    }
}
