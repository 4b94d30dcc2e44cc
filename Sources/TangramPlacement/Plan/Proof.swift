/// How good a plan is, and the proof.
public struct Proof: Hashable, Sendable {
    /// How good a plan is by one measure, given what it reaches by those before.
    public struct Measure: Hashable, Sendable {
        /// What is measured; nil for the demand that is met, which comes before cost.
        public var goal: Objective.Goal?
        /// The priority of the jobs it is over; nil for all jobs.
        public var priority: Int?
        /// What the plan reaches: weights, fractions, seconds of a makespan, USD per hour.
        public var objective: Double
        /// What no plan exceeds, or falls below where less is better.
        public var bound: Double
        /// Relative distance between the two, at least 0.
        public var gap: Double

        /// Creates a measure.
        public init(
            goal: Objective.Goal?, priority: Int? = nil, objective: Double, bound: Double,
            gap: Double = 0
        ) {
            self.goal = goal
            self.priority = priority
            self.objective = objective
            self.bound = bound
            self.gap = gap
        }

        /// Whether less is better.
        public var isMinimised: Bool { goal?.isMinimised ?? false }
    }

    /// The measure of the scenario's objective: weighted goodput, or for least cost the cost per
    /// hour, and so on.
    public var objective: Double
    /// No plan of this problem does better than this (weak Lagrangian duality).
    public var bound: Double
    /// Relative distance between the two, at least 0.
    public var gap: Double
    /// Times that all menus were priced.
    public var iterationCount: Int
    /// Options over all jobs, after dominated ones were dropped.
    public var optionCount: Int
    /// Every measure in the order in which they count.
    public var measures: [Measure]
    /// Whether the search ended by itself, and not by a limit on time or a cancellation.
    public var isComplete: Bool
    /// Whether the plan was proved best (gap of 0 within rounding).
    public var isOptimal: Bool { gap <= 1e-9 }

    /// Creates a proof.
    public init(
        objective: Double, bound: Double, gap: Double, iterationCount: Int, optionCount: Int,
        measures: [Measure] = [], isComplete: Bool = true
    ) {
        self.objective = objective
        self.bound = bound
        self.gap = gap
        self.iterationCount = iterationCount
        self.optionCount = optionCount
        self.measures = measures
        self.isComplete = isComplete
    }
}
