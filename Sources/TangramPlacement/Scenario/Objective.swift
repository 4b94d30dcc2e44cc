public import TangramUnits

/// What a plan maximises.
public struct Objective: Hashable, Sendable {
    /// The measure of a plan.
    public enum Goal: String, CaseIterable, Hashable, Sendable {
        /// The sum over jobs of weight × fraction of the demand that is met.
        case goodput
        /// The least fraction of its demand that any job gets, a job of twice the weight being due
        /// twice as much (max-min fairness).
        case fairness
        /// The largest ρ is as low as possible: the time a job takes over the time it would take on
        /// an equal share of the cluster (Themis, NSDI 2020).
        case finishTimeFairness = "finish-time-fairness"
        /// The last training job with an end is done as soon as possible.
        case makespan
        /// The weight of jobs that meet their deadline; of served ones, that are served in full.
        case deadlines
        /// The least cost at which every job that can be met is met.
        case cost

        /// Whether less is better.
        public var isMinimised: Bool {
            switch self {
            case .goodput, .fairness, .deadlines: false
            case .finishTimeFairness, .makespan, .cost: true
            }
        }
    }

    /// What cost is counted by.
    public enum Charge: String, CaseIterable, Hashable, Sendable {
        /// Every accelerator that is used.
        case accelerator
        /// Every node of which anything is used: how many of each to rent or to buy.
        case node
    }

    /// What a job gets of accelerators.
    public enum Allocation: String, CaseIterable, Hashable, Sendable {
        /// Accelerators of its own for as long as the plan lasts.
        case whole
        /// Shares of time, in turn with others.
        case timeShared = "time-shared"
    }

    /// The measure.
    public var goal: Goal
    /// What a job gets of accelerators. ``Planner/plan(_:deadline:isCancelled:progress:)`` gives
    /// whole ones; shares of time are planned by
    /// ``Planner/timeShared(_:deadline:isCancelled:progress:)``.
    public var allocation: Allocation
    /// Measures among plans that are equally good by `goal`, the more important first.
    public var then: [Goal]
    /// What cost is counted by.
    public var charge: Charge
    /// The most the plan may spend per hour.
    public var budget: MoneyRate?

    /// Creates an objective.
    public init(
        goal: Goal = .goodput, then: [Goal] = [], charge: Charge = .accelerator,
        budget: MoneyRate? = nil, allocation: Allocation = .whole
    ) {
        self.allocation = allocation
        self.goal = goal
        self.then = then
        self.charge = charge
        self.budget = budget
    }

    /// All measures that are asked for.
    public var goals: [Goal] { [goal] + then }
}

/// The most that one tenant may have at a time.
public struct Quota: Hashable, Sendable {
    /// The tenant.
    public var tenant: String
    /// Accelerators of all its jobs together.
    public var accelerators: Int?
    /// Cost of all its jobs together.
    public var cost: MoneyRate?
    /// The pools that count; all where empty.
    public var pools: PoolSelector

    /// Creates a quota.
    public init(
        tenant: String, accelerators: Int? = nil, cost: MoneyRate? = nil,
        pools: PoolSelector = PoolSelector()
    ) {
        self.tenant = tenant
        self.accelerators = accelerators
        self.cost = cost
        self.pools = pools
    }
}
