public import TangramCost
public import TangramUnits

/// What a step of an option over several phases, stages or pools is made of, for people.
public struct StepExplanation: Hashable, Sendable {
    /// A part of the time.
    public struct Term: Hashable, Sendable {
        /// What takes the time: "rollout", "micro-batches through the slowest stage".
        public var name: String
        /// How long; below 0 for what runs beside other terms.
        public var time: Seconds
        /// How it comes about: "2,048 answers of 1,024 tokens".
        public var detail: String

        /// Creates a term.
        public init(_ name: String, _ time: Seconds, detail: String = "") {
            self.name = name
            self.time = time
            self.detail = detail
        }
    }

    /// Accelerators that do the same, a stage or a phase.
    public struct Part: Hashable, Sendable {
        /// Which they are: "stage 3 of 8".
        public var name: String
        /// The pool.
        public var poolID: String
        /// Their layout.
        public var layout: String
        /// What one micro-batch, decode step or update takes them; nil where that says nothing.
        public var time: Seconds?
        /// Memory of the fullest device.
        public var memory: MemoryBreakdown

        /// Creates a part.
        public init(
            _ name: String, poolID: String, layout: String, time: Seconds? = nil,
            memory: MemoryBreakdown
        ) {
            self.name = name
            self.poolID = poolID
            self.layout = layout
            self.time = time
            self.memory = memory
        }
    }

    /// One step.
    public var stepTime: Seconds
    /// Its parts, which sum to it.
    public var terms: [Term]
    /// Who does what.
    public var parts: [Part]
    /// One-sided relative uncertainty of the step.
    public var relativeUncertainty: Double

    /// Creates an explanation.
    public init(
        stepTime: Seconds, terms: [Term], parts: [Part], relativeUncertainty: Double
    ) {
        self.stepTime = stepTime
        self.terms = terms
        self.parts = parts
        self.relativeUncertainty = relativeUncertainty
    }
}

extension StepExplanation {
    /// The phases of reinforcement learning.
    ///
    /// - Parameters:
    ///   - estimate: A step of its phases.
    ///   - demand: What was estimated.
    ///   - rolloutPools: Where answers are sampled, in the estimate's order.
    ///   - learnerPool: Where the learner is.
    public init(
        _ estimate: ReinforcementEstimate, of demand: ReinforcementDemand, rolloutPools: [String],
        learnerPool: String
    ) {
        let passes = estimate.scoringPassCount
        var terms = [
            Term(
                "rollout", estimate.rollout,
                detail: "\(demand.sampleCount) answers of \(demand.answerTokens) tokens, "
                    + "\(demand.longestAnswerTokens) the longest"),
            Term("reward", estimate.reward, detail: Self.reward(demand.reward)),
            Term(
                "reference", estimate.reference,
                detail: passes == 0
                    ? "nothing is scored again" : "\(passes) forward passes over all answers"),
            Term(
                "learner", estimate.learner,
                detail: "\(formatNumber(estimate.updateCount, digits: 4)) updates"
                    + (demand.hasCritic ? " of policy and critic" : "")),
            Term(
                "weight sync", estimate.weightSync,
                detail: estimate.isColocated ? "resharded in place" : "sent to the replicas"),
        ]
        if estimate.overlap > .zero {
            terms.append(
                Term(
                    "hidden", Seconds.zero - estimate.overlap,
                    detail: "rollout and learner work at once, one step apart"))
        }
        var parts = zip(estimate.rollouts, rolloutPools).map { rollout, pool in
            Part(
                "rollout", poolID: pool,
                layout: "\(rollout.replicaCount) × \(rollout.replica.layout.summary)",
                time: rollout.stepTime + rollout.sequenceTime * rollout.replica.batch,
                memory: rollout.replica.memory)
        }
        parts.append(
            Part(
                "learner", poolID: learnerPool,
                layout: "\(estimate.training.layout.summary), "
                    + estimate.training.computeFormat.rawValue,
                time: estimate.training.stepTime, memory: estimate.training.memory))
        self.init(
            stepTime: estimate.step, terms: terms, parts: parts,
            relativeUncertainty: estimate.relativeUncertainty)
    }

    private static func reward(_ reward: ReinforcementDemand.Reward) -> String {
        switch reward {
        case .verifier(let time, let workers):
            time > .zero
                ? "\(time) an answer by \(workers) verifiers, beside the rollout" : "no time"
        case .model(let model): "\(model.id) reads every answer"
        }
    }

    /// The stages of unlike pipelines.
    public init(_ estimate: UnlikeEstimate, pools: [String]) {
        var terms: [Term] = []
        let slowest = estimate.pipelineTimes.indices.max {
            estimate.pipelineTimes[$0] < estimate.pipelineTimes[$1]
        }
        if let slowest {
            let pipeline = estimate.layout.pipelines[slowest]
            let own = estimate.stages[slowest].map { $0.time + $0.transfer }
            let longest = own.max() ?? .zero
            let through = longest * Double(pipeline.microBatchCount)
            terms = [
                Term(
                    "slowest stage", through,
                    detail: "\(pipeline.microBatchCount) micro-batches of \(longest)"),
                Term(
                    "fill and drain", estimate.pipelineTimes[slowest] - through,
                    detail: "the other \(max(0, own.count - 1)) stages once"),
            ]
        }
        terms += [
            Term(
                "gradients and weights", estimate.dataParallelTime,
                detail: "between \(estimate.layout.replicaCount) replicas"),
            Term("optimizer", estimate.optimizerTime, detail: "the slowest stage"),
        ]
        var parts: [Part] = []
        for (pipeline, stages) in zip(estimate.layout.pipelines, estimate.stages) {
            for (place, stage) in stages.enumerated() {
                let group = stage.stage.group
                let sent =
                    stage.transfer > .zero
                    ? ", \(stage.transfer) of it sending"
                        + (stage.isStaged ? " through the hosts" : "") : ""
                parts.append(
                    Part(
                        "\(pipeline.replicaCount) × stage \(place + 1) of \(stages.count)",
                        poolID: pools.indices.contains(group) ? pools[group] : "?",
                        layout: "TP\(stage.stage.tensorParallel), "
                            + "\(stage.stage.layerCount) layers\(sent)",
                        time: stage.time + stage.transfer, memory: stage.memory))
            }
        }
        self.init(
            stepTime: estimate.stepTime, terms: terms, parts: parts,
            relativeUncertainty: estimate.relativeUncertainty)
    }
}
