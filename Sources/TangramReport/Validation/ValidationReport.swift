import TangramCost
import TangramUnits
public import TangramValidation

/// How predictions compare with measurements, as text for people.
public struct ValidationReport: Sendable {
    private let outcomes: [RowOutcome]
    private let worstLimit: Int

    /// Prepares a report that breaks the `worstLimit` worst rows down.
    public init(_ outcomes: [RowOutcome], worstLimit: Int = 10) {
        self.outcomes = outcomes
        self.worstLimit = max(0, worstLimit)
    }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        [groups(style), worst(style), shown(style), inexpressible(style)]
            .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n") + "\n"
    }

    // MARK: Groups

    private func groups(_ style: TextStyle) -> [String] {
        let groups = OutcomeGroup.groups(of: outcomes)
        guard !groups.isEmpty else { return [] }
        var table = TextTable([
            .text("source"), .text("accelerator"), .text("model"), .text("precision"),
            .text("metric"), .number("rows"), .number("median"), .number("mean"), .number("p90"),
            .number("bias"), .number("rank"), .number("in interval"),
        ])
        var sources: [String: [RowOutcome]] = [:]
        var order: [String] = []
        for group in groups {
            guard let figures = group.statistics else { continue }
            add(
                figures, to: &table,
                [
                    group.prefix, group.accelerator, group.isMixtureOfExperts ? "MoE" : "dense",
                    group.precision, group.metric,
                ])
            let key = "\(group.prefix) \(group.metric)"
            if sources[key] == nil { order.append(key) }
            sources[key, default: []] += group.rows
        }
        var totals = TextTable([
            .text("source"), .text("metric"), .number("rows"), .number("median"), .number("mean"),
            .number("p90"), .number("bias"), .number("rank"), .number("in interval"),
        ])
        for key in order {
            guard let rows = sources[key], let figures = ErrorStatistics(rows) else { continue }
            add(figures, to: &totals, key.split(separator: " ", maxSplits: 1).map(String.init))
        }
        return [style.apply(.bold, "Errors by group")] + table.lines(style: style) + [""]
            + [style.apply(.bold, "Errors by source")] + totals.lines(style: style)
    }

    private func add(_ figures: ErrorStatistics, to table: inout TextTable, _ names: [String]) {
        table.add(
            names.map { .init($0) } + [
                .init(Figures.count(figures.count)), .init(Figures.percent(figures.median)),
                .init(Figures.percent(figures.mean)), .init(Figures.percent(figures.ninetieth)),
                .init(signed(figures.bias)),
                .init(
                    figures.rankCorrelation.map { formatNumber($0, decimals: 2) } ?? Figures.none),
                .init(Figures.percent(figures.insideShare)),
            ])
    }

    private func signed(_ fraction: Double) -> String {
        (fraction >= 0 ? "+" : "−") + Figures.percent(abs(fraction))
    }

    // MARK: Rows

    private func worst(_ style: TextStyle) -> [String] {
        let rows = outcomes.filter { $0.isScored && $0.relativeError != nil }
            .sorted { abs($0.relativeError ?? 0) > abs($1.relativeError ?? 0) }.prefix(worstLimit)
        guard !rows.isEmpty else { return [] }
        return [style.apply(.bold, "Farthest off")]
            + rows.flatMap { row -> [String] in
                let error = row.relativeError.map(signed) ?? Figures.none
                var lines = [
                    "  \(row.id) \(row.model.printable) on \(row.accelerator): \(row.metric) measured "
                        + "\(formatNumber(row.measured, digits: 4)), predicted "
                        + "\(formatNumber(row.predicted ?? .nan, digits: 4)) (\(error))"
                ]
                if let estimate = row.estimate {
                    let parts = estimate.breakdown.map {
                        "\($0.cause.rawValue) \(Figures.percent($0.time / estimate.stepTime))"
                    }
                    lines.append("    \(estimate.layout.summary): \(parts.joined(separator: ", "))")
                }
                if !row.phases.isEmpty {
                    lines.append("    \(row.phases.joined(separator: ", "))")
                }
                if !row.assumptions.isEmpty {
                    lines.append("    not stated: \(row.assumptions.joined(separator: ", "))")
                }
                return lines
            }
    }

    private func shown(_ style: TextStyle) -> [String] {
        let rows = outcomes.filter { !$0.isScored && $0.predicted != nil }
        guard !rows.isEmpty else { return [] }
        return [style.apply(.bold, "Shown, not scored (tier C)")]
            + rows.map { row in
                "  \(row.id) \(row.model.printable): \(row.metric) measured "
                    + "\(formatNumber(row.measured, digits: 4)), predicted "
                    + formatNumber(row.predicted ?? .nan, digits: 4)
            }
    }

    private func inexpressible(_ style: TextStyle) -> [String] {
        let rows = outcomes.filter { $0.predicted == nil }
        guard !rows.isEmpty else { return [] }
        let share = Double(rows.count) / Double(max(1, outcomes.count))
        return [
            style.apply(
                .bold,
                "Not expressed: \(rows.count) of \(outcomes.count) rows (\(Figures.percent(share)))"
            )
        ]
            + rows.map {
                "  \($0.id) \($0.model.printable): "
                    + ($0.place.map { "\($0.printable): " } ?? "")
                    + ($0.reason ?? Figures.none).printable
            }
    }
}
