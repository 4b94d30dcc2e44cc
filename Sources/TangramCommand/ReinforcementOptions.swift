public import ArgumentParser
public import Tangram
import TangramCommandCore

extension ReinforcementDemand.Algorithm: ExpressibleByArgument {}
extension ReinforcementDemand.Schedule: ExpressibleByArgument {}

/// What is learned from answers that are sampled.
struct ReinforcementOptions: ParsableArguments {
    @Option(help: "What is learned.")
    var algorithm = ReinforcementDemand.Algorithm.grpo

    @Option(help: "Prompts of one step.")
    var prompts = 256

    @Option(help: "Answers sampled for each prompt.")
    var samples = 16

    @Option(help: "Tokens of the longest answer of a step; the mean by default.")
    var longest: TokenCount?

    @Option(help: "How often the learner goes over the answers of a step.")
    var epochs = 1

    @Option(help: "How rollout and learner follow each other.")
    var schedule = ReinforcementDemand.Schedule.synchronous

    @Option(help: "A framework of frameworks.json, with its stack and engine; none by default.")
    var framework: String?

    @Option(
        help: "How long a program checks an answer, for example \"500 ms\".",
        transform: QuantityArgument.init)
    var verifier: QuantityArgument<Seconds>?

    @Option(help: "How many of these programs run at once.")
    var verifiers = 1

    @Option(help: "A model that reads every answer, in place of a program.")
    var rewardModel: String?

    @Option(help: "Sample on this accelerator; the learner stays on that of --on.")
    var rolloutOn: String?

    @Option(help: "How many accelerators sample.")
    var rolloutCount: Int?

    @Option(help: "The layout of a replica that samples, for example tp=4.")
    var rolloutLayout: String?

    func validate() throws {
        for (name, value, limit) in [
            ("prompts", prompts, 10_000_000), ("samples", samples, 100_000),
            ("epochs", epochs, 1_000), ("verifiers", verifiers, 1_000_000),
        ] where !(1...limit).contains(value) {
            throw ValidationError("--\(name) \(value) is not from 1 to \(limit)")
        }
        if (rolloutOn == nil) != (rolloutCount == nil) {
            throw ValidationError("--rollout-on and --rollout-count belong together")
        }
        if let rolloutCount, !(1...1_000_000).contains(rolloutCount) {
            throw ValidationError("--rollout-count \(rolloutCount) is not from 1 to 1,000,000")
        }
        if verifier != nil && rewardModel != nil {
            throw ValidationError("--verifier and --reward-model exclude each other")
        }
    }

    func demand(_ learner: TrainingDemand, prompt: Int, answer: Int) -> ReinforcementDemand {
        var learner = learner
        learner.sequenceLength = prompt + answer
        return ReinforcementDemand(
            learner: learner, promptCount: prompts, samplesPerPrompt: samples,
            promptTokens: prompt, answerTokens: answer, longestAnswerTokens: longest?.value,
            reward: .verifier(time: verifier?.quantity ?? .zero, workers: verifiers),
            hasReference: algorithm.hasReference, hasCritic: algorithm.hasCritic,
            epochCount: epochs, schedule: schedule)
    }
}
