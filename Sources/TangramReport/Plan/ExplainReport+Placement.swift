import TangramCost
import TangramPlacement
import TangramUnits

extension ExplainReport {
    func placementSections(_ placement: Placement, _ style: TextStyle) -> [[String]] {
        var head = [
            style.apply(.bold, "On \(placement.poolID.printable)")
                + ", \(Figures.counted(placement.acceleratorCount, "accelerator")), "
                + context.place(placement) + (placement.span?.role.map { ": \($0)" } ?? "")
        ]
        // What runs on several pools together is told once, at the first.
        if let span = placement.span, span.index > 0 { return [head] }
        var sections: [[String]] = []
        switch placement.work {
        case .train(let training):
            let estimate = training.estimate
            head.append("  layout \(estimate.layout.summary), \(estimate.computeFormat.rawValue)")
            head.append(
                "  \(training.throughput) expected, MFU "
                    + Figures.percent(estimate.modelFLOPUtilisation)
                    + (training.duration.map { ", done in \($0)" } ?? ""))
            sections.append(
                BreakdownText.time(
                    "Step time", estimate.breakdown, total: estimate.stepTime, style: style))
            sections.append(
                BreakdownText.memory("Memory", estimate.memory, style: style))
        case .serve(let serving):
            let estimate = serving.estimate
            head.append("  \(serving.replicaCount) × \(estimate.layout.summary)")
            head.append(
                "  load \(serving.load), capacity \(serving.capacity), headroom "
                    + Figures.percent(serving.headroom)
                    + ", \(formatNumber(estimate.batch, digits: 3)) of at most "
                    + "\(Figures.count(estimate.batchLimit)) sequences at once in each replica")
            sections += ExplainReport.servingSections(estimate, style)
        case .table(let entry):
            let isPredicted = entry.option.explanation != nil
            head.append("  \(entry.option.summary)" + (isPredicted ? "" : ", by a cost table"))
            head.append(
                "  \(PlanReport.rate(entry)) expected"
                    + (entry.duration.map { ", done in \($0)" } ?? ""))
            if let found = entry.option.explanation {
                sections += StepExplanationText.sections(found, style)
            }
        }
        sections.insert(head, at: 0)
        if let pool = context.pool(placement.poolID) {
            let uncertainty: Double
            switch placement.work {
            case .train(let training): uncertainty = training.estimate.relativeUncertainty
            case .serve(let serving): uncertainty = serving.estimate.relativeUncertainty
            case .table(let entry):
                guard let found = entry.option.explanation else { return sections }
                uncertainty = found.relativeUncertainty
            }
            sections.append(
                Grounds(
                    accelerator: pool.accelerator,
                    links: [pool.scaleUp.link] + (pool.nodeCount > 1 ? [pool.scaleOut.link] : []),
                    model: job.model, uncertainty: uncertainty
                ).lines(style))
        }
        return sections
    }

    static func servingSections(_ estimate: ServingEstimate, _ style: TextStyle) -> [[String]] {
        [
            BreakdownText.time(
                "Time to first token", estimate.prefillBreakdown,
                total: estimate.timeToFirstToken, style: style),
            BreakdownText.time(
                "Time per output token", estimate.decodeBreakdown,
                total: estimate.timePerOutputToken, style: style),
            BreakdownText.memory("Memory", estimate.memory, style: style),
        ]
    }
}
