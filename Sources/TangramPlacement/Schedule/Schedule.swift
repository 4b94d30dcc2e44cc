public import TangramUnits

/// When every job runs where, and how far that is from the best.
public struct Schedule: Sendable {
    /// A job, or a share of its demand, from a start to an end.
    public struct Entry: Hashable, Sendable {
        /// The job.
        public var jobID: String
        /// When it starts, from the start of the plan.
        public var start: Seconds
        /// When it is done; the horizon for what has no end.
        public var end: Seconds
        /// The pool.
        public var poolID: String
        /// Accelerators in all.
        public var acceleratorCount: Int
        /// The nodes, with the accelerators used on each.
        public var nodes: [NodeAssignment]
        /// Its layout, for people.
        public var summary: String
        /// Whether it runs as long as the plan does.
        public var isPermanent: Bool
        /// Whether it leaves the nodes that it runs on now; nil where it does not run yet.
        public var isMoved: Bool?

        /// Creates an entry.
        public init(
            jobID: String, start: Seconds, end: Seconds, poolID: String, acceleratorCount: Int,
            nodes: [NodeAssignment], summary: String, isPermanent: Bool, isMoved: Bool? = nil
        ) {
            self.isMoved = isMoved
            self.jobID = jobID
            self.start = start
            self.end = end
            self.poolID = poolID
            self.acceleratorCount = acceleratorCount
            self.nodes = nodes
            self.summary = summary
            self.isPermanent = isPermanent
        }
    }

    /// A job that has no place within the horizon.
    public struct Omission: Hashable, Sendable {
        /// The job.
        public var jobID: String
        /// Why.
        public var reason: String

        /// Creates an omission.
        public init(jobID: String, reason: String) {
            self.jobID = jobID
            self.reason = reason
        }
    }

    /// The scenario it was made for.
    public var scenarioName: String
    /// The day it starts.
    public var date: CalendarDate?
    /// How long it reaches.
    public var horizon: Seconds
    /// What was minimised.
    public var goal: Goal
    /// Everything that runs, by start and then by job.
    public var entries: [Entry]
    /// Jobs that are left out.
    public var omissions: [Omission]
    /// When the last job with an end is done.
    public var makespan: Seconds
    /// No schedule of the same jobs around the same services is done earlier.
    public var makespanBound: Seconds
    /// Σ weight × end over the jobs with an end.
    public var weightedCompletion: Double
    /// No schedule of the same jobs around the same services has a smaller sum.
    public var weightedCompletionBound: Double
    /// Whether the search ended by itself, and not by a limit on time or a cancellation.
    public var isComplete: Bool

    /// What a schedule minimises among those that place the most weight.
    public enum Goal: String, Hashable, Sendable {
        /// When the last job is done.
        case makespan
        /// Σ weight × end.
        case completion
    }

    /// The distance of what was minimised and its bound, relative to the former.
    public var gap: Double {
        let (value, bound) =
            goal == .makespan
            ? (makespan.value, makespanBound.value) : (weightedCompletion, weightedCompletionBound)
        return value > 0 ? max(0, (value - bound) / value) : 0
    }

    /// Creates a schedule.
    public init(
        scenarioName: String, date: CalendarDate? = nil, horizon: Seconds, goal: Goal,
        entries: [Entry], omissions: [Omission], makespan: Seconds, makespanBound: Seconds,
        weightedCompletion: Double, weightedCompletionBound: Double, isComplete: Bool = true
    ) {
        self.isComplete = isComplete
        self.scenarioName = scenarioName
        self.date = date
        self.horizon = horizon
        self.goal = goal
        self.entries = entries
        self.omissions = omissions
        self.makespan = makespan
        self.makespanBound = makespanBound
        self.weightedCompletion = weightedCompletion
        self.weightedCompletionBound = weightedCompletionBound
    }
}
