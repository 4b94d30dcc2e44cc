import TangramPlacement
import TangramUnits

extension PlanReport {
    /// Jobs over phases, over unlike pools, and at the speed of an embedder's cost table.
    func tableSections(_ style: TextStyle) -> [[String]] {
        var sections: [[String]] = []
        for kind in TableKind.allCases {
            let jobs = plan.jobs.filter { self.kind($0) == kind }
            if !jobs.isEmpty { sections.append(section(kind.rawValue, jobs, style)) }
        }
        return sections
    }

    private enum TableKind: String, CaseIterable {
        case reinforcement = "Reinforcement learning"
        case unlike = "Training over unlike pools"
        case serving = "Serving over several pools"
        case table = "By a cost table"
    }

    private func kind(_ job: JobPlan) -> TableKind? {
        guard case .table(let entry)? = job.placements.first?.work else { return nil }
        guard entry.option.explanation != nil || !entry.option.details.isEmpty else {
            return .table
        }
        if context.job(job.jobID)?.use == .serve { return .serving }
        if case .reinforce? = context.job(job.jobID)?.work { return .reinforcement }
        return .unlike
    }

    private func section(_ title: String, _ jobs: [JobPlan], _ style: TextStyle) -> [String] {
        let (shown, hiddenCount) = listed(jobs)
        let serves = jobs.contains { context.job($0.jobID)?.use == .serve }
        let own: [TextTable.Column] =
            serves
            ? [.number("TTFT"), .number("TPOT"), .text("SLO")]
            : [.number("step"), .number("days"), .text("deadline")]
        var table = TextTable(
            [
                .text("job"), .text("model"), .text("pool"), .number("accelerators"),
                .text("layout"), .text("speed"),
            ] + own + [.number("demand met"), .number("USD/h"), .text("where")])
        for job in shown {
            for (index, placement) in job.placements.enumerated() {
                guard case .table(let entry) = placement.work else { continue }
                // What runs on several pools together is told once.
                let isFirst = (placement.span?.index ?? 0) == 0
                let row: [TextTable.Cell] = [
                    .init(index == 0 ? job.jobID : ""), .init(index == 0 ? model(job) : ""),
                    .init(pool(placement)), .init(Figures.count(placement.acceleratorCount)),
                    .init(isFirst ? entry.option.summary : "as above"),
                    .init(isFirst ? Self.rate(entry) : ""),
                ]
                let figures =
                    serves ? serviceCells(entry, job, isFirst) : stepCells(entry, isFirst)
                table.add(
                    row + figures + [
                        index == 0 ? satisfaction(job) : "", money(placement.cost?.value),
                        .init(context.place(placement)),
                    ])
            }
        }
        return [style.apply(.bold, title)] + table.lines(style: style)
            + hidden(hiddenCount, style)
    }

    private func serviceCells(
        _ entry: TablePlacement, _ job: JobPlan, _ isFirst: Bool
    ) -> [TextTable.Cell] {
        guard isFirst else { return ["", "", ""] }
        return [
            .init(entry.option.timeToFirstToken?.description ?? Figures.none),
            .init(entry.option.timePerOutputToken?.description ?? Figures.none),
            level(entry, job),
        ]
    }

    private func stepCells(_ entry: TablePlacement, _ isFirst: Bool) -> [TextTable.Cell] {
        [
            .init(isFirst ? entry.option.explanation?.stepTime.description ?? Figures.none : ""),
            .init(entry.duration.map(Figures.days) ?? Figures.none),
            deadline(entry.meetsDeadline),
        ]
    }

    private func level(_ entry: TablePlacement, _ job: JobPlan) -> TextTable.Cell {
        guard case .serve(let demand)? = context.job(job.jobID)?.work else { return "" }
        return ServiceLevel(entry.option, demand: demand).cell
    }

    /// "120 tokens/s", "30 of 40 req/s".
    static func rate(_ entry: TablePlacement) -> String {
        guard let load = entry.load else { return "\(Figures.rate(entry.rate)) tokens/s" }
        return "\(Figures.rate(load.value)) of \(Figures.rate(entry.rate)) req/s"
    }

    /// The pool, with what it does for an instance over several.
    func pool(_ placement: Placement) -> String {
        guard let span = placement.span else { return placement.poolID }
        let place = "part \(span.index + 1) of \(span.count)"
        return "\(placement.poolID) (\(span.role.map { "\($0), " } ?? "")\(place))"
    }
}
