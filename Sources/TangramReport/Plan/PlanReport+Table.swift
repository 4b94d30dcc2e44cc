import TangramPlacement
import TangramUnits

extension PlanReport {
    /// Jobs over several pools, and jobs at the speed of an embedder's cost table.
    func tableSection(_ style: TextStyle) -> [String] {
        let jobs = placed { if case .table = $0 { true } else { false } }
        guard !jobs.isEmpty else { return [] }
        let (shown, hiddenCount) = listed(jobs)
        var table = TextTable([
            .text("job"), .text("model"), .text("pool"), .number("accelerators"),
            .text("layout"), .text("speed"), .number("days"), .text("deadline"),
            .number("TTFT"), .number("TPOT"), .text("SLO"), .number("demand met"), .number("USD/h"),
            .text("where"),
        ])
        for job in shown {
            for (index, placement) in job.placements.enumerated() {
                guard case .table(let entry) = placement.work else { continue }
                table.add([
                    .init(index == 0 ? job.jobID : ""), .init(index == 0 ? model(job) : ""),
                    .init(pool(placement)), .init(Figures.count(placement.acceleratorCount)),
                    .init(entry.option.summary), .init(Self.rate(entry)),
                    .init(entry.duration.map(Figures.days) ?? Figures.none),
                    deadline(entry.meetsDeadline),
                    .init(entry.option.timeToFirstToken?.description ?? Figures.none),
                    .init(entry.option.timePerOutputToken?.description ?? Figures.none),
                    level(entry, job), index == 0 ? satisfaction(job) : "",
                    money(placement.cost?.value), .init(context.place(placement)),
                ])
            }
        }
        return [style.apply(.bold, "Over several pools, and by cost tables")]
            + table.lines(style: style)
            + hidden(hiddenCount, style)
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
