extension ReinforcementDemand {
    /// What is learned from answers, as far as it costs anything: losses differ in arithmetic that
    /// takes no time.
    public enum Algorithm: String, CaseIterable, Hashable, Sendable {
        /// Advantages relative to the group, a reference model for the KL term (arXiv 2402.03300).
        case grpo
        /// GRPO without a reference (DAPO, arXiv 2503.14476, §2.3).
        case dapo
        /// A critic of the learner's size, and a reference (arXiv 1707.06347, 2203.02155).
        case ppo

        /// Whether a frozen reference model scores the answers.
        public var hasReference: Bool { self != .dapo }
        /// Whether a critic is trained.
        public var hasCritic: Bool { self == .ppo }
    }
}
