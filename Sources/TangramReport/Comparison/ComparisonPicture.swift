import TangramSimulation

/// Utilisation over time and a Gantt chart for each strategy, as one SVG picture.
struct ComparisonPicture {
    let comparison: StrategyComparison
    let title: String

    private static let width = 1_000
    private static let style = """
        <style>text{font:11px system-ui,sans-serif;fill:#444}.axis{stroke:#999}.grid{stroke:#e4e4e4}
        .head{font:bold 14px system-ui,sans-serif;fill:#222}</style>
        """

    var svg: String {
        let page = ComparisonPage(comparison, title: title)
        var parts: [(heading: String, svg: String)] = [("Devices in use", page.utilisation.svg)]
        for row in comparison.rows where !row.results.isEmpty {
            parts.append((row.strategy, GanttChart(row, comparison).svg))
        }
        var (top, body) = (44, "")
        for (heading, svg) in parts where !svg.isEmpty {
            body +=
                "<text class=\"head\" x=\"6\" y=\"\(top)\">\(SVGText.escape(heading))</text>\n"
                + "<g transform=\"translate(0 \(top + 8))\">\(svg)</g>\n"
            top += 40 + Self.height(svg)
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(top)" role="img">
            \(Self.style)
            <rect width="100%" height="100%" fill="#fff"/>
            <text class="head" x="6" y="18">\(SVGText.escape(title))</text>
            \(body)</svg>

            """
    }

    /// The height that a chart says it has.
    private static func height(_ svg: String) -> Int {
        guard let start = svg.firstRange(of: "height=\"")?.upperBound else { return 0 }
        return Int(svg[start...].prefix { $0 != "\"" }) ?? 0
    }
}
