public import TangramUnits

/// What a step of reinforcement-learning post-training takes.
public struct ReinforcementEstimate: Hashable, Sendable {
    /// Replicas that sample on accelerators of one kind.
    public struct Rollout: Hashable, Sendable {
        /// The accelerator, by catalogue name.
        public var accelerator: String
        /// Accelerators that sample.
        public var acceleratorCount: Int
        /// A replica at its fullest.
        public var replica: ServingEstimate
        /// How many replicas there are.
        public var replicaCount: Int
        /// Answers of a step that they sample.
        public var sampleCount: Double
        /// Seconds of a decode step whatever its batch.
        public var stepTime: Seconds
        /// What one more sequence adds to a decode step.
        public var sequenceTime: Seconds
        /// Bringing new weights to them.
        public var weightSync: Seconds
    }

    /// Sampling all answers.
    public var rollout: Seconds
    /// Rewards, beyond what is checked while answers are sampled.
    public var reward: Seconds
    /// Forward passes over all answers: the policy's own probabilities, the reference model's, and
    /// the critic's values.
    public var reference: Seconds
    /// The learner's steps, and the critic's.
    public var learner: Seconds
    /// Bringing new weights to the replicas that sample.
    public var weightSync: Seconds
    /// One step.
    public var step: Seconds
    /// What of the phases other phases hide: their sum less the step.
    public var overlap: Seconds
    /// Tokens learned from per second, prompts included.
    public var throughput: TokenRate
    /// Where answers are sampled.
    public var rollouts: [Rollout]
    /// The learner's layout with its own estimate.
    public var training: TrainingEstimate
    /// Optimizer steps of one step.
    public var updateCount: Double
    /// Forward passes over all answers.
    public var scoringPassCount: Int
    /// Whether rollout and learner take turns on the same accelerators.
    public var isColocated: Bool
    /// One-sided relative uncertainty.
    public var relativeUncertainty: Double

    /// The parts with their names, in the order in which they happen; they sum to the step and what
    /// is hidden.
    public var phases: [(name: String, time: Seconds)] {
        [
            ("rollout", rollout), ("reward", reward), ("reference", reference),
            ("learner", learner), ("weight sync", weightSync),
        ]
    }

    /// Accelerators of all phases.
    public var acceleratorCount: Int {
        isColocated
            ? training.acceleratorCount
            : rollouts.reduce(training.acceleratorCount) { $0 + $1.acceleratorCount }
    }

    /// "rollout 8 × TP4 bf16 kv bf16 on h100-sxm-80gb; learner TP4 DP4 ZeRO-1 mb1 on b200"
    public func summary(learnerOn accelerator: String) -> String {
        let parts = rollouts.map {
            "\($0.replicaCount) × \($0.replica.layout.summary) on \($0.accelerator)"
        }
        return "rollout " + parts.joined(separator: " + ")
            + "; learner \(training.layout.summary)"
            + (isColocated ? " in turns" : " on \(accelerator)")
    }
}
