package import Tangram

/// What an estimate of reinforcement learning is asked.
package struct ReinforcementQuestion: Sendable {
    /// The job.
    package var demand: ReinforcementDemand
    /// Where answers are sampled, and on how many; nil for the accelerators of the learner.
    package var rollout: (group: DeviceGroup, count: Int)?
    /// The layout of a replica that samples; nil to search for one.
    package var rolloutLayout: LayoutText?

    /// Creates a question.
    package init(demand: ReinforcementDemand) { self.demand = demand }
}

extension EstimateRequest {
    /// A step of reinforcement learning, by the layouts given or the best found.
    package func reinforce(
        _ question: ReinforcementQuestion
    ) throws(CommandFailure) -> ReinforcementEstimateReport {
        let demand = question.demand
        try Self.require(problems(of: demand))
        do {
            let learnerLayout = try layout?.training(count: count)
            if let learnerLayout {
                try Self.require(
                    LayoutCheck(model: demand.learner.model, group: group)
                        .problems(
                            of: learnerLayout,
                            demand: demand.learnerJob(on: group.accelerator.architecture),
                            count: count))
            }
            let rollout = question.rollout ?? (group, count)
            let replica = try question.rolloutLayout?.serving().layout
            if let replica {
                try Self.require(
                    LayoutCheck(model: demand.learner.model, group: rollout.group)
                        .problems(of: replica, count: rollout.count))
            }
            let found: [ReinforcementEstimate]
            let isFixed = learnerLayout != nil || replica != nil
            if question.rollout == nil && !isFixed {
                found = try ReinforcementSearch(demand, group: group).ranked(count: count).get()
            } else {
                let model =
                    question.rollout == nil
                    ? ReinforcementModel(demand, group: group, count: count)
                    : ReinforcementModel(
                        demand, rollouts: [.init(rollout.group, rollout.count)],
                        learner: .init(group, count))
                found = [
                    try model.estimate(learnerLayout: learnerLayout, rolloutLayout: replica).get()
                ]
            }
            return ReinforcementEstimateReport(
                demand, learner: group, rollout: rollout.group,
                estimates: Array(found.prefix(limit)), isSearched: !isFixed, explains: explains)
        } catch {
            throw Self.failure(error)
        }
    }

    /// The framework of that name.
    package static func framework(
        _ name: String
    ) throws(CommandFailure) -> ReinforcementFramework {
        do {
            if let framework = try ReinforcementFramework.shipped(name) { return framework }
            let names = try ReinforcementFramework.shippedNames()
            throw CommandFailure.unknown(
                "framework", name, among: names, hint: "known: \(names.joined(separator: ", "))")
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw Self.failure(error)
        }
    }

    private func problems(of demand: ReinforcementDemand) -> [String] {
        var problems: [String] = []
        let (answers, batch) = (demand.sampleCount, demand.learner.globalBatchSize)
        if answers % batch != 0 {
            problems.append(
                "--batch \(batch) does not divide the \(answers) answers of a step "
                    + "(--prompts × --samples = \(demand.promptCount) × "
                    + "\(demand.samplesPerPrompt))")
        }
        let longest = demand.promptTokens + demand.longestAnswerTokens
        if let limit = demand.learner.model.maximumContext, longest > limit {
            problems.append(
                "\(longest) tokens of prompt and longest answer are beyond the context of "
                    + "\(demand.learner.model.id), \(limit) tokens")
        }
        return problems
    }
}
