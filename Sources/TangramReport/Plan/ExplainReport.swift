public import TangramPlacement
import TangramUnits

/// Why one job is where it is, as text for people.
public struct ExplainReport: Sendable {
    let context: PlanContext
    let jobPlan: JobPlan
    let job: Job

    /// Prepares a report; nil where plan or scenario have no job of that name.
    public init?(_ plan: Plan, scenario: Scenario, jobID: String) {
        context = PlanContext(plan, scenario)
        guard let jobPlan = plan.job(jobID), let job = context.job(jobID) else { return nil }
        self.jobPlan = jobPlan
        self.job = job
    }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        var sections = [heading(style)]
        if jobPlan.isPlaced {
            for placement in jobPlan.placements {
                sections += placementSections(placement, style)
            }
        } else {
            sections.append(closestMiss(style))
        }
        sections.append(alternatives(style))
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n") + "\n"
    }

    /// The same as JSON: the job's part of the plan.
    public var json: JSONValue {
        .members([
            "tangramExplainVersion": 1,
            "scenario": .string(context.plan.scenarioName),
            "job": PlanJSON.job(jobPlan, context: context),
        ])
    }

    private func heading(_ style: TextStyle) -> [String] {
        var lines = [style.apply(.bold, "\(job.id.printable): \(job.kindName) \(job.model.id)")]
        lines.append("  asks for \(demand), weight \(formatNumber(job.weight, digits: 3))")
        if let tenant = job.tenant { lines.append("  tenant \(tenant.printable)") }
        if jobPlan.isPlaced {
            lines.append("  demand met \(Figures.percent(jobPlan.satisfaction))")
        } else {
            lines.append(
                "  " + style.apply(.red, "not placed")
                    + ": \((jobPlan.reason ?? "no reason was given").printable)")
        }
        return lines
    }

    private var demand: String {
        switch job.work {
        case .train(let demand):
            var parts = [
                "sequences of \(Figures.count(demand.sequenceLength)) tokens",
                "\(Figures.count(demand.globalBatchSize)) a step",
                ([demand.format] + demand.alternativeFormats).map(\.rawValue)
                    .joined(separator: " or "),
            ]
            if let tokens = demand.tokens { parts.append("\(tokens) in all") }
            if case .lora(let rank) = demand.method { parts.append("LoRA of rank \(rank)") }
            if let deadline = demand.deadline { parts.append("done in \(deadline)") }
            return parts.joined(separator: ", ")
        case .serve(let demand):
            var parts = [
                "\(demand.requestRate)", "\(Figures.count(demand.promptTokens)) tokens in",
                "\(Figures.count(demand.outputTokens)) out",
            ]
            if let limit = demand.timeToFirstToken { parts.append("TTFT at most \(limit)") }
            if let limit = demand.timePerOutputToken { parts.append("TPOT at most \(limit)") }
            return parts.joined(separator: ", ")
        case .reinforce(let demand): return demand.summary
        }
    }

    // MARK: Alternatives

    private func closestMiss(_ style: TextStyle) -> [String] {
        let nearest = jobPlan.rejections.min {
            RejectionText.distance($0.reason) < RejectionText.distance($1.reason)
        }
        guard let nearest, RejectionText.distance(nearest.reason).isFinite else { return [] }
        return [
            style.apply(.bold, "Closest miss"),
            "  \(nearest.poolID.printable): \(RejectionText.text(nearest.reason).printable)",
        ]
    }

    private func alternatives(_ style: TextStyle) -> [String] {
        let rejections = jobPlan.rejections.enumerated().sorted { left, right in
            let (a, b) = (
                RejectionText.distance(left.element.reason),
                RejectionText.distance(right.element.reason)
            )
            return a == b ? left.offset < right.offset : a < b
        }.map(\.element)
        guard !rejections.isEmpty else { return [] }
        var table = TextTable([
            .text("pool"), .text("accelerator"), .text("ruled out by"), .text("detail"),
        ])
        for rejection in rejections {
            table.add([
                .init(rejection.poolID),
                .init(context.pool(rejection.poolID)?.accelerator.id ?? Figures.none),
                .init(RejectionText.kind(rejection.reason)),
                .init(RejectionText.text(rejection.reason)),
            ])
        }
        return [style.apply(.bold, "Other pools, nearest first")] + table.lines(style: style)
    }
}
