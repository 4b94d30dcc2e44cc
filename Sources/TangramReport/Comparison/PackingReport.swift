public import TangramSimulation
import TangramUnits

/// Packing policies side by side: allocation and fragmentation as demand grows.
public struct PackingReport: Sendable {
    private let title: String
    private let rows: [(policy: PackingPolicy, results: [PackingExperiment.Result])]

    /// Creates a report of runs, grouped by policy in the order of the first of each.
    public init(_ results: [PackingExperiment.Result], title: String) {
        self.title = title
        var rows: [(policy: PackingPolicy, results: [PackingExperiment.Result])] = []
        for result in results {
            if let index = rows.firstIndex(where: { $0.policy == result.policy }) {
                rows[index].results.append(result)
            } else {
                rows.append((result.policy, [result]))
            }
        }
        self.rows = rows
    }

    /// Demands, in percent of the accelerators, that the table shows.
    private static let shown = [40, 80, 90, 100, 110, 130]

    /// The mean over seeds of a value at a demand; nil where no run reached it.
    private static func mean(
        _ results: [PackingExperiment.Result], _ percent: Int,
        _ value: (PackingExperiment.Point) -> Double
    ) -> Double? {
        let values = results.compactMap { result in
            result.points.last { $0.arrivedPercent <= percent }.map(value)
        }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Tables of allocation and of fragmentation.
    public func text(style: TextStyle = .plain) -> String {
        var lines = [title, ""]
        let parts: [(String, (PackingExperiment.Point) -> Double)] = [
            ("Accelerators given out, percent, by percent asked for", { $0.allocatedPercent }),
            ("Of those free, percent of no use to typical pods", { $0.fragmentedPercent }),
        ]
        for (heading, value) in parts {
            lines.append(heading)
            var table = TextTable([.text("policy")] + Self.shown.map { .number("\($0)") })
            for (policy, results) in rows {
                table.add(
                    [TextTable.Cell(policy.rawValue)]
                        + Self.shown.map { percent in
                            let mean = Self.mean(results, percent, value)
                            return TextTable.Cell(mean.map { formatNumber($0, decimals: 1) } ?? "")
                        })
            }
            lines += table.lines(style: style)
            lines.append("")
        }
        let seeds = rows.map(\.results.count).max() ?? 0
        lines.append(seeds > 1 ? "Means over \(seeds) seeds." : "One seed.")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whole curves, means over seeds.
    public var json: JSONValue {
        .members([
            "title": .string(title),
            "policies": .array(
                rows.map { policy, results in
                    let percents = results.first?.points.map(\.arrivedPercent) ?? []
                    return .members([
                        "name": .string(policy.rawValue),
                        "source": .string(policy.source),
                        "seeds": .integer(results.count),
                        "arrivedPercent": .array(percents.map { .integer($0) }),
                        "allocatedPercent": .array(
                            percents.map {
                                .number(Self.mean(results, $0) { $0.allocatedPercent } ?? 0)
                            }),
                        "fragmentedPercent": .array(
                            percents.map {
                                .number(Self.mean(results, $0) { $0.fragmentedPercent } ?? 0)
                            }),
                    ])
                }),
        ])
    }

    /// One line for each policy, seed and percent of demand.
    public var csv: String {
        var lines = ["policy,seed,arrivedPercent,allocatedPercent,fragmentedPercent"]
        for (policy, results) in rows {
            for (seed, result) in results.enumerated() {
                for point in result.points {
                    lines.append(
                        "\(policy.rawValue),\(seed),\(point.arrivedPercent),"
                            + "\(point.allocatedPercent),\(point.fragmentedPercent)")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
