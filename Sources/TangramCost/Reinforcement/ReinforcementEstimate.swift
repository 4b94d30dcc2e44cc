public import TangramUnits

/// What a step of reinforcement-learning post-training takes.
public struct ReinforcementEstimate: Hashable, Sendable {
    /// Sampling all answers.
    public var rollout: Seconds
    /// Rewards, beyond what is checked while answers are sampled.
    public var reward: Seconds
    /// The reference model's forward pass over all answers.
    public var reference: Seconds
    /// The learner's steps, and the critic's.
    public var learner: Seconds
    /// Bringing new weights to the replicas that sample.
    public var weightSync: Seconds
    /// One step.
    public var step: Seconds
    /// Tokens learned from per second, prompts included.
    public var throughput: TokenRate
    /// A replica that samples.
    public var replica: ServingEstimate
    /// How many sample.
    public var replicaCount: Int
    /// The learner's layout with its own estimate.
    public var training: TrainingEstimate
    /// One-sided relative uncertainty.
    public var relativeUncertainty: Double

    /// The parts with their names, in the order in which they happen.
    public var phases: [(name: String, time: Seconds)] {
        [
            ("rollout", rollout), ("reward", reward), ("reference", reference),
            ("learner", learner), ("weight sync", weightSync),
        ]
    }
}
