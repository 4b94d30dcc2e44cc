import TangramSimulation
import TangramUnits

/// A comparison as one HTML page with inline SVG.
struct ComparisonPage {
    let comparison: StrategyComparison
    let title: String

    init(_ comparison: StrategyComparison, title: String) {
        self.comparison = comparison
        self.title = title
    }

    private var rows: [StrategyComparison.Row] { comparison.rows.filter { !$0.results.isEmpty } }

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(SVGText.escape(title))</title>
        <style>
        body{font:14px system-ui,sans-serif;margin:24px;color:#222;background:#fff}
        table{border-collapse:collapse;margin:8px 0 24px}th,td{padding:3px 9px;text-align:right;
        border-bottom:1px solid #ddd;white-space:nowrap}th:first-child,td:first-child{text-align:left}
        svg{background:#fafafa;border:1px solid #ddd;margin:4px 0 20px}svg text{font:11px
        system-ui,sans-serif;fill:#444}.axis{stroke:#999}.grid{stroke:#e4e4e4}.legend{margin:4px 0}
        .legend span{display:inline-block;margin-right:14px}.legend .swatch{width:11px;height:11px;
        margin:0 4px 0 0;border:0;vertical-align:-1px}
        </style></head><body>
        <h1>\(SVGText.escape(title))</h1>
        \(table(knows: false))
        \(table(knows: true))
        \(pools)
        <h2>Completion times</h2><p>Fraction of jobs done within a time, first seed.</p>
        \(legend)
        \(completionTimes.svg)
        <h2>Devices in use over time</h2>
        \(legend)
        \(utilisation.svg)
        <h2>Cost against goodput</h2>
        <p>Goodput: work kept, in device-time of the fastest options, over device-time present.</p>
        \(cost.svg)
        <h2>Who ran where</h2><p>First seed; one colour a job, one band a pool.</p>
        \(rows.map(gantt).joined(separator: "\n"))
        </body></html>

        """
    }

    private func table(knows: Bool) -> String {
        let own = rows.filter { $0.knowsWork == knows }
        guard !own.isEmpty else { return "" }
        let head = ComparisonReport.measures.map { "<th>\(SVGText.escape($0.heading))</th>" }
        var text =
            "<h2>\(knows ? "Knowing the work that jobs have left" : "Without knowing how long jobs take")</h2>"
            + "<table><tr><th>strategy</th>\(head.joined())</tr>\n"
        for row in own {
            let cells = ComparisonReport.measures.map {
                "<td>\(ComparisonReport.cell(row, $0))</td>"
            }
            text +=
                "<tr><td title=\"\(SVGText.escape(row.source))\">\(SVGText.escape(row.strategy))</td>"
                + cells.joined() + "</tr>\n"
        }
        return text + "</table>"
    }

    /// Utilisation and fragmentation of each pool, means over seeds.
    private var pools: String {
        let head = comparison.poolNames.map { "<th>\(SVGText.escape($0))</th>" }.joined()
        var text =
            "<h2>Used, and fragmented, by pool</h2><table><tr><th>strategy</th>\(head)</tr>\n"
        for row in rows {
            let cells = comparison.poolNames.indices.map { pool -> String in
                let used = row.estimate { $0.pools[pool].utilisation }?.mean ?? 0
                let lost = row.estimate { $0.pools[pool].fragmentation }?.mean ?? 0
                let (a, b) = (
                    formatNumber(100 * used, decimals: 1), formatNumber(100 * lost, decimals: 1)
                )
                return "<td>\(a) %, \(b) %</td>"
            }
            text += "<tr><td>\(SVGText.escape(row.strategy))</td>\(cells.joined())</tr>\n"
        }
        return text + "</table>"
    }

    private func gantt(_ row: StrategyComparison.Row) -> String {
        let svg = GanttChart(row, comparison).svg
        return svg.isEmpty ? "" : "<h3>\(SVGText.escape(row.strategy))</h3>\(svg)"
    }

    private var legend: String {
        let items = rows.enumerated().map { index, row in
            let colour = LineChart.colour(index, of: rows.count)
            return
                "<span><svg class=\"swatch\"><rect width=\"11\" height=\"11\" fill=\"\(colour)\"/>"
                + "</svg>\(SVGText.escape(row.strategy))</span>"
        }
        return "<div class=\"legend\">\(items.joined())</div>"
    }

    private var completionTimes: LineChart {
        LineChart(
            xTitle: "hours", yTitle: "fraction",
            series: rows.map { row in
                row.results[0].completionTimes.curve().map { ($0.value / 3_600, $0.fraction) }
            })
    }

    var utilisation: LineChart {
        LineChart(
            xTitle: "hours", yTitle: "fraction",
            series: rows.map { row in
                let result = row.results[0]
                let values = result.utilisation.averages(end: result.makespanSeconds)
                // A hundred steps are as many as can be told apart.
                let step = max(1, values.count / 100)
                return stride(from: 0, to: values.count, by: step).map { start in
                    let part = values[start..<min(values.count, start + step)]
                    let mean = part.reduce(0) { $0 + $1.value } / Double(part.count)
                    return (values[start].seconds / 3_600, mean)
                }
            })
    }

    private var cost: LineChart {
        LineChart(
            xTitle: "cost, $", yTitle: "goodput",
            series: rows.map { row in
                [(row.estimate(\.dollars)?.mean ?? 0, row.estimate(\.goodput)?.mean ?? 0)]
            }, labels: rows.map(\.strategy), startsAtZero: false)
    }
}
