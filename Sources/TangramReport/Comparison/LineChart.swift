import TangramUnits

/// Lines, or single labelled points, over two axes.
struct LineChart {
    var xTitle: String
    var yTitle: String
    var series: [[(x: Double, y: Double)]]
    /// What stands beside the first point of each series.
    var labels: [String] = []
    var startsAtZero = true

    private static let (width, height, left, bottom) = (900.0, 320.0, 60.0, 40.0)

    /// A colour of its own for each of `count` series.
    static func colour(_ index: Int, of count: Int) -> String {
        // Light alternates, so that neighbours of like hue differ.
        "hsl(\(index * 360 / max(1, count)),70%,\(index % 2 == 0 ? 42 : 58)%)"
    }

    var svg: String {
        let points = series.flatMap { $0 }.filter { $0.x.isFinite && $0.y.isFinite }
        guard !points.isEmpty else { return "" }
        let (xLow, xHigh) = range(points.map(\.x))
        let (yLow, yHigh) = range(points.map(\.y))
        let (width, height) = (Self.width, Self.height)
        func x(_ value: Double) -> String {
            place(Self.left + (value - xLow) / (xHigh - xLow) * (width - Self.left - 30))
        }
        func y(_ value: Double) -> String {
            place(
                height - Self.bottom - (value - yLow) / (yHigh - yLow) * (height - Self.bottom - 26)
            )
        }
        var text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int(width))\""
            + " height=\"\(Int(height))\" role=\"img\">\n"
        for step in 0...5 {
            let fraction = Double(step) / 5
            let (xValue, yValue) = (
                xLow + fraction * (xHigh - xLow), yLow + fraction * (yHigh - yLow)
            )
            text +=
                "<line class=\"grid\" x1=\"\(x(xLow))\" x2=\"\(x(xHigh))\" y1=\"\(y(yValue))\" y2=\"\(y(yValue))\"/>"
                + "<text x=\"\(place(Self.left - 6))\" y=\"\(y(yValue))\" text-anchor=\"end\">\(tick(yValue))</text>"
                + "<text x=\"\(x(xValue))\" y=\"\(place(height - 22))\" text-anchor=\"middle\">\(tick(xValue))</text>\n"
        }
        text +=
            "<line class=\"axis\" x1=\"\(x(xLow))\" x2=\"\(x(xHigh))\" y1=\"\(y(yLow))\" y2=\"\(y(yLow))\"/>"
            + "<text x=\"\(place(width / 2))\" y=\"\(place(height - 6))\" text-anchor=\"middle\">\(xTitle)</text>"
            + "<text x=\"8\" y=\"12\">\(yTitle)</text>\n"
        for (index, line) in series.enumerated() {
            let colour = Self.colour(index, of: series.count)
            if line.count > 1 {
                let path = line.map { "\(x($0.x)),\(y($0.y))" }.joined(separator: " ")
                text +=
                    "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.6\" points=\"\(path)\"/>\n"
            } else if let point = line.first {
                text +=
                    "<circle cx=\"\(x(point.x))\" cy=\"\(y(point.y))\" r=\"4\" fill=\"\(colour)\"/>"
                if index < labels.count {
                    // Labels near the right border stand at the left of their point.
                    let isRight = (point.x - xLow) / (xHigh - xLow) > 0.8
                    text +=
                        "<text x=\"\(x(point.x))\" dx=\"\(isRight ? -7 : 7)\" y=\"\(y(point.y))\" dy=\"4\""
                        + " text-anchor=\"\(isRight ? "end" : "start")\">\(SVGText.escape(labels[index]))</text>\n"
                }
            }
        }
        return text + "</svg>"
    }

    private func range(_ values: [Double]) -> (Double, Double) {
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let margin = max((high - low) * 0.05, abs(high) * 1e-6, 1e-9)
        return startsAtZero ? (min(0, low), high > 0 ? high : 1) : (low - margin, high + margin)
    }

    private func place(_ value: Double) -> String {
        formatNumber(value, decimals: 1).filter { $0 != "," }
    }

    private func tick(_ value: Double) -> String { formatNumber(value, digits: 3) }
}
