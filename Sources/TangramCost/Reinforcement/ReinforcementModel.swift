import TangramHardware
import TangramModels
import TangramUnits

/// Costs reinforcement-learning post-training with rollout and learner on the same accelerators or
/// on pools apart.
///
/// A synchronous step is rollout + reward + reference + learner + weight sync. One step off policy,
/// rollout and reward run beside reference and learner where they have accelerators of their own:
/// the longer of both + weight sync (HybridFlow, arXiv 2409.19256, for the phases).
public struct ReinforcementModel: Sendable {
    /// What is asked for.
    public let demand: ReinforcementDemand
    /// Accelerators that sample, and how many.
    public let rollout: (group: DeviceGroup, count: Int)
    /// Accelerators that learn, and how many.
    public let learner: (group: DeviceGroup, count: Int)
    /// Whether both are the same accelerators, which take turns.
    public let isColocated: Bool

    /// A forward pass is a third of forward and backward (2 of 6 FLOP per weight and token).
    private static let forwardShare = 1.0 / 3

    /// Prepares a demand on one pool, whose accelerators take turns.
    public init(_ demand: ReinforcementDemand, group: DeviceGroup, count: Int) {
        self.demand = demand
        rollout = (group, count)
        learner = (group, count)
        isColocated = true
    }

    /// Prepares a demand with rollout on one pool and the learner on another.
    public init(
        _ demand: ReinforcementDemand, rollout: (group: DeviceGroup, count: Int),
        learner: (group: DeviceGroup, count: Int)
    ) {
        self.demand = demand
        self.rollout = rollout
        self.learner = learner
        isColocated = false
    }

    /// The best that rollout and learner reach, or why they cannot run.
    public func estimate() -> Result<ReinforcementEstimate, Rejection> {
        do throws(Rejection) {
            return .success(try found())
        } catch {
            return .failure(error)
        }
    }

    private func found() throws(Rejection) -> ReinforcementEstimate {
        let (replica, replicaCount) = try sampler()
        let training = try TrainingSearch(
            TrainingModel(demand: learnerDemand, group: learner.group)
        )
        .best(acceleratorCount: learner.count).get()
        let samples = Double(demand.sampleCount)
        // A full house serves at capacity; the longest answer is waited for with what is left of it.
        let rate = replica.capacity.value * Double(replicaCount)
        let longest =
            replica.timeToFirstToken.value
            + Double(demand.longestAnswerTokens) * replica.timePerOutputToken.value
        let sampling = max(samples / max(rate, 1e-30), longest)
        let steps = samples / Double(max(1, demand.learner.globalBatchSize))
        let passes = demand.hasCritic ? 2.0 : 1
        let learning =
            steps * training.stepTime.value * passes * Double(demand.epochCount)
        // The reference's pass, and the critic's values.
        let once = steps * training.stepTime.value * Self.forwardShare
        let reference =
            (demand.hasReference ? once : 0) + (demand.hasCritic ? once : 0)
        let reward = try reward(sampling: sampling)
        let sync = syncTime(replica, replicaCount)
        let step: Double
        if demand.schedule == .oneStepOffPolicy && !isColocated {
            step = max(sampling + reward, reference + learning) + sync
        } else {
            step = sampling + reward + reference + learning + sync
        }
        return ReinforcementEstimate(
            rollout: Seconds(sampling), reward: Seconds(reward), reference: Seconds(reference),
            learner: Seconds(learning), weightSync: Seconds(sync), step: Seconds(step),
            throughput: TokenRate(demand.tokenCount / step), replica: replica,
            replicaCount: replicaCount, training: training,
            relativeUncertainty: max(training.relativeUncertainty, replica.relativeUncertainty))
    }

    /// The learner's job: prompt and answer packed into sequences of their mean length.
    private var learnerDemand: TrainingDemand {
        var job = demand.learner
        job.sequenceLength = demand.promptTokens + demand.answerTokens
        return job
    }

    /// Replicas that fill the accelerators with the most answers per second.
    private func sampler() throws(Rejection) -> (ServingEstimate, Int) {
        let serving = ServingModel(
            demand: ServingDemand(
                model: demand.learner.model, requestRate: RequestRate(1),
                promptTokens: demand.promptTokens, outputTokens: demand.answerTokens,
                weightFormats: [.bf16]),
            group: rollout.group)
        let front = try ServingSearch(serving).front(acceleratorLimit: rollout.count).get()
        let best = front.max {
            $0.capacity.value * Double(rollout.count / $0.acceleratorCount)
                < $1.capacity.value * Double(rollout.count / $1.acceleratorCount)
        }
        guard let best, best.acceleratorCount <= rollout.count else {
            throw .capacity(
                needed: front.map(\.acceleratorCount).min() ?? 1, available: rollout.count)
        }
        return (best, rollout.count / best.acceleratorCount)
    }

    /// What rewards take beyond the rollout they are checked beside.
    private func reward(sampling: Double) throws(Rejection) -> Double {
        switch demand.reward {
        case .verifier(let time, let workers):
            // Answers are checked as they come; the last is checked after all.
            let all = Double(demand.sampleCount) * time.value / Double(max(1, workers))
            return max(time.value, all - sampling)
        case .model(let model):
            var job = learnerDemand
            job.model = model
            let pass = try TrainingSearch(TrainingModel(demand: job, group: learner.group))
                .best(acceleratorCount: learner.count).get()
            return Double(demand.sampleCount) / Double(max(1, job.globalBatchSize))
                * pass.stepTime.value * Self.forwardShare
        }
    }

    /// New weights in 16 bits go from the learner's ranks to the first replica, all of its
    /// accelerators at once, and on from replica to replica in pieces, which costs little more.
    private func syncTime(_ replica: ServingEstimate, _ replicaCount: Int) -> Double {
        let bytes = MixedPrecision.weight * Double(demand.learner.model.parameterCount)
        if isColocated {
            // Gathered over the fabric or the scale-up link, whichever joins the ranks.
            let group = learner.group
            let rate =
                learner.count <= group.localSize
                ? group.scaleUp.bandwidth.value : group.fabricBandwidth.value
            return bytes / max(rate, 1) / Double(max(1, replica.acceleratorCount))
        }
        let lanes = min(learner.count, replica.acceleratorCount)
        let link = UnlikeLink(learner.group, rollout.group)
        return link.seconds(bytes, lanes: lanes) + Double(max(0, replicaCount - 1)) * link.latency
    }
}
