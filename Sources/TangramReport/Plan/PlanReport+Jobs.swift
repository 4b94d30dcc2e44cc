import TangramPlacement
import TangramUnits

extension PlanReport {
    func trainingSection(_ style: TextStyle) -> [String] {
        let jobs = placed { if case .train = $0 { true } else { false } }
        guard !jobs.isEmpty else { return [] }
        let (shown, hiddenCount) = listed(jobs)
        var table = TextTable([
            .text("job"), .text("model"), .text("pool"), .number("accelerators"),
            .text("layout"), .number("tokens/s"), .number("MFU"), .number("step"),
            .number("days"), .text("deadline"), .number("USD/h"), .number("USD"), .text("where"),
        ])
        for job in shown {
            for (index, placement) in job.placements.enumerated() {
                guard case .train(let training) = placement.work else { continue }
                let estimate = training.estimate
                table.add([
                    .init(index == 0 ? job.jobID : ""), .init(index == 0 ? model(job) : ""),
                    .init(pool(placement)), .init(Figures.count(placement.acceleratorCount)),
                    .init(format(estimate.layout.summary, estimate.computeFormat)),
                    .init(Figures.rate(training.throughput.value)),
                    .init(Figures.percent(estimate.modelFLOPUtilisation)),
                    .init(estimate.stepTime.description),
                    .init(training.duration.map(Figures.days) ?? Figures.none),
                    deadline(training.meetsDeadline), money(placement.cost?.value),
                    money(training.totalCost?.value), .init(context.place(placement)),
                ])
            }
        }
        return [style.apply(.bold, "Training")] + table.lines(style: style)
            + hidden(hiddenCount, style)
    }

    func servingSection(_ style: TextStyle) -> [String] {
        let jobs = placed { if case .serve = $0 { true } else { false } }
        guard !jobs.isEmpty else { return [] }
        let (shown, hiddenCount) = listed(jobs)
        var table = TextTable([
            .text("job"), .text("model"), .text("pool"), .number("accelerators"),
            .text("replicas × layout"), .number("req/s"), .number("capacity"),
            .number("headroom"), .number("demand met"), .number("tokens/s"), .number("TTFT"),
            .number("TPOT"), .text("SLO"), .number("USD/h"), .number("USD/Mtok"), .text("where"),
        ])
        for job in shown {
            guard case .serve(let demand) = context.job(job.jobID)?.work else { continue }
            for (index, placement) in job.placements.enumerated() {
                guard case .serve(let serving) = placement.work else { continue }
                let estimate = serving.estimate
                let throughput = estimate.outputThroughput.value * Double(serving.replicaCount)
                table.add([
                    .init(index == 0 ? job.jobID : ""), .init(index == 0 ? model(job) : ""),
                    .init(pool(placement)), .init(Figures.count(placement.acceleratorCount)),
                    .init("\(serving.replicaCount) × \(estimate.layout.summary)"),
                    .init(Figures.rate(serving.load.value)),
                    .init(Figures.rate(serving.capacity.value)),
                    .init(Figures.percent(serving.headroom)),
                    index == 0 ? satisfaction(job) : "", .init(Figures.rate(throughput)),
                    .init(estimate.timeToFirstToken.description),
                    .init(estimate.timePerOutputToken.description),
                    ServiceLevel(serving, demand: demand).cell, money(placement.cost?.value),
                    money(serving.costPerMillionTokens?.value), .init(context.place(placement)),
                ])
            }
        }
        return [style.apply(.bold, "Serving")] + table.lines(style: style)
            + hidden(hiddenCount, style)
    }

    func unplacedSection(_ style: TextStyle) -> [String] {
        let jobs = plan.jobs.filter { !$0.isPlaced }
        guard !jobs.isEmpty else { return [] }
        let (shown, hiddenCount) = listed(jobs)
        var table = TextTable([.text("job"), .text("model"), .number("weight"), .text("reason")])
        for job in shown {
            table.add([
                .init(job.jobID), .init(model(job)),
                .init(formatNumber(context.weight(job), digits: 3)),
                .init(job.reason ?? "no reason was given"),
            ])
        }
        return [style.apply(.bold, "Not placed")] + table.lines(style: style)
            + hidden(hiddenCount, style)
    }

    // MARK: Cells

    func placed(_ isMeant: (Placement.Work) -> Bool) -> [JobPlan] {
        plan.jobs.filter { $0.placements.contains { isMeant($0.work) } }
    }

    func model(_ job: JobPlan) -> String {
        context.job(job.jobID)?.model.id ?? Figures.none
    }

    private func format(_ layout: String, _ format: NumberFormat) -> String {
        "\(layout) \(format.rawValue)"
    }

    func deadline(_ isMet: Bool?) -> TextTable.Cell {
        switch isMet {
        case true?: .init("met", .green)
        case false?: .init("missed", .red)
        case nil: ""
        }
    }

    func satisfaction(_ job: JobPlan) -> TextTable.Cell {
        .init(Figures.percent(job.satisfaction), job.satisfaction < 0.9995 ? .yellow : nil)
    }

    func money(_ value: Double?) -> TextTable.Cell {
        .init(value.map(Figures.money) ?? Figures.none)
    }
}
