public import TangramModels
public import TangramUnits

/// What reinforcement-learning post-training of a language model asks for: groups of answers are
/// sampled, rewarded and learned from (GRPO, arXiv 2402.03300; PPO, arXiv 1707.06347).
public struct ReinforcementDemand: Hashable, Sendable {
    /// Where rewards come from.
    public enum Reward: Hashable, Sendable {
        /// A program that checks an answer in this time; `workers` of them run at once (RLVR).
        case verifier(time: Seconds, workers: Int)
        /// A model that reads prompt and answer once.
        case model(TransformerModel)
    }

    /// How rollout and learner follow each other.
    public enum Schedule: String, CaseIterable, Hashable, Sendable {
        /// Answers are sampled with the weights they are learned from.
        case synchronous
        /// The learner takes the answers of one step before, so that both work at once.
        case oneStepOffPolicy = "one-step-off-policy"
    }

    /// The job of the learner: model, format, method and software. Its sequences are prompt and
    /// answer, its batch is a mini-batch.
    public var learner: TrainingDemand
    /// Prompts of one step.
    public var promptCount: Int
    /// Answers sampled for each prompt.
    public var samplesPerPrompt: Int
    /// Mean tokens of a prompt.
    public var promptTokens: Int
    /// Mean tokens of an answer.
    public var answerTokens: Int
    /// Tokens of the longest answer of a step; a synchronous step waits for it.
    public var longestAnswerTokens: Int
    /// The reward.
    public var reward: Reward
    /// Whether a frozen reference model scores the answers (the KL term).
    public var hasReference: Bool
    /// Whether a critic of the learner's size is trained beside it (PPO).
    public var hasCritic: Bool
    /// How often the learner goes over the answers of a step.
    public var epochCount: Int
    /// Order of the phases.
    public var schedule: Schedule

    /// Creates a demand.
    public init(
        learner: TrainingDemand, promptCount: Int, samplesPerPrompt: Int, promptTokens: Int,
        answerTokens: Int, longestAnswerTokens: Int? = nil,
        reward: Reward = .verifier(time: .zero, workers: 1), hasReference: Bool = true,
        hasCritic: Bool = false, epochCount: Int = 1, schedule: Schedule = .synchronous
    ) {
        self.learner = learner
        self.promptCount = promptCount
        self.samplesPerPrompt = samplesPerPrompt
        self.promptTokens = promptTokens
        self.answerTokens = answerTokens
        self.longestAnswerTokens = max(longestAnswerTokens ?? answerTokens, answerTokens)
        self.reward = reward
        self.hasReference = hasReference
        self.hasCritic = hasCritic
        self.epochCount = max(1, epochCount)
        self.schedule = schedule
    }

    /// Answers of one step.
    public var sampleCount: Int { promptCount * samplesPerPrompt }
    /// Tokens of one step, prompts included.
    public var tokenCount: Double {
        Double(sampleCount) * Double(promptTokens + answerTokens)
    }
}
