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
    /// The most that tenants may have.
    public var quotas: [Quota]
    /// How long the plan reaches; where it is given, jobs that end may follow one another.
    public var horizon: Seconds?
    /// Which jobs share a node, a pool or a site, and which do not.
    public var affinities: [AffinityRule]
    /// What moving a job costs that runs already; nil where it costs nothing.
    public var migration: Migration?
    /// What happens over time, for the simulator.
    public var conditions = OperatingConditions()

    /// Creates a scenario.
    public init(
        name: String, date: CalendarDate? = nil, cluster: Cluster, jobs: [Job],
        policy: [PolicyRule] = [], objective: Objective = Objective(), quotas: [Quota] = [],
        horizon: Seconds? = nil, affinities: [AffinityRule] = [], migration: Migration? = nil
    ) {
        self.affinities = affinities
        self.migration = migration
        self.name = name
        self.date = date
        self.cluster = cluster
        self.jobs = jobs
        self.policy = policy
        self.objective = objective
        self.quotas = quotas
        self.horizon = horizon
    }
}
