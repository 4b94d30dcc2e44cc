import TangramPlacement
import TangramUnits

/// One pool of a picture: a heading, its nodes, and which jobs they have.
struct PoolBand {
    private static let headingHeight = 22
    private static let captionHeight = 18

    let occupancy: PoolOccupancy
    let plan: PoolPlan?
    let key: PictureKey
    /// Nodes of one box; nil where accelerators are drawn one by one.
    let runLength: Int?

    func draw() -> SVGFragment {
        var band = heading()
        let grid =
            runLength.map { NodeRunGrid(occupancy: occupancy, runLength: $0).draw() }
            ?? AcceleratorGrid(occupancy).draw()
        band.append(grid)
        band.append(caption(), gap: 8)
        return band
    }

    private func heading() -> SVGFragment {
        let pool = occupancy.pool
        var facts =
            "\(Figures.count(pool.nodeCount)) × \(Figures.count(pool.acceleratorsPerNode)) "
            + pool.accelerator.id
        if let site = pool.siteID { facts += " at \(site)" }
        facts += ", \(joined)"
        var figures: [String] = []
        if let plan {
            figures.append(
                "\(Figures.count(plan.usedAccelerators)) of "
                    + "\(Figures.count(plan.usableAccelerators)) used "
                    + "(\(Figures.percent(plan.utilisation)))")
            if let cost = plan.cost { figures.append("\(Figures.money(cost.value)) USD/h") }
            figures.append(plan.power.description)
        }
        let right = figures.joined(separator: " · ")
        let size = PictureStyle.fontSize
        let room = PictureStyle.innerWidth - SVGText.width(right, size: size) - 12
        let name = SVGText.cut(pool.id, to: room / 2, size: size)
        facts = SVGText.cut(facts, to: room - SVGText.width(name, size: size), size: size)
        let text =
            "<text x=\"0\" y=\"12\"><tspan class=\"t b\">\(SVGText.escape(name))</tspan>"
            + "<tspan class=\"d\" dx=\"8\">\(SVGText.escape(facts))</tspan></text>\n"
            + SVGText.line(
                right, x: PictureStyle.innerWidth, y: 12, classes: "d", isRight: true)
        return SVGFragment(text: text, height: Self.headingHeight)
    }

    private var joined: String {
        let domain = occupancy.pool.scaleUp
        return domain.isLoose
            ? "loose cards" : "\(domain.link.id) joins \(Figures.count(domain.size))"
    }

    /// What is on the pool, as much as one line has room for.
    private func caption() -> SVGFragment {
        var counts: [PictureKey.Mark: Int] = [:]
        for tenant in occupancy.tenants {
            counts[tenant.mark, default: 0] += tenant.acceleratorCount
        }
        // In the order of nodes where each job is to be seen, else the largest first.
        var marks: [PictureKey.Mark] = []
        for tenant in occupancy.tenants where !marks.contains(tenant.mark) {
            marks.append(tenant.mark)
        }
        if key.isByModel {
            marks.sort { (counts[$0] ?? 0, $1.colour) > (counts[$1] ?? 0, $0.colour) }
        }
        guard !marks.isEmpty else { return SVGFragment() }
        let names = Dictionary(key.entries.map { ($0.mark, $0.name) }) { first, _ in first }
        var text = ""
        var x = 0
        for (index, mark) in marks.enumerated() {
            let item = "\(names[mark] ?? Figures.none) \(Figures.count(counts[mark] ?? 0))"
            let width = 14 + SVGText.width(item, size: PictureStyle.fontSize) + 14
            let isLast = index == marks.count - 1
            guard x + width <= PictureStyle.innerWidth - (isLast ? 0 : 90) || index == 0 else {
                text += SVGText.line(
                    "and \(marks.count - index) more", x: x, y: 10, classes: "d")
                break
            }
            text += AcceleratorGrid.path(
                AcceleratorGrid.shape(isTraining: mark.isTraining, x: x, y: 1), mark, title: item)
            text += SVGText.line(
                SVGText.cut(
                    item, to: PictureStyle.innerWidth - x - 14, size: PictureStyle.fontSize),
                x: x + 14, y: 10, classes: "t")
            x += width
        }
        return SVGFragment(text: text, height: Self.captionHeight)
    }
}
