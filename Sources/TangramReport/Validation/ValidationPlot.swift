import TangramUnits
public import TangramValidation

/// Predicted against measured values on logarithmic axes, a colour an accelerator, as SVG.
///
/// Metrics differ in unit and direction, so that each has a panel of its own; the line is where
/// prediction and measurement agree, the band ±20 % around it.
public struct ValidationPlot: Sendable {
    private let panels: [(metric: String, rows: [RowOutcome])]
    private let accelerators: [String]

    /// Prepares a plot of the scored rows of `outcomes`.
    public init(_ outcomes: [RowOutcome]) {
        let rows = outcomes.filter {
            $0.isScored && $0.measured > 0 && ($0.predicted ?? 0) > 0
        }
        var metrics: [String] = []
        var accelerators: [String] = []
        for row in rows {
            if !metrics.contains(row.metric) { metrics.append(row.metric) }
            if !accelerators.contains(row.accelerator) { accelerators.append(row.accelerator) }
        }
        // Fewer than three points show nothing.
        panels = metrics.map { metric in (metric, rows.filter { $0.metric == metric }) }
            .filter { $0.1.count >= 3 }
        self.accelerators = accelerators
    }

    /// Side of one panel's plotting area, and the room around it, in pixels.
    private static let side = 300
    private static let margin = (left: 56, top: 34, right: 20, bottom: 44)
    /// Twelve hues that are told apart on white and on black; they repeat beyond.
    private static let colours = [
        "#3366cc", "#dc7633", "#109618", "#990099", "#0099c6", "#dd4477", "#66aa00", "#b82e2e",
        "#8884d8", "#22aa99", "#aa8811", "#7f7f7f",
    ]

    private func colour(_ accelerator: String) -> String {
        let index = accelerators.firstIndex(of: accelerator) ?? 0
        return Self.colours[index % Self.colours.count]
    }

    /// The picture.
    public var svg: String {
        let columns = min(2, max(1, panels.count))
        let cell = (
            width: Self.margin.left + Self.side + Self.margin.right,
            height: Self.margin.top + Self.side + Self.margin.bottom
        )
        let lines = (panels.count + columns - 1) / columns
        let legendTop = lines * cell.height + 8
        let width = columns * cell.width
        let perLine = max(1, width / 180)
        let height = legendTop + 18 * ((accelerators.count + perLine - 1) / perLine) + 12
        var text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
            + "viewBox=\"0 0 \(width) \(height)\" role=\"img\">\n"
            + "<title>Predicted against measured</title>\n<style>\n"
            + "text { font: 12px sans-serif; fill: #222 } .axis { stroke: #888; fill: none }\n"
            + ".band { fill: #888; fill-opacity: 0.15 } .same { stroke: #888 }\n"
            + ".ground { fill: #fff } circle { fill-opacity: 0.65 }\n"
            + "@media (prefers-color-scheme: dark) { text { fill: #ddd } "
            + ".ground { fill: #111 } }\n</style>\n"
            + "<rect class=\"ground\" width=\"\(width)\" height=\"\(height)\"/>\n"
        for (index, panel) in panels.enumerated() {
            let x = (index % columns) * cell.width
            let y = (index / columns) * cell.height
            text += "<g transform=\"translate(\(x) \(y))\">\n\(self.panel(panel))</g>\n"
        }
        for (index, accelerator) in accelerators.enumerated() {
            let x = 12 + (index % perLine) * 180
            let y = legendTop + 18 * (index / perLine) + 12
            text +=
                "<circle cx=\"\(x)\" cy=\"\(y - 4)\" r=\"5\" fill=\"\(colour(accelerator))\"/>\n"
            text += SVGText.line(accelerator, x: x + 10, y: y, classes: "name")
        }
        return text + "</svg>\n"
    }

    private func panel(_ panel: (metric: String, rows: [RowOutcome])) -> String {
        let values = panel.rows.flatMap { [$0.measured, $0.predicted ?? $0.measured] }
        let low = (values.min() ?? 1) / 1.3
        let high = max((values.max() ?? 10) * 1.3, low * 2)
        let span = Self.decades(high / low)
        // Whole pixels, so that the text is the same on every machine.
        func place(_ value: Double) -> Int {
            Int((Self.decades(value / low) / span * Double(Self.side)).rounded())
        }
        func point(_ measured: Double, _ predicted: Double) -> (x: Int, y: Int) {
            (
                Self.margin.left + min(Self.side, max(0, place(measured))),
                Self.margin.top + Self.side - min(Self.side, max(0, place(predicted)))
            )
        }
        let corners = [
            point(low, low * 1.2), point(high / 1.2, high), point(high, high),
            point(high, high / 1.2), point(low * 1.2, low), point(low, low),
        ]
        var text = SVGText.line(
            "\(panel.metric), \(panel.rows.count) rows", x: Self.margin.left, y: 20,
            classes: "title")
        text +=
            "<polygon class=\"band\" points=\""
            + corners.map { "\($0.x),\($0.y)" }.joined(separator: " ") + "\"/>\n"
        let (start, end) = (point(low, low), point(high, high))
        text +=
            "<line class=\"same\" x1=\"\(start.x)\" y1=\"\(start.y)\" x2=\"\(end.x)\" "
            + "y2=\"\(end.y)\"/>\n"
        text +=
            "<rect class=\"axis\" x=\"\(Self.margin.left)\" y=\"\(Self.margin.top)\" "
            + "width=\"\(Self.side)\" height=\"\(Self.side)\"/>\n"
        for mark in Self.marks(low, high) {
            let at = point(mark, mark)
            let label = formatNumber(mark, digits: 3)
            text += SVGText.line(
                label, x: at.x + 4, y: Self.margin.top + Self.side + 16, classes: "mark",
                isRight: true)
            text += SVGText.line(
                label, x: Self.margin.left - 4, y: at.y + 4, classes: "mark", isRight: true)
        }
        text += SVGText.line(
            "measured →", x: Self.margin.left, y: Self.margin.top + Self.side + 34,
            classes: "name")
        text += SVGText.line(
            "↑ predicted", x: Self.margin.left + 6, y: Self.margin.top + 16, classes: "name")
        for row in panel.rows {
            let at = point(row.measured, row.predicted ?? row.measured)
            text +=
                "<circle cx=\"\(at.x)\" cy=\"\(at.y)\" r=\"3\" "
                + "fill=\"\(colour(row.accelerator))\"><title>\(SVGText.escape(row.id)) "
                + "\(SVGText.escape(row.model))</title></circle>\n"
        }
        return text
    }

    /// Powers of ten between two values, thinned to about five.
    private static func marks(_ low: Double, _ high: Double) -> [Double] {
        var marks: [Double] = []
        var mark = 1e-12
        while mark <= high {
            if mark >= low { marks.append(mark) }
            mark *= 10
        }
        let step = max(1, (marks.count + 4) / 5)
        return stride(from: 0, to: marks.count, by: step).map { marks[$0] }
    }

    /// log₁₀ without Foundation, to six digits.
    private static func decades(_ ratio: Double) -> Double {
        guard ratio > 0, ratio.isFinite else { return 0 }
        var (exponent, rest) = (Double(ratio.exponent), ratio.significand)
        // Squaring doubles the logarithm: a bit of the fraction each time.
        var weight = 0.5
        for _ in 0..<20 {
            rest *= rest
            if rest >= 2 {
                exponent += weight
                rest /= 2
            }
            weight /= 2
        }
        return exponent * 0.301_029_995_663_981_2
    }
}
