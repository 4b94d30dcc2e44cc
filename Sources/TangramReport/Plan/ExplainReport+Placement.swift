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
            head.append(
                "  TTFT \(estimate.timeToFirstToken)"
                    + Figures.range(estimate.uncertainty.firstToken)
                    + ", TPOT \(estimate.timePerOutputToken)"
                    + Figures.range(estimate.uncertainty.token) + ", engine \(estimate.engine)")
            if let latency = percentiles(placement, serving) {
                let (first, each) = (latency.timeToFirstToken, latency.timePerOutputToken)
                head.append(
                    "  of requests that arrive at random, half, 90 % and 99 % stay below: TTFT "
                        + "\(first.half), \(first.ninetieth), \(first.ninetyNinth); TPOT "
                        + "\(each.half), \(each.ninetieth), \(each.ninetyNinth)")
            }
            sections += ExplainReport.servingSections(estimate, style)
        case .table(let entry):
            head.append(
                "  \(entry.option.summary)"
                    + (entry.option.details.isEmpty ? ", by a cost table" : ""))
            head.append("  \(PlanReport.rate(entry))")
            if let first = entry.option.timeToFirstToken,
                let each = entry.option.timePerOutputToken
            {
                let known = entry.option.uncertainty
                head.append(
                    "  TTFT \(first)" + Figures.range(known?.firstToken)
                        + ", TPOT \(each)" + Figures.range(known?.token))
            }
            head += entry.option.details.map { "  \($0)".printable }
        }
        sections.insert(head, at: 0)
        if let pool = context.pool(placement.poolID) {
            let uncertainty: Double
            switch placement.work {
            case .train(let training): uncertainty = training.estimate.relativeUncertainty
            case .serve(let serving): uncertainty = serving.estimate.relativeUncertainty
            case .table: return sections
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

    /// Percentiles of one replica at its load on healthy nodes of the pool.
    private func percentiles(
        _ placement: Placement, _ serving: ServingPlacement
    ) -> ServingLatency? {
        guard case .serve(let demand) = job.work, let pool = context.pool(placement.poolID) else {
            return nil
        }
        return ServingModel(demand: demand, group: DeviceGroup(pool: pool))
            .latency(serving.estimate, load: serving.estimate.requestRate)
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
