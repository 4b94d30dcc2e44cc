public import TangramHardware
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
    /// Whether the policy scores the answers again before it learns, because the engine that sampled
    /// them computes other probabilities (PPO's ratio).
    public var scoresPolicy: Bool
    /// Whether a critic of the learner's size is trained beside it (PPO).
    public var hasCritic: Bool
    /// How often the learner goes over the answers of a step.
    public var epochCount: Int
    /// Order of the phases.
    public var schedule: Schedule
    /// Formats that weights may be sampled in; empty for 16 bits, which the learner has anyway.
    public var rolloutFormats: [NumberFormat] = []
    /// The format of the KV cache.
    public var keyValueFormat = NumberFormat.bf16
    /// The engine that samples.
    public var engine = ServingEngine.current
    /// The framework that drives the phases.
    public var framework = ReinforcementFramework.ideal

    /// Creates a demand.
    public init(
        learner: TrainingDemand, promptCount: Int, samplesPerPrompt: Int, promptTokens: Int,
        answerTokens: Int, longestAnswerTokens: Int? = nil,
        reward: Reward = .verifier(time: .zero, workers: 1), hasReference: Bool = true,
        scoresPolicy: Bool = true, hasCritic: Bool = false, epochCount: Int = 1,
        schedule: Schedule = .synchronous
    ) {
        self.learner = learner
        self.promptCount = promptCount
        self.samplesPerPrompt = samplesPerPrompt
        self.promptTokens = promptTokens
        self.answerTokens = answerTokens
        self.longestAnswerTokens = max(longestAnswerTokens ?? answerTokens, answerTokens)
        self.reward = reward
        self.hasReference = hasReference
        self.scoresPolicy = scoresPolicy
        self.hasCritic = hasCritic
        self.epochCount = max(1, epochCount)
        self.schedule = schedule
    }

    /// "512 prompts × 16 answers of 4,096 tokens …", for people.
    public var summary: String {
        var parts = [
            "\(promptCount) prompts of \(promptTokens) tokens × \(samplesPerPrompt) answers of "
                + "\(answerTokens) tokens (longest \(longestAnswerTokens))",
            "batches of \(learner.globalBatchSize)",
        ]
        if epochCount > 1 { parts.append("\(epochCount) epochs") }
        if case .lora(let rank) = learner.method { parts.append("LoRA of rank \(rank)") }
        if hasCritic { parts.append("with a critic") }
        if !hasReference { parts.append("without a reference") }
        parts.append(schedule.rawValue)
        if let tokens = learner.tokens {
            parts.append("\(Int((tokens.value / max(1, tokenCount)).rounded())) steps")
        }
        if let deadline = learner.deadline { parts.append("done in \(deadline)") }
        return parts.joined(separator: ", ")
    }

    /// Answers of one step.
    public var sampleCount: Int { promptCount * samplesPerPrompt }
    /// The learner's job on accelerators of an architecture: prompt and answer packed into sequences of
    /// their mean length, by the framework's software where the job names none.
    public func learnerJob(on architecture: String) -> TrainingDemand {
        var job = learner
        job.sequenceLength = promptTokens + answerTokens
        if job.stack == .current, let name = framework.stack,
            let stack = try? SoftwareStack.shipped(name, architecture: architecture)
        {
            job.stack = stack
        }
        return job
    }

    /// The engine on accelerators of an architecture: the framework's where the job names none.
    public func engine(on architecture: String) -> ServingEngine {
        guard engine == .current, let name = framework.engine,
            let own = try? ServingEngine.shipped(name, architecture: architecture)
        else { return engine }
        return own
    }
    /// Tokens of one step, prompts included.
    public var tokenCount: Double {
        Double(sampleCount) * Double(promptTokens + answerTokens)
    }
}
