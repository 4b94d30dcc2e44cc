import TangramUnits

/// Which share of the time every job runs where: jobs take turns on the same accelerators, as
/// schedulers of fractional shares (Gavel, OSDI 2020) have them do round by round.
public struct TimeSharedPlan: Sendable {
    /// A way to run a job for a part of the time.
    public struct Share: Hashable, Sendable {
        /// The pools, the first one first.
        public var poolIDs: [String]
        /// Accelerators that it takes while it runs.
        public var acceleratorCount: Int
        /// Its layout, for people.
        public var summary: String
        /// The part of the time, 0...1.
        public var fraction: Double
    }

    /// What one job gets.
    public struct JobShares: Hashable, Sendable {
        /// The job.
        public var jobID: String
        /// Ways in which it runs; their fractions come to at most 1.
        public var shares: [Share]
        /// What it gets by the measure: its part of the demand, 1 ÷ ρ, or 1 ÷ its time.
        public var level: Double
    }

    /// The scenario it was made for.
    public var scenarioName: String
    /// What was maximised or minimised.
    public var goal: Objective.Goal
    /// What the shares reach, in the unit of the goal.
    public var objective: Double
    /// No shares do better (weak duality).
    public var bound: Double
    /// Relative distance of the two, at least 0.
    public var gap: Double
    /// What each job gets, in the scenario's order.
    public var jobs: [JobShares]
    /// Jobs that get nothing and do not count, with the reason.
    public var omissions: [Schedule.Omission]
    /// Whether the search ended by itself, and not by a limit on time or a cancellation.
    public var isComplete = true
    /// What one more node of each pool would add to the objective as it is solved: the sum of values
    /// for goodput and cost, the least level for the others (1 ÷ seconds of a makespan).
    public var nodeValues: [(poolID: String, value: Double)]
}
