public import TangramPlacement
import TangramUnits

/// A plan as a picture (SVG 1.1): a band per pool with its accelerators coloured by job, and a
/// legend with each job's speed.
///
/// Small clusters are drawn accelerator by accelerator, large ones in boxes of several nodes; the
/// picture says which. It follows the light or dark scheme of its viewer, loads nothing and runs
/// nothing. The same plan gives the same text.
public struct PlanPicture: Sendable {
    /// Up to this many accelerators are drawn one by one.
    static let detailLimit = 4_096.0
    /// Most pools drawn; of more, those with the most accelerators.
    static let poolLimit = 64

    private let context: PlanContext

    /// Prepares a picture of `plan`, made from `scenario`.
    public init(_ plan: Plan, scenario: Scenario) {
        context = PlanContext(plan, scenario)
    }

    /// The picture as the text of an SVG file, with a line break at the end.
    public var svg: String {
        let key = PictureKey(context)
        let all = PoolOccupancy.all(context, key: key)
        let shown = Self.shown(all)
        let isDetailed =
            all.reduce(0) { $0 + $1.acceleratorCount } <= Self.detailLimit
            && all.allSatisfy(AcceleratorGrid.canDraw)
        let runLength = isDetailed ? nil : NodeRunGrid.runLength(shown)
        let plans = Dictionary(context.plan.pools.map { ($0.poolID, $0) }) { first, _ in first }

        var body = heading()
        body.append(explanation(runLength, key), gap: 4)
        for occupancy in shown {
            body.append(
                PoolBand(
                    occupancy: occupancy, plan: plans[occupancy.pool.id], key: key,
                    runLength: runLength
                ).draw(), gap: 14)
        }
        if shown.count < all.count {
            let text = "and \(Figures.counted(all.count - shown.count, "smaller pool"))"
            body.append(
                SVGFragment(text: SVGText.line(text, x: 0, y: 12, classes: "d"), height: 18),
                gap: 14)
        }
        body.append(rule(), gap: 12)
        body.append(PictureLegend(context: context, key: key).draw(), gap: 12)
        return document(body)
    }

    private func document(_ body: SVGFragment) -> String {
        let (width, margin) = (PictureStyle.width, PictureStyle.margin)
        let height = body.height + 2 * margin
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
            + "viewBox=\"0 0 \(width) \(height)\" role=\"img\">\n"
            + "<title>\(SVGText.escape("Plan of \(context.plan.scenarioName)"))</title>\n"
            + "<desc>\(SVGText.escape(summary))</desc>\n" + PictureStyle.sheet
            + "<rect class=\"bg\" width=\"\(width)\" height=\"\(height)\"/>\n"
            + "<g transform=\"translate(\(margin) \(margin))\">\n\(body.text)</g>\n</svg>\n"
    }

    // MARK: Parts

    private func heading() -> SVGFragment {
        let plan = context.plan
        let goal =
            plan.objective.goal == .goodput ? "weighted goodput" : plan.objective.goal.rawValue
        let proof =
            "\(goal) \(MeasureText.value(plan.proof.objective, plan.objective.goal)), bound "
            + "\(MeasureText.value(plan.proof.bound, plan.objective.goal)) "
            + "(gap \(Figures.smallPercent(plan.proof.gap)))"
        let name = SVGText.cut(plan.scenarioName, to: PictureStyle.innerWidth, size: 20)
        return SVGFragment(
            text: SVGText.line(name, x: 0, y: 16, classes: "t b h")
                + SVGText.line(summary, x: 0, y: 38, classes: "d")
                + SVGText.line(
                    proof, x: PictureStyle.innerWidth, y: 38, classes: "d", isRight: true),
            height: 46)
    }

    private var summary: String {
        let plan = context.plan
        let pools = context.scenario.cluster.pools
        let placed = plan.jobs.count { $0.isPlaced }
        let accelerators = pools.reduce(0.0) {
            $0 + Double($1.nodeCount) * Double($1.acceleratorsPerNode)
        }
        return "\(formatNumber(accelerators, decimals: 0)) accelerators of "
            + "\(Figures.counted(Set(pools.map(\.accelerator.id)).count, "kind")) in "
            + "\(Figures.counted(pools.count, "pool")), \(Figures.count(placed)) of "
            + "\(Figures.counted(plan.jobs.count, "job")) placed, "
            + "\(Figures.money(plan.cost.value)) USD/h, \(plan.power)"
    }

    /// How to read the bands.
    private func explanation(_ runLength: Int?, _ key: PictureKey) -> SVGFragment {
        var text =
            runLength.map {
                "A box is \(Figures.counted($0, "node")), filled from below with what jobs take."
            }
            ?? "■ training   ● serving   □ idle.  Shaded ground joins a scale-up domain; loose "
            + "cards have none.  A bar under a node: derated; a cross: out."
        if key.isByModel { text += "  A colour is all jobs of a kind on one model." }
        return SVGFragment(text: SVGText.line(text, x: 0, y: 12, classes: "d"), height: 16)
    }

    private func rule() -> SVGFragment {
        SVGFragment(
            text: "<path class=\"l\" d=\"M0 .5h\(PictureStyle.innerWidth)\"/>\n", height: 1)
    }

    private static func shown(_ pools: [PoolOccupancy]) -> [PoolOccupancy] {
        guard pools.count > poolLimit else { return pools }
        let largest = pools.indices.sorted {
            let (a, b) = (pools[$0].acceleratorCount, pools[$1].acceleratorCount)
            return a == b ? $0 < $1 : a > b
        }
        return largest.prefix(poolLimit).sorted().map { pools[$0] }
    }
}
