import TangramPlacement
import TangramUnits

/// The jobs of a picture with their speed, and those that were not placed.
struct PictureLegend {
    private static let lineHeight = 19
    /// Most jobs listed that were not placed.
    private static let unplacedLimit = 8
    // Where the columns start.
    private static let job = 16
    private static let model = 206
    private static let place = 366
    private static let speed = 570
    private static let shareWidth = 120

    let context: PlanContext
    let key: PictureKey

    func draw() -> SVGFragment {
        var legend = section("Training", key.entries.filter(\.mark.isTraining))
        legend.append(section("Serving", key.entries.filter { !$0.mark.isTraining }), gap: 8)
        legend.append(unplaced(), gap: 8)
        return legend
    }

    private func section(_ title: String, _ entries: [PictureKey.Entry]) -> SVGFragment {
        guard !entries.isEmpty else { return SVGFragment() }
        var fragment = SVGFragment(
            text: SVGText.line(title, x: 0, y: 12, classes: "t b"), height: Self.lineHeight)
        for entry in entries { fragment.append(line(entry)) }
        return fragment
    }

    private func line(_ entry: PictureKey.Entry) -> SVGFragment {
        var cells = [(Self.job, entry.name, "t")]
        if key.isByModel {
            cells.append((Self.model, Figures.counted(entry.jobs.count, "job"), "d"))
        } else if let job = entry.jobs.first {
            cells.append((Self.model, context.job(job.jobID)?.model.id ?? Figures.none, "d"))
        }
        cells.append((Self.place, place(entry), "d"))
        cells.append((Self.speed, speed(entry.jobs), "t"))
        let short = entry.jobs.filter { $0.satisfaction < 0.9995 }
        if let first = short.first {
            let text =
                key.isByModel
                ? "\(Figures.count(short.count)) not in full"
                : "\(Figures.percent(first.satisfaction)) of demand"
            cells.append((PictureStyle.innerWidth, text, "w"))
        }
        return line(entry.mark, cells)
    }

    private func line(
        _ mark: PictureKey.Mark?, _ cells: [(x: Int, text: String, classes: String)]
    ) -> SVGFragment {
        var text = ""
        if let mark {
            text += AcceleratorGrid.path(
                AcceleratorGrid.shape(isTraining: mark.isTraining, x: 0, y: 3), mark,
                title: cells.first?.text ?? "")
        }
        for (index, cell) in cells.enumerated() {
            let isRight = cell.x == PictureStyle.innerWidth
            let next = index + 1 < cells.count ? cells[index + 1].x : PictureStyle.innerWidth
            let limit = isRight ? Self.shareWidth : next - cell.x - 8
            text += SVGText.line(
                SVGText.cut(cell.text, to: limit, size: PictureStyle.fontSize), x: cell.x, y: 12,
                classes: cell.classes, isRight: isRight)
        }
        return SVGFragment(text: text, height: Self.lineHeight)
    }

    private func unplaced() -> SVGFragment {
        let jobs = context.plan.jobs.filter { !$0.isPlaced }
        guard !jobs.isEmpty else { return SVGFragment() }
        var fragment = SVGFragment(
            text: SVGText.line("Not placed", x: 0, y: 12, classes: "t b"),
            height: Self.lineHeight)
        for job in jobs.prefix(Self.unplacedLimit) {
            let model = context.job(job.jobID)?.model.id ?? Figures.none
            let reason = job.reason ?? "no reason was given"
            let cells = [
                (Self.job, job.jobID, "t"), (Self.model, model, "d"), (Self.place, reason, "w"),
            ]
            fragment.append(line(nil, cells))
        }
        let hidden = jobs.count - Self.unplacedLimit
        if hidden > 0 {
            fragment.append(line(nil, [(Self.job, "and \(Figures.count(hidden)) more", "d")]))
        }
        return fragment
    }

    // MARK: Cells

    /// Accelerators by pool, most first.
    private func place(_ entry: PictureKey.Entry) -> String {
        var pools: [(id: String, count: Int)] = []
        var positions: [String: Int] = [:]
        for placement in entry.jobs.lazy.flatMap(\.placements) {
            if let position = positions[placement.poolID] {
                pools[position].count += placement.acceleratorCount
            } else {
                positions[placement.poolID] = pools.count
                pools.append((placement.poolID, placement.acceleratorCount))
            }
        }
        if pools.count > 2 {
            return "\(Figures.count(entry.acceleratorCount)) in \(pools.count) pools"
        }
        return pools.map { "\(Figures.count($0.count)) of \($0.id)" }.joined(separator: ", ")
    }

    /// Throughput of all; of one job also how well it does.
    private func speed(_ jobs: [JobPlan]) -> String {
        var (tokens, load) = (0.0, 0.0)
        var (first, each) = (Seconds.zero, Seconds.zero)
        var parts: [String] = []
        for placement in jobs.lazy.flatMap(\.placements)
        where placement.span?.index ?? 0 == 0 {
            switch placement.work {
            case .train(let training):
                tokens += training.throughput.value
                if parts.isEmpty && jobs.count == 1 {
                    parts.append(
                        "MFU \(Figures.percent(training.estimate.modelFLOPUtilisation))")
                    if let time = training.duration {
                        parts.append("\(Figures.days(time)) days")
                    }
                }
            case .serve(let serving):
                load += serving.load.value
                first = max(first, serving.estimate.timeToFirstToken)
                each = max(each, serving.estimate.timePerOutputToken)
            case .table(let entry):
                if entry.load == nil {
                    tokens += entry.rate
                } else {
                    load += entry.load?.value ?? 0
                }
            }
        }
        if tokens > 0 {
            return (["\(Figures.rate(tokens)) tok/s"] + parts).joined(separator: " · ")
        }
        if jobs.count > 1 { return "\(Figures.rate(load)) req/s" }
        return "\(Figures.rate(load)) req/s · TTFT \(first) · TPOT \(each)"
    }
}
