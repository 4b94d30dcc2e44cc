public import TangramHardware
public import TangramUnits

/// Everything a plan is made from: the cluster, the jobs, the policy and the objective.
public struct Scenario: Hashable, Sendable {
    /// The name for people.
    public var name: String
    /// The day the plan starts; licences are judged by it.
    public var date: CalendarDate?
    /// The hardware.
    public var cluster: Cluster
    /// The jobs.
    public var jobs: [Job]
    /// Rules on which jobs may use which pools.
    public var policy: [PolicyRule]
    /// What the plan maximises.
    public var objective: Objective

    /// Creates a scenario.
    public init(
        name: String, date: CalendarDate? = nil, cluster: Cluster, jobs: [Job],
        policy: [PolicyRule] = [], objective: Objective = Objective()
    ) {
        self.name = name
        self.date = date
        self.cluster = cluster
        self.jobs = jobs
        self.policy = policy
        self.objective = objective
    }
}

/// What a plan maximises.
public struct Objective: Hashable, Sendable {
    /// The measure of a plan.
    public enum Goal: String, CaseIterable, Hashable, Sendable {
        /// The sum over jobs of weight × fraction of the demand that is met.
        case goodput
        /// The least cost at which every job that can be met is met.
        case cost
    }

    /// The measure.
    public var goal: Goal
    /// The most the plan may spend per hour.
    public var budget: MoneyRate?

    /// Creates an objective.
    public init(goal: Goal = .goodput, budget: MoneyRate? = nil) {
        self.goal = goal
        self.budget = budget
    }
}
