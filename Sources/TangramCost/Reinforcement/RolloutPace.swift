import CCostKernel
import TangramUnits

/// How long replicas of one layout take to sample answers.
///
/// A decode step of b sequences takes about a + c · b: weights are read once, caches for every
/// sequence. Answers that start together end one by one, and the sum over steps of what is still
/// running is the number of tokens whatever the lengths, so that n answers of mean length m and
/// longest L take a · (L + max(0, n − B) · m ÷ B) + c · n · m, where B sequences fit into memory at
/// once and others follow as places fall free. Prompts are prefilled once for all answers of a group.
struct RolloutPace: Sendable {
    /// Seconds of a decode step whatever its batch, and of one more sequence.
    var step: Double
    var sequence: Double
    /// Most sequences of a replica at once.
    var batchLimit: Double
    /// Seconds of a replica for the prefill of one prompt.
    var prefill: Double
    /// How many replicas sample.
    var replicaCount: Double

    /// The pace of a replica that starts on `answers` answers; nil where its weights do not fit.
    init?(_ state: ReplicaState, answers: Double, replicaCount: Int) {
        guard state.batchLimit >= 1 else { return nil }
        batchLimit = Double(state.batchLimit)
        self.replicaCount = Double(replicaCount)
        prefill = state.prefillPerRequest
        let kept = state.model.demand.speculation?.keptTokens ?? 1
        let one = state.point(batch: 1).step_s / kept
        let many = min(batchLimit, max(1, answers / self.replicaCount))
        guard many > 1 else {
            (step, sequence) = (one, 0)
            return
        }
        sequence = max(0, state.point(batch: many).step_s / kept - one) / (many - 1)
        step = one - sequence
    }

    /// Creates a pace.
    init(
        step: Double, sequence: Double, batchLimit: Double, prefill: Double, replicaCount: Double
    ) {
        self.step = step
        self.sequence = sequence
        self.batchLimit = batchLimit
        self.prefill = prefill
        self.replicaCount = replicaCount
    }

    /// Seconds until the last of `answers` answers is there.
    func seconds(answers: Double, of demand: ReinforcementDemand) -> Double {
        guard answers > 0 else { return 0 }
        let own = max(1, answers / replicaCount)
        // Prefill gives the first token.
        let mean = Double(max(0, demand.answerTokens - 1))
        let longest = Double(max(0, demand.longestAnswerTokens - 1))
        let prompts = own / Double(max(1, demand.samplesPerPrompt))
        return prefill * prompts
            + step * (longest + max(0, own - batchLimit) * mean / batchLimit)
            + sequence * own * mean
    }
}
