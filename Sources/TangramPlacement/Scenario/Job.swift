public import TangramCost
public import TangramModels

/// Training, serving or post-training of one model, with demand and limits.
public struct Job: Hashable, Sendable, Identifiable {
    /// What is done with the model.
    public enum Work: Hashable, Sendable {
        /// Training, from scratch or fine-tuning.
        case train(TrainingDemand)
        /// Serving requests.
        case serve(ServingDemand)
        /// Post-training by reinforcement learning.
        case reinforce(ReinforcementDemand)
    }

    /// The name, unique in the scenario.
    public var id: String
    /// What is done.
    public var work: Work
    /// How much this job counts against others; above 0.
    public var weight: Double
    /// Jobs of higher priority are planned as if those of lower did not exist.
    public var priority: Int
    /// Whose job it is.
    public var tenant: String?
    /// The fewest accelerators it may get.
    public var minimumAccelerators: Int?
    /// The most accelerators it may get.
    public var maximumAccelerators: Int?
    /// What its placement must obey besides the scenario's policy.
    public var constraints: [PolicyRule]
    /// How its replicas are spread over what may fail; nil where they need not be.
    public var spread: Spread?
    /// Where it runs now; empty where it does not.
    public var placed: [CurrentPlacement]

    /// Creates a job.
    public init(
        id: String, work: Work, weight: Double = 1, priority: Int = 0,
        tenant: String? = nil, minimumAccelerators: Int? = nil, maximumAccelerators: Int? = nil,
        constraints: [PolicyRule] = [], spread: Spread? = nil, placed: [CurrentPlacement] = []
    ) {
        self.spread = spread
        self.placed = placed
        self.id = id
        self.work = work
        self.weight = weight
        self.priority = priority
        self.tenant = tenant
        self.minimumAccelerators = minimumAccelerators
        self.maximumAccelerators = maximumAccelerators
        self.constraints = constraints
    }

    /// The model it trains or serves.
    public var model: TransformerModel {
        switch work {
        case .train(let demand): demand.model
        case .serve(let demand): demand.model
        case .reinforce(let demand): demand.learner.model
        }
    }

    /// What is trained, by reinforcement learning too; nil for serving.
    public var training: TrainingDemand? {
        switch work {
        case .train(let demand): demand
        case .reinforce(let demand): demand.learner
        case .serve: nil
        }
    }
}
