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
        case table = "By a cost table"
    }

    private func kind(_ job: JobPlan) -> TableKind? {
        guard case .table(let entry)? = job.placements.first?.work else { return nil }
        guard entry.option.explanation != nil else { return .table }
        if case .reinforce? = context.job(job.jobID)?.work { return .reinforcement }
        return .unlike
    }

    private func section(_ title: String, _ jobs: [JobPlan], _ style: TextStyle) -> [String] {
        let (shown, hiddenCount) = listed(jobs)
        var table = TextTable([
            .text("job"), .text("model"), .text("pool"), .number("accelerators"),
            .text("layout"), .text("speed"), .number("step"), .number("days"),
            .text("deadline"), .number("demand met"), .number("USD/h"), .text("where"),
        ])
        for job in shown {
            for (index, placement) in job.placements.enumerated() {
                guard case .table(let entry) = placement.work else { continue }
                // What runs on several pools together is told once.
                let isFirst = (placement.span?.index ?? 0) == 0
                table.add([
                    .init(index == 0 ? job.jobID : ""), .init(index == 0 ? model(job) : ""),
                    .init(pool(placement)), .init(Figures.count(placement.acceleratorCount)),
                    .init(isFirst ? entry.option.summary : "as above"),
                    .init(isFirst ? Self.rate(entry) : ""),
                    .init(
                        isFirst
                            ? entry.option.explanation?.stepTime.description ?? Figures.none : ""),
                    .init(entry.duration.map(Figures.days) ?? Figures.none),
                    deadline(entry.meetsDeadline), index == 0 ? satisfaction(job) : "",
                    money(placement.cost?.value), .init(context.place(placement)),
                ])
            }
        }
        return [style.apply(.bold, title)] + table.lines(style: style)
            + hidden(hiddenCount, style)
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
