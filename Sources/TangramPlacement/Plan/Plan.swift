public import TangramUnits

/// Where every job goes, how fast it runs, what it costs, and how far that is from the best.
public struct Plan: Sendable {
    /// The scenario it was made for.
    public var scenarioName: String
    /// The day it starts.
    public var date: CalendarDate?
    /// What was maximised.
    public var objective: Objective
    /// One entry per job, in the scenario's order.
    public var jobs: [JobPlan]
    /// One entry per pool, in the scenario's order.
    public var pools: [PoolPlan]
    /// The measure reached, and the limit that is proved.
    public var proof: Proof
    /// What assigned accelerators cost per hour; nil where a price is unknown.
    public var cost: MoneyRate
    /// Jobs on accelerators of unknown price, whose cost is not in `cost`.
    public var unpricedJobCount: Int
    /// Power of assigned accelerators at their limit, with the hosts of nodes in use where stated.
    public var power: Power
    /// Limits besides the accelerators of pools.
    public var limits: [LimitPlan]
    /// What a reader should know: figures that rest on unverified catalogue entries, expiring
    /// licences, precisions that were replaced.
    public var notes: [String]

    /// Creates a plan.
    public init(
        scenarioName: String, date: CalendarDate? = nil, objective: Objective, jobs: [JobPlan],
        pools: [PoolPlan], proof: Proof, cost: MoneyRate, unpricedJobCount: Int = 0,
        power: Power, limits: [LimitPlan] = [], notes: [String] = []
    ) {
        self.scenarioName = scenarioName
        self.date = date
        self.objective = objective
        self.jobs = jobs
        self.pools = pools
        self.proof = proof
        self.cost = cost
        self.unpricedJobCount = unpricedJobCount
        self.power = power
        self.limits = limits
        self.notes = notes
    }

    /// The plan of the job named `id`.
    public func job(_ id: String) -> JobPlan? { jobs.first { $0.jobID == id } }
}

/// What the plan does with one job.
public struct JobPlan: Sendable {
    /// The job.
    public var jobID: String
    /// Where it runs; empty where it was not placed. A demand larger than any pool is served in
    /// several places.
    public var placements: [Placement]
    /// Fraction of the demand met, 0...1 (training without a deadline: of its best throughput).
    public var satisfaction: Double
    /// Why it was not placed, or not in full, pool by pool.
    public var rejections: [PoolRejection]
    /// The decisive reason in one sentence where nothing was placed.
    public var reason: String?
    /// Whether it leaves the nodes that it runs on now; nil where it does not run yet.
    public var isMoved: Bool?

    /// Creates the plan of a job.
    public init(
        jobID: String, placements: [Placement] = [], satisfaction: Double = 0,
        rejections: [PoolRejection] = [], reason: String? = nil, isMoved: Bool? = nil
    ) {
        self.isMoved = isMoved
        self.jobID = jobID
        self.placements = placements
        self.satisfaction = satisfaction
        self.rejections = rejections
        self.reason = reason
    }

    /// Whether it runs anywhere.
    public var isPlaced: Bool { !placements.isEmpty }
    /// Accelerators of all placements.
    public var acceleratorCount: Int { placements.reduce(0) { $0 + $1.acceleratorCount } }
}

/// A job, or a share of its demand, on nodes of one pool.
public struct Placement: Sendable {
    /// What runs there.
    public enum Work: Sendable {
        /// Training.
        case train(TrainingPlacement)
        /// Replicas of a served model.
        case serve(ServingPlacement)
        /// Either, with the speed that an embedder's ``CostTable`` gives.
        case table(TablePlacement)
    }

    /// Which of several unlike pools that one instance runs on together this is.
    public struct Span: Hashable, Sendable {
        /// From 0. Speed, load and duration are those of the whole instance: sums over placements
        /// take them where this is 0.
        public var index: Int
        /// How many pools there are.
        public var count: Int
        /// What accelerators of this pool do, for people.
        public var role: String?

        /// Creates a span.
        public init(index: Int, count: Int, role: String? = nil) {
            self.index = index
            self.count = count
            self.role = role
        }
    }

    /// The pool.
    public var poolID: String
    /// Accelerators in all.
    public var acceleratorCount: Int
    /// The nodes, with the accelerators used on each.
    public var nodes: [NodeAssignment]
    /// What runs there.
    public var work: Work
    /// What its accelerators cost per hour, nil where the pool has no price.
    public var cost: MoneyRate?
    /// Power of its accelerators at their limit.
    public var power: Power
    /// Its place among the pools of one instance; nil where it is all on this one.
    public var span: Span?

    /// Creates a placement.
    public init(
        poolID: String, acceleratorCount: Int, nodes: [NodeAssignment], work: Work,
        cost: MoneyRate? = nil, power: Power, span: Span? = nil
    ) {
        self.span = span
        self.poolID = poolID
        self.acceleratorCount = acceleratorCount
        self.nodes = nodes
        self.work = work
        self.cost = cost
        self.power = power
    }
}

/// Accelerators of one node given to one job.
public struct NodeAssignment: Hashable, Sendable {
    /// The node, by index within its pool, from 0.
    public var node: Int
    /// The accelerators, by index within the node, from 0.
    public var accelerators: ClosedRange<Int>

    /// Creates an assignment.
    public init(node: Int, accelerators: ClosedRange<Int>) {
        self.node = node
        self.accelerators = accelerators
    }
}

/// Training as planned.
public struct TrainingPlacement: Sendable {
    /// Speed, layout and memory.
    public var estimate: TrainingEstimate
    /// Expected tokens per second, with the pool's availability.
    public var throughput: TokenRate
    /// When it is done; nil for a job without end.
    public var duration: Seconds?
    /// What it costs until then.
    public var totalCost: Money?
    /// Whether the deadline is met; nil without one.
    public var meetsDeadline: Bool?

    /// Creates a placement.
    public init(
        estimate: TrainingEstimate, throughput: TokenRate, duration: Seconds? = nil,
        totalCost: Money? = nil, meetsDeadline: Bool? = nil
    ) {
        self.estimate = estimate
        self.throughput = throughput
        self.duration = duration
        self.totalCost = totalCost
        self.meetsDeadline = meetsDeadline
    }
}

/// Serving as planned.
public struct ServingPlacement: Sendable {
    /// One replica at the planned load.
    public var estimate: ServingEstimate
    /// How many replicas.
    public var replicaCount: Int
    /// Requests per second that arrive here.
    public var load: RequestRate
    /// Requests per second that all replicas could serve within the limits.
    public var capacity: RequestRate
    /// Cost of a million output tokens.
    public var costPerMillionTokens: Money?

    /// Creates a placement.
    public init(
        estimate: ServingEstimate, replicaCount: Int, load: RequestRate, capacity: RequestRate,
        costPerMillionTokens: Money? = nil
    ) {
        self.estimate = estimate
        self.replicaCount = replicaCount
        self.load = load
        self.capacity = capacity
        self.costPerMillionTokens = costPerMillionTokens
    }

    /// Capacity beyond the load, relative to the load.
    public var headroom: Double { load.value > 0 ? capacity / load - 1 : 0 }
}

/// Why a job is not on a pool.
public struct PoolRejection: Sendable {
    /// What kept it away.
    public enum Reason: Sendable {
        /// A rule, tenancy or licence.
        case policy(String)
        /// The estimator found nothing that works.
        case infeasible(Rejection)
        /// It works, but the accelerators are worth more elsewhere.
        case outbid(OutbidOption)
        /// It works, but no better than the option that was chosen.
        case worse(OutbidOption, than: OutbidOption)
    }

    /// The pool.
    public var poolID: String
    /// What kept it away.
    public var reason: Reason

    /// Creates a rejection.
    public init(poolID: String, reason: Reason) {
        self.poolID = poolID
        self.reason = reason
    }
}

/// A feasible option that the plan does not use.
public struct OutbidOption: Sendable {
    /// Its accelerators and layout, for people.
    public var summary: String
    /// Accelerators it would take.
    public var acceleratorCount: Int
    /// Its part of the objective.
    public var value: Double
    /// What its resources are worth to other jobs at the plan's prices.
    public var price: Double
    /// What its accelerators cost per hour; nil where a pool has no price.
    public var cost: MoneyRate?

    /// Creates an option.
    public init(
        summary: String, acceleratorCount: Int, value: Double, price: Double,
        cost: MoneyRate? = nil
    ) {
        self.summary = summary
        self.acceleratorCount = acceleratorCount
        self.value = value
        self.price = price
        self.cost = cost
    }
}

/// A pool in the plan.
public struct PoolPlan: Sendable {
    /// The pool.
    public var poolID: String
    /// Accelerators on nodes that are not out.
    public var usableAccelerators: Int
    /// Accelerators given to jobs.
    public var usedAccelerators: Int
    /// Nodes of which anything is used.
    public var usedNodes: Int
    /// What the objective would gain by one more node, by the dual prices.
    public var nodeValue: Double
    /// What its assigned accelerators cost per hour.
    public var cost: MoneyRate?
    /// Power of its assigned accelerators at their limit.
    public var power: Power

    /// Creates the plan of a pool.
    public init(
        poolID: String, usableAccelerators: Int, usedAccelerators: Int, nodeValue: Double,
        cost: MoneyRate? = nil, usedNodes: Int = 0, power: Power
    ) {
        self.poolID = poolID
        self.usedNodes = usedNodes
        self.usableAccelerators = usableAccelerators
        self.usedAccelerators = usedAccelerators
        self.nodeValue = nodeValue
        self.cost = cost
        self.power = power
    }

    /// Used accelerators over usable ones, 0...1.
    public var utilisation: Double {
        usableAccelerators > 0 ? Double(usedAccelerators) / Double(usableAccelerators) : 0
    }
}
