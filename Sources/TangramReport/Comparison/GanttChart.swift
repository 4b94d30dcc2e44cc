import TangramSimulation
import TangramUnits

/// Who ran where over time under one strategy: a band for each pool, jobs stacked by devices.
struct GanttChart {
    let row: StrategyComparison.Row
    let comparison: StrategyComparison

    init(_ row: StrategyComparison.Row, _ comparison: StrategyComparison) {
        self.row = row
        self.comparison = comparison
    }

    private static let (width, left, right, band) = (1_000.0, 120.0, 30.0, 90.0)

    var svg: String {
        guard let result = row.results.first, !result.spans.isEmpty else { return "" }
        let end = result.spans.reduce(1) { max($0, $1.end) }
        let pools = comparison.poolNames.count
        let height = Double(pools) * (Self.band + 8) + 34
        let scale = (Self.width - Self.left - Self.right) / end
        var text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\""
            + " width=\"\(Int(Self.width))\" height=\"\(Int(height))\" role=\"img\">\n"
        for pool in 0..<pools {
            let top = 6 + Double(pool) * (Self.band + 8)
            let devices = Double(max(1, comparison.deviceCounts[pool]))
            text +=
                "<rect x=\"\(place(Self.left))\" y=\"\(place(top))\" width=\"\(place(end * scale))\""
                + " height=\"\(place(Self.band))\" fill=\"#eee\"/><text x=\"6\" y=\"\(place(top + 14))\">"
                + "\(SVGText.escape(comparison.poolNames[pool]))</text>\n"
            for (span, offset) in Self.stacked(result.spans.filter { $0.pool == pool }) {
                let unit = Self.band / devices
                // Where what is free lies in pieces, the picture lays one job over others rather than
                // out of its band.
                let first = max(0, min(offset, Int(devices) - span.deviceCount))
                let hue = span.jobIndex * 137 % 360
                text +=
                    "<rect x=\"\(place(Self.left + span.start * scale))\" y=\"\(place(top + Double(first) * unit))\""
                    + " width=\"\(place(max(0.3, (span.end - span.start) * scale)))\""
                    + " height=\"\(place(Double(span.deviceCount) * unit))\""
                    + " fill=\"hsl(\(hue),60%,60%)\"><title>job \(span.jobIndex)</title></rect>\n"
            }
        }
        for step in 0...6 {
            let time = end * Double(step) / 6
            text +=
                "<text x=\"\(place(Self.left + time * scale))\" y=\"\(place(height - 8))\""
                + " text-anchor=\"middle\">\(formatNumber(time / 3_600, digits: 3)) h</text>\n"
        }
        return text + "</svg>"
    }

    /// Spans with the first device of each: the lowest run of devices that is free at its start.
    private static func stacked(_ spans: [GanttSpan]) -> [(span: GanttSpan, offset: Int)] {
        var open: [(span: GanttSpan, offset: Int)] = []
        var result: [(span: GanttSpan, offset: Int)] = []
        let ordered = spans.sorted {
            ($0.start, -$0.deviceCount, $0.jobIndex) < ($1.start, -$1.deviceCount, $1.jobIndex)
        }
        for span in ordered {
            open.removeAll { $0.span.end <= span.start + 1e-9 }
            open.sort { $0.offset < $1.offset }
            var offset = 0
            for other in open {
                if other.offset >= offset + span.deviceCount { break }
                offset = max(offset, other.offset + other.span.deviceCount)
            }
            open.append((span, offset))
            result.append((span, offset))
        }
        return result
    }

    private func place(_ value: Double) -> String {
        formatNumber(value, decimals: 1).filter { $0 != "," }
    }
}
