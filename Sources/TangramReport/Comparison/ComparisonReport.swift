public import TangramSimulation
import TangramUnits

/// Strategies side by side, as text, JSON and CSV.
public struct ComparisonReport: Sendable {
    private let comparison: StrategyComparison
    private let title: String

    /// Creates a report.
    ///
    /// - Parameter title: What was compared, for people.
    public init(_ comparison: StrategyComparison, title: String) {
        self.comparison = comparison
        self.title = title
    }

    /// A figure of a run.
    struct Measure {
        var key: String
        var heading: String
        var isPercent = false
        var value: @Sendable (SimulationResult) -> Double
    }

    /// What is compared, in the order of the columns.
    static let measures: [Measure] = [
        Measure(key: "averageCompletionHours", heading: "avg JCT h") {
            $0.completionTimes.mean / 3_600
        },
        Measure(key: "medianCompletionHours", heading: "p50 h") {
            $0.completionTimes.quantile(0.5) / 3_600
        },
        Measure(key: "p90CompletionHours", heading: "p90 h") {
            $0.completionTimes.quantile(0.9) / 3_600
        },
        Measure(key: "p99CompletionHours", heading: "p99 h") {
            $0.completionTimes.quantile(0.99) / 3_600
        },
        Measure(key: "makespanHours", heading: "makespan h") { $0.makespanSeconds / 3_600 },
        Measure(key: "medianRho", heading: "rho p50") { $0.fairnessRatios.quantile(0.5) },
        Measure(key: "p99Rho", heading: "rho p99") { $0.fairnessRatios.quantile(0.99) },
        Measure(key: "utilisation", heading: "used", isPercent: true) { $0.meanUtilisation },
        Measure(key: "fragmentation", heading: "frag.", isPercent: true) {
            $0.meanFragmentation
        },
        Measure(key: "goodput", heading: "goodput", isPercent: true) { $0.goodput },
        Measure(key: "dollars", heading: "cost $") { $0.dollars },
        Measure(key: "kilowattHours", heading: "kWh") { $0.joules / 3.6e6 },
        Measure(key: "preemptions", heading: "stops") { Double($0.preemptionCount) },
        Measure(key: "migrations", heading: "moves") { Double($0.migrationCount) },
        Measure(key: "lostDeviceHours", heading: "lost h") { $0.lostDeviceSeconds / 3_600 },
        Measure(key: "slowedJobs", heading: "slowed") {
            $0.stragglerCount > 0 ? Double($0.stragglerCount) : .nan
        },
        Measure(key: "unfinishedJobs", heading: "left") {
            $0.unfinishedCount > 0 ? Double($0.unfinishedCount) : .nan
        },
        Measure(key: "serviceLevel", heading: "served", isPercent: true) {
            $0.serviceLevel ?? .nan
        },
        Measure(key: "deadlinesMet", heading: "deadlines", isPercent: true) {
            $0.deadlineCount > 0
                ? Double($0.deadlinesMetCount) / Double($0.deadlineCount) : .nan
        },
    ]

    /// Tables: strategies that do not know the work left, then those that do.
    public func text(style: TextStyle = .plain) -> String {
        var lines = [title, ""]
        for knows in [false, true] {
            let rows = comparison.rows.filter { $0.knowsWork == knows }
            guard !rows.isEmpty else { continue }
            lines.append(
                knows
                    ? "Knowing the work that jobs have left" : "Without knowing how long jobs take")
            var table = TextTable([.text("strategy")] + Self.measures.map { .number($0.heading) })
            for row in rows {
                table.add(
                    [TextTable.Cell(row.strategy)]
                        + Self.measures.map { TextTable.Cell(Self.cell(row, $0)) })
            }
            lines += table.lines(style: style)
            lines.append("")
        }
        for row in comparison.rows {
            if let failure = row.failure { lines.append("\(row.strategy) failed: \(failure)") }
        }
        let seeds = comparison.rows.map(\.results.count).max() ?? 0
        lines.append(
            seeds > 1
                ? "Means over \(seeds) seeds ± half of the 95 % confidence interval."
                : "One seed; --seeds N gives confidence intervals.")
        return lines.joined(separator: "\n") + "\n"
    }

    static func cell(_ row: StrategyComparison.Row, _ measure: Measure) -> String {
        guard let (mean, half) = row.estimate(measure.value), mean.isFinite else { return "" }
        let scale = measure.isPercent ? 100.0 : 1
        let decimals = abs(mean * scale) >= 100 ? 0 : abs(mean * scale) >= 10 ? 1 : 2
        let text = formatNumber(mean * scale, decimals: decimals)
        let suffix = measure.isPercent ? " %" : ""
        guard half > 0 else { return text + suffix }
        return text + " ± " + formatNumber(half * scale, decimals: decimals) + suffix
    }

    /// Every figure with its interval.
    public var json: JSONValue {
        .members([
            "title": .string(title),
            "pools": .array(
                zip(comparison.poolNames, comparison.deviceCounts).map {
                    .members(["name": .string($0), "devices": .integer($1)])
                }),
            "strategies": .array(comparison.rows.map(Self.json)),
        ])
    }

    private static func json(_ row: StrategyComparison.Row) -> JSONValue {
        .members([
            "name": .string(row.strategy),
            "source": .string(row.source),
            "knowsWork": .bool(row.knowsWork),
            "seeds": .integer(row.results.count),
            "failure": row.failure.map { .string($0) } ?? .null,
            "firstSeed": row.results.first.map(RunDetail.json) ?? .null,
            "measures": .object(
                measures.compactMap { measure in
                    guard let (mean, half) = row.estimate(measure.value), mean.isFinite else {
                        return nil
                    }
                    return JSONValue.Member(
                        key: measure.key,
                        value: .members(["mean": .number(mean), "halfInterval": .number(half)]))
                }),
        ])
    }

    /// A name as a field of CSV.
    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    /// One line for each strategy and seed, with what became of each pool at its end.
    public var csv: String {
        let ofPools = comparison.poolNames.flatMap {
            [Self.field("utilisation \($0)"), Self.field("fragmentation \($0)")]
        }
        let keys = (Self.measures.map(\.key) + ofPools).joined(separator: ",")
        var lines = ["strategy,knowsWork,seed,completedJobs,\(keys)"]
        for row in comparison.rows {
            for (seed, result) in row.results.enumerated() {
                let values =
                    Self.measures.map { measure -> String in
                        let value = measure.value(result)
                        return value.isFinite ? "\(value)" : ""
                    } + result.pools.flatMap { ["\($0.utilisation)", "\($0.fragmentation)"] }
                lines.append(
                    "\(row.strategy),\(row.knowsWork),\(seed),\(result.completedCount),"
                        + values.joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A page of its own with charts; nothing is loaded from elsewhere.
    public var html: String { ComparisonPage(comparison, title: title).html }

    /// Utilisation over time and a Gantt chart for each strategy, as one picture.
    public var svg: String { ComparisonPicture(comparison: comparison, title: title).svg }
}
