import TangramDocument
import TangramHardware
import TangramModels
import TangramPlacement
import TangramUnits

/// Reads a job's `rl:`.
extension DemandReader {
    /// More answers in one step than anyone samples.
    private static let answerLimit = 10_000_000

    func reinforcement(_ cursor: Cursor) -> ReinforcementDemand? {
        guard
            cursor.allowKeys([
                "model", "algorithm", "prompts", "samples", "prompt", "answer", "longest",
                "batch", "epochs", "reward", "reference", "critic", "rescore", "schedule", "steps",
                "deadline", "precision", "method", "rollout", "kv", "all-to-all", "framework",
            ])
        else { return nil }
        let model = cursor.required("model").flatMap(models.model)
        let algorithm =
            cursor.optional("algorithm").map {
                $0.choice(ReinforcementDemand.Algorithm.allCases.map { ($0.rawValue, $0) })
            } ?? .grpo
        let prompts = cursor.required("prompts")?.integer(in: 1...Self.answerLimit)
        let samples = cursor.required("samples")?.integer(in: 1...100_000)
        let prompt = cursor.required("prompt")?.tokenCount()
        let answer = cursor.required("answer")?.tokenCount()
        let longest = cursor.optional("longest")?.tokenCount()
        if let longest, let answer, longest < answer {
            cursor.optional("longest")?.fail(
                "the longest answer, \(longest) tokens, is shorter than the mean of \(answer)")
        }
        if let prompt, let answer {
            checkContext(
                cursor.optional(longest == nil ? "answer" : "longest"),
                tokens: prompt + max(longest ?? answer, answer), model: model)
        }
        let batch = cursor.optional("batch")?.integer(in: 1...Self.answerLimit)
        checkBatch(cursor, prompts: prompts, samples: samples, batch: batch)
        let reward = cursor.optional("reward").map(reward) ?? .verifier(time: .zero, workers: 1)
        let schedule =
            cursor.optional("schedule").map {
                $0.choice(ReinforcementDemand.Schedule.allCases.map { ($0.rawValue, $0) })
            } ?? .synchronous
        let epochs = cursor.optional("epochs")?.integer(in: 1...1_000)
        let reference = cursor.optional("reference")?.bool()
        let critic = cursor.optional("critic")?.bool()
        let rescores = cursor.optional("rescore")?.bool()
        let steps = cursor.optional("steps")?.integer(in: 1...1_000_000_000)
        let deadline = cursor.optional("deadline")?.positive(Seconds.self, upTo: Seconds(1e9))
        if steps == nil {
            cursor.optional("deadline")?.fail(
                "a deadline needs \"steps\"", note: "without them the job never ends")
        }
        let formats = cursor.optional("precision").map {
            readFormats($0, among: [.bf16, .fp16, .fp8, .fp4])
        }
        let sampled = cursor.optional("rollout").map {
            readFormats($0, among: Self.servedFormats)
        }
        let cache =
            cursor.optional("kv").map {
                $0.choice(Self.choices(Self.servedFormats))
            } ?? .bf16
        let method = cursor.optional("method").map(Self.method) ?? .full
        let dispatch =
            cursor.optional("all-to-all").map { dispatchFormat($0, model: model) } ?? .bf16
        guard let model, let algorithm, let prompts, let samples, let prompt, let answer,
            let reward, let schedule, let cache, let method, let dispatch
        else { return nil }
        var learner = TrainingDemand(
            model: model, sequenceLength: prompt + answer,
            globalBatchSize: batch ?? prompts * samples, format: formats?.first ?? .bf16,
            method: method, deadline: deadline, dispatchFormat: dispatch)
        learner.alternativeFormats = Array((formats ?? []).dropFirst())
        var demand = ReinforcementDemand(
            learner: learner, promptCount: prompts, samplesPerPrompt: samples,
            promptTokens: prompt, answerTokens: answer, longestAnswerTokens: longest,
            reward: reward, hasReference: reference ?? algorithm.hasReference,
            scoresPolicy: rescores ?? true, hasCritic: critic ?? algorithm.hasCritic,
            epochCount: epochs ?? 1, schedule: schedule)
        demand.rolloutFormats = sampled ?? []
        demand.keyValueFormat = cache
        if let name = cursor.optional("framework"), let id = name.string() {
            if let framework = try? ReinforcementFramework.shipped(id) {
                demand.framework = framework
            } else {
                name.failUnknown(
                    "framework", id,
                    among: (try? ReinforcementFramework.shippedNames()) ?? [])
            }
        }
        demand.learner.tokens = steps.map { Tokens(Double($0) * demand.tokenCount) }
        return demand
    }

    private func checkBatch(_ cursor: Cursor, prompts: Int?, samples: Int?, batch: Int?) {
        guard let prompts, let samples else { return }
        let (answers, overflow) = prompts.multipliedReportingOverflow(by: samples)
        if overflow || answers > Self.answerLimit {
            cursor.optional("samples")?.fail(
                "\(prompts) prompts with \(samples) samples each are not plausible",
                note: "at most \(Self.answerLimit) answers of one step")
        } else if let batch, answers % batch != 0 {
            cursor.optional("batch")?.fail(
                "\(batch) does not divide the \(answers) answers of a step",
                note: "prompts × samples = \(prompts) × \(samples)")
        }
    }

    /// `{verifier: 2 s, workers: 64}` or `{model: NAME}`.
    private func reward(_ cursor: Cursor) -> ReinforcementDemand.Reward? {
        guard cursor.allowKeys(["verifier", "workers", "model"]) else { return nil }
        if let model = cursor.optional("model") {
            for key in ["verifier", "workers"] {
                cursor.optional(key)?.fail("a reward model is not a verifier", note: "keep one")
            }
            return models.model(model).map { .model($0) }
        }
        let time = cursor.required("verifier")?.positive(Seconds.self, upTo: Seconds(1e5))
        let workers = cursor.optional("workers")?.integer(in: 1...1_000_000)
        return time.map { .verifier(time: $0, workers: workers ?? 1) }
    }
}
