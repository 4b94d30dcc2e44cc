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
        if let span = placement.span, span.index > 0 {
            return [head] + [grounds(placement, style)].filter { !$0.isEmpty }
        }
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
            sections += termSections(estimate, placement, style)
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
            let isPredicted = entry.option.explanation != nil || !entry.option.details.isEmpty
            head.append("  \(entry.option.summary)" + (isPredicted ? "" : ", by a cost table"))
            head.append(
                "  \(PlanReport.rate(entry))"
                    + (entry.option.explanation.map {
                        " expected ± " + Figures.percent($0.relativeUncertainty)
                    } ?? "")
                    + (entry.duration.map { ", done in \($0)" } ?? ""))
            if let first = entry.option.timeToFirstToken,
                let each = entry.option.timePerOutputToken
            {
                let known = entry.option.uncertainty
                head.append(
                    "  TTFT \(first)" + Figures.range(known?.firstToken)
                        + ", TPOT \(each)" + Figures.range(known?.token))
            }
            head += entry.option.details.map { "  \($0)".printable }
            if let found = entry.option.explanation {
                sections += StepExplanationText.sections(found, style)
            }
        }
        sections.insert(head, at: 0)
        sections.append(grounds(placement, style))
        return sections
    }

    /// What the figures of the placement's pool rest on.
    private func grounds(_ placement: Placement, _ style: TextStyle) -> [String] {
        guard let pool = context.pool(placement.poolID) else { return [] }
        let uncertainty: Double
        switch placement.work {
        case .train(let training): uncertainty = training.estimate.relativeUncertainty
        case .serve(let serving): uncertainty = serving.estimate.relativeUncertainty
        case .table(let entry):
            guard entry.option.explanation != nil else { return [] }
            uncertainty = pool.accelerator.efficiency.relativeUncertainty
        }
        return Grounds(
            accelerator: pool.accelerator,
            links: [pool.scaleUp.link] + (pool.nodeCount > 1 ? [pool.scaleOut.link] : []),
            model: job.model, uncertainty: uncertainty
        ).lines(style)
    }

    /// Memory of every stage, and where each term comes from.
    private func termSections(
        _ estimate: TrainingEstimate, _ placement: Placement, _ style: TextStyle
    ) -> [[String]] {
        guard let pool = context.pool(placement.poolID), case .train(var demand) = job.work else {
            return []
        }
        let group = DeviceGroup(pool: pool)
        var sections: [[String]] = []
        demand.format = estimate.computeFormat
        if estimate.layout.pipelineParallel > 1,
            let model = try? TrainingModel(demand: demand, group: group)
        {
            sections.append(StageTable.lines(model.stages(estimate.layout), style))
        }
        sections.append(
            TermSources(estimate: estimate, group: group, stack: demand.stack).lines(style))
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
