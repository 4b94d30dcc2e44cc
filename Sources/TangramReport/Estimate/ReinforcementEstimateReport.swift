public import TangramCost
import TangramHardware
import TangramModels
import TangramPlacement
import TangramUnits

/// What a step of reinforcement learning takes on some accelerators, as text and JSON.
public struct ReinforcementEstimateReport: Sendable {
    let demand: ReinforcementDemand
    let learner: DeviceGroup
    let rollout: DeviceGroup
    let estimates: [ReinforcementEstimate]
    let isSearched: Bool
    let explains: Bool

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - demand: The job.
    ///   - learner: The accelerators that learn.
    ///   - rollout: Those that sample.
    ///   - estimates: Ways to run it, fastest first; without any the report is empty.
    ///   - isSearched: Whether layouts were searched.
    ///   - explains: Whether every term of the learner is shown with its source.
    public init(
        _ demand: ReinforcementDemand, learner: DeviceGroup, rollout: DeviceGroup,
        estimates: [ReinforcementEstimate], isSearched: Bool, explains: Bool = false
    ) {
        self.demand = demand
        self.learner = learner
        self.rollout = rollout
        self.estimates = estimates
        self.isSearched = isSearched
        self.explains = explains
    }

    private var names: (rollout: String, learner: String) {
        (rollout.accelerator.id, learner.accelerator.id)
    }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        guard let best = estimates.first else { return "" }
        var facts = FactList(
            title: "Reinforcement learning of \(demand.learner.model.id) on "
                + "\(Figures.count(best.acceleratorCount)) accelerators")
        facts.add("learner", place(best.training.acceleratorCount, learner))
        if best.isColocated {
            facts.add("rollout", "in turns on the same accelerators")
        } else {
            facts.add(
                "rollout", place(best.rollouts.reduce(0) { $0 + $1.acceleratorCount }, rollout))
        }
        facts.add("demand", demand.summary)
        facts.add(
            isSearched ? "best way" : "layout", best.summary(learnerOn: learner.accelerator.id))
        facts.add("step", "\(best.step) ± \(Figures.percent(best.relativeUncertainty))")
        facts.add(
            "speed",
            "\(Figures.rate(best.throughput.value)) tokens/s learned from, "
                + "\(Figures.rate(best.throughput.value / Double(best.acceleratorCount)))"
                + " per accelerator")
        if let tokens = demand.learner.tokens {
            facts.add("finish", "\(tokens / best.throughput)")
        }
        let found = StepExplanation(
            best, of: demand, rolloutPools: best.rollouts.map { _ in names.rollout },
            learnerPool: names.learner)
        var sections = [facts.lines(style: style)]
        sections += StepExplanationText.sections(found, style)
        sections.append(
            BreakdownText.time(
                "One update of the learner", best.training.breakdown,
                total: best.training.stepTime, style: style))
        for rollout in best.rollouts {
            sections.append(
                BreakdownText.time(
                    "One output token of \(formatNumber(rollout.replica.batch, digits: 4)) answers "
                        + "at once, with prefill between",
                    rollout.replica.decodeBreakdown, total: rollout.replica.timePerOutputToken,
                    style: style))
        }
        if estimates.count > 1 { sections.append(alternatives(style)) }
        if explains { sections.append(explanation(best, style)) }
        sections.append(
            Grounds(
                accelerator: learner.accelerator, links: NetworkText.links(learner),
                model: demand.learner.model, uncertainty: best.relativeUncertainty
            ).lines(style))
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func place(_ count: Int, _ group: DeviceGroup) -> String {
        "\(Figures.count(count)) × \(group.accelerator.id), \(NetworkText.describe(group))"
    }

    private func alternatives(_ style: TextStyle) -> [String] {
        var table = TextTable([
            .number(""), .number("sample"), .number("learn"), .text("way"), .number("step"),
            .number("tokens/s"),
        ])
        for (index, estimate) in estimates.enumerated() {
            let sampling = estimate.rollouts.reduce(0) { $0 + $1.acceleratorCount }
            table.add([
                .init("\(index + 1)"), .init(Figures.count(sampling)),
                .init(Figures.count(estimate.training.acceleratorCount)),
                .init(estimate.summary(learnerOn: learner.accelerator.id)),
                .init(estimate.step.description),
                .init(Figures.rate(estimate.throughput.value)),
            ])
        }
        return [style.apply(.bold, "Ways to divide the accelerators")] + table.lines(style: style)
    }

    private func explanation(_ best: ReinforcementEstimate, _ style: TextStyle) -> [String] {
        var lines = TermSources(
            estimate: best.training, group: learner, stack: demand.learner.stack
        ).lines(style)
        lines += [
            "  rollout: a · longest + c · answers · mean, a + c · b the decode step of b sequences; "
                + "prompts prefilled once a group",
            "  reference: a third of an update without optimizer, gradients and recomputation, for "
                + "each pass over the answers (arXiv 2409.19256)",
            "  reward: what verifiers or the reward model take beyond the rollout",
            "  weight sync: 16-bit weights over the slower end's links, staged through hosts "
                + "between vendors",
        ]
        for rollout in best.rollouts {
            lines.append(
                "  decode step on \(rollout.accelerator): \(rollout.stepTime) + "
                    + "\(rollout.sequenceTime) for each sequence; "
                    + self.rollout.accelerator.efficiency.source)
        }
        return lines
    }

    /// The report as JSON.
    public var json: JSONValue {
        .members([
            "tangramEstimateVersion": 1,
            "kind": "rl",
            "model": .string(demand.learner.model.id),
            "accelerator": .string(learner.accelerator.id),
            "rolloutAccelerator": .string(rollout.accelerator.id),
            "isSearched": .bool(isSearched),
            "estimates": .array(estimates.map(json)),
        ])
    }

    private func json(_ estimate: ReinforcementEstimate) -> JSONValue {
        .members([
            "stepSeconds": .number(estimate.step.value),
            "tokensPerSecond": .number(estimate.throughput.value),
            "acceleratorCount": .integer(estimate.acceleratorCount),
            "isColocated": .bool(estimate.isColocated),
            "relativeUncertainty": .number(estimate.relativeUncertainty),
            "hiddenSeconds": .number(estimate.overlap.value),
            "phases": .array(
                estimate.phases.map {
                    .members(["name": .string($0.name), "seconds": .number($0.time.value)])
                }),
            "learner": EstimateJSON.training(estimate.training),
            "rollouts": .array(
                estimate.rollouts.map {
                    .members([
                        "accelerator": .string($0.accelerator),
                        "acceleratorCount": .integer($0.acceleratorCount),
                        "replicaCount": .integer($0.replicaCount),
                        "answers": .number($0.sampleCount),
                        "replica": EstimateJSON.serving($0.replica),
                    ])
                }),
        ])
    }
}
