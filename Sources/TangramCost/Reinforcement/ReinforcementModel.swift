import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

/// Costs reinforcement-learning post-training with rollout and learner on the same accelerators or
/// on pools apart.
///
/// A synchronous step is rollout + reward + reference + learner + weight sync. One step off policy,
/// rollout and reward run beside reference and learner where they have accelerators of their own:
/// the longer of both + weight sync (HybridFlow, arXiv 2409.19256, for the phases). Phases that take
/// turns on the same accelerators give each other the memory: engines sleep while the learner works,
/// and the states of the learner move to the host while answers are sampled.
public struct ReinforcementModel: Sendable {
    /// Accelerators of one kind.
    public struct Accelerators: Hashable, Sendable {
        /// What they are.
        public var group: DeviceGroup
        /// How many there are.
        public var count: Int

        /// Creates them.
        public init(_ group: DeviceGroup, _ count: Int) {
            self.group = group
            self.count = count
        }
    }

    /// What is asked for.
    public let demand: ReinforcementDemand
    /// Accelerators that sample; those of several kinds share the answers by their speed.
    public let rollouts: [Accelerators]
    /// Accelerators that learn.
    public let learner: Accelerators
    /// Whether both are the same accelerators, which take turns.
    public let isColocated: Bool

    /// A forward pass is a third of forward and backward (2 of 6 FLOP per weight and token).
    private static let forwardShare = 1.0 / 3

    /// Prepares a demand on one pool, whose accelerators take turns.
    public init(_ demand: ReinforcementDemand, group: DeviceGroup, count: Int) {
        self.demand = demand
        learner = Accelerators(group, count)
        rollouts = [learner]
        isColocated = true
    }

    /// Prepares a demand with rollouts on some accelerators and the learner on others.
    public init(
        _ demand: ReinforcementDemand, rollouts: [Accelerators], learner: Accelerators
    ) {
        self.demand = demand
        self.rollouts = rollouts
        self.learner = learner
        isColocated = false
    }

    /// The best that rollout and learner reach, or why they cannot run.
    ///
    /// - Parameters:
    ///   - learnerLayout: The learner's layout, which divides the job; nil to search for one.
    ///   - rolloutLayout: That of a replica that samples; nil to search for one.
    public func estimate(
        learnerLayout: TrainingLayout? = nil, rolloutLayout: ServingLayout? = nil
    ) -> Result<ReinforcementEstimate, Rejection> {
        do throws(Rejection) {
            let training: TrainingEstimate
            if let learnerLayout {
                training = try TrainingModel(demand: job, group: learner.group)
                    .estimate(learnerLayout)
            } else {
                training = try TrainingSearch(demand: job, group: learner.group)
                    .best(acceleratorCount: learner.count).get()
            }
            return .success(
                estimate(training, try shares(rolloutLayout), reward: try rewardPass()))
        } catch {
            return .failure(error)
        }
    }

    /// The learner's job on its accelerators.
    private var job: TrainingDemand {
        demand.learnerJob(on: learner.group.accelerator.architecture)
    }

    // MARK: Rollout

    /// Replicas with the answers that they sample.
    package struct Share: Sendable {
        var found: RolloutSearch.Found
        var answers: Double
    }

    /// Answers divided so that all accelerators end together.
    package func shares(_ layout: ServingLayout? = nil) throws(Rejection) -> [Share] {
        let all = Double(demand.sampleCount)
        guard !rollouts.isEmpty, all > 0 else {
            throw .noLayout(acceleratorCount: 0, reason: "there is nothing to sample, or nowhere")
        }
        var shares: [Share] = []
        for part in rollouts {
            let search = RolloutSearch(
                demand: demand, group: part.group, count: part.count, layout: layout)
            shares.append(
                Share(
                    found: try search.best(answers: all / Double(rollouts.count)), answers: all))
        }
        guard shares.count > 1 else { return shares }
        for index in shares.indices {
            // With what it will get, another layout may be best.
            divide(all, over: &shares)
            let part = rollouts[index]
            let search = RolloutSearch(
                demand: demand, group: part.group, count: part.count, layout: layout)
            shares[index].found = try search.best(answers: max(1, shares[index].answers))
        }
        divide(all, over: &shares)
        return shares
    }

    /// The answers that each samples in the time in which all of them sample all.
    private func divide(_ all: Double, over shares: inout [Share]) {
        func answers(_ share: Share, within time: Double) -> Double {
            var (low, high) = (0.0, all)
            if share.found.pace.seconds(answers: all, of: demand) <= time { return all }
            for _ in 0..<Self.halvings {
                let middle = (low + high) / 2
                if share.found.pace.seconds(answers: middle, of: demand) <= time {
                    low = middle
                } else {
                    high = middle
                }
            }
            return low
        }
        var (low, high) = (0.0, 0.0)
        for share in shares {
            high = max(high, share.found.pace.seconds(answers: all, of: demand))
        }
        for _ in 0..<Self.halvings {
            let middle = (low + high) / 2
            let sum = shares.reduce(0) { $0 + answers($1, within: middle) }
            if sum < all { low = middle } else { high = middle }
        }
        for index in shares.indices { shares[index].answers = answers(shares[index], within: high) }
        // What rounding leaves goes to those that end last.
        let sum = shares.reduce(0) { $0 + $1.answers }
        guard sum > 0 else { return }
        for index in shares.indices { shares[index].answers *= all / sum }
    }

    /// Halvings of an interval: enough for a double's digits.
    private static let halvings = 60

    // MARK: Phases

    /// The step with a learner and shares that were found before.
    package func estimate(
        _ training: TrainingEstimate, _ shares: [Share], reward pass: TrainingEstimate?
    ) -> ReinforcementEstimate {
        let samples = Double(demand.sampleCount)
        let sampling = shares.map { $0.found.pace.seconds(answers: $0.answers, of: demand) }.max()
        let framework = demand.framework
        let rollout = (sampling ?? 0) / framework.rolloutRate
        let updates =
            samples / Double(max(1, demand.learner.globalBatchSize)) * Double(demand.epochCount)
        let models = demand.hasCritic ? 2.0 : 1
        let learning = updates * training.stepTime.value * models / framework.learnerRate
        let passes = [demand.scoresPolicy, demand.hasReference, demand.hasCritic].count { $0 }
        let reading =
            Double(passes) * forward(training, batch: demand.learner.globalBatchSize)
            / framework.learnerRate
        let reward = reward(sampling: rollout, pass)
        var rollouts: [ReinforcementEstimate.Rollout] = []
        for (share, part) in zip(shares, self.rollouts) {
            rollouts.append(self.rollout(share, part))
        }
        let sync = rollouts.reduce(refit) { $0 + $1.weightSync.value }
        let sum = rollout + reward + reading + learning + sync
        var step = sum
        if demand.schedule == .oneStepOffPolicy && !isColocated {
            step = max(rollout + reward, reading + learning) + sync
        }
        return ReinforcementEstimate(
            rollout: Seconds(rollout), reward: Seconds(reward), reference: Seconds(reading),
            learner: Seconds(learning), weightSync: Seconds(sync), step: Seconds(step),
            overlap: Seconds(sum - step), throughput: TokenRate(demand.tokenCount / step),
            rollouts: rollouts, training: training, updateCount: updates,
            scoringPassCount: passes, isColocated: isColocated,
            relativeUncertainty: framework.relativeUncertainty
                ?? rollouts.map(\.replica.relativeUncertainty)
                .reduce(training.relativeUncertainty, max))
    }

    /// What the framework takes to turn the learner's weights into the engine's.
    private var refit: Double {
        guard let rate = demand.framework.refitRate else { return 0 }
        let accelerators =
            isColocated
            ? learner.count : rollouts.reduce(learner.count) { $0 + $1.count }
        return MixedPrecision.weight * trainedParameterCount
            / max(1, rate.value * Double(max(1, accelerators)))
    }

    private func rollout(
        _ share: Share, _ part: Accelerators
    ) -> ReinforcementEstimate.Rollout {
        let (found, pace) = (share.found, share.found.pace)
        let state = ReplicaState(model: found.model, layout: found.layout)
        let batch = min(pace.batchLimit, max(1, share.answers / pace.replicaCount))
        let replica = state.estimate(
            batch: batch, capacity: state.point(batch: pace.batchLimit).rate)
        return ReinforcementEstimate.Rollout(
            accelerator: part.group.accelerator.id, acceleratorCount: part.count,
            replica: replica, replicaCount: Int(pace.replicaCount), sampleCount: share.answers,
            stepTime: Seconds(pace.step), sequenceTime: Seconds(pace.sequence),
            weightSync: Seconds(
                syncTime(part, lanes: found.layout.acceleratorCount, Int(pace.replicaCount))))
    }

    /// Seconds of one forward pass over all answers in batches of `batch`: a third of what a step
    /// takes without its optimizer, its gradients between replicas and what it computes again.
    private func forward(_ training: TrainingEstimate, batch: Int) -> Double {
        let others = training.breakdown.reduce(0.0) { sum, part in
            switch part.cause {
            case .optimizer, .dataParallel, .recompute: sum + part.time.value
            default: sum
            }
        }
        let passes = Double(demand.sampleCount) / Double(max(1, batch))
        return passes * max(0, training.stepTime.value - others) * Self.forwardShare
    }

    /// A pass of the reward model on the learner's accelerators; nil for a verifier.
    package func rewardPass() throws(Rejection) -> TrainingEstimate? {
        guard case .model(let model) = demand.reward else { return nil }
        var job = self.job
        job.model = model
        return try TrainingSearch(demand: job, group: learner.group)
            .best(acceleratorCount: learner.count).get()
    }

    /// What rewards take beyond the rollout they are checked beside.
    private func reward(sampling: Double, _ pass: TrainingEstimate?) -> Double {
        switch demand.reward {
        case .verifier(let time, let workers):
            // Answers are checked as they come; the last is checked after all.
            let all = Double(demand.sampleCount) * time.value / Double(max(1, workers))
            return max(time.value, all - sampling)
        case .model:
            return pass.map { forward($0, batch: job.globalBatchSize) } ?? 0
        }
    }

    /// Weights that change: all, or those of adapters.
    private var trainedParameterCount: Double {
        switch demand.learner.method {
        case .full: Double(demand.learner.model.parameterCount)
        case .lora(let rank):
            Double(rank) * ModelShape(demand.learner.model, includesPrediction: false).adapterWidth
        }
    }

    /// New weights go from the learner's ranks to the first replica, all of its accelerators at
    /// once, and on from replica to replica in pieces, which costs little more.
    private func syncTime(_ part: Accelerators, lanes replica: Int, _ replicaCount: Int) -> Double {
        let bytes = MixedPrecision.weight * trainedParameterCount
        if isColocated {
            // Gathered over the fabric or the scale-up link, whichever joins the ranks.
            let group = learner.group
            let rate =
                learner.count <= group.localSize
                ? group.scaleUp.bandwidth.value : group.fabricBandwidth.value
            return bytes / max(rate, 1) / Double(max(1, replica))
        }
        let lanes = min(learner.count, replica)
        let link = UnlikeLink(learner.group, part.group)
        return link.seconds(bytes, lanes: lanes) + Double(max(0, replicaCount - 1)) * link.latency
    }
}
