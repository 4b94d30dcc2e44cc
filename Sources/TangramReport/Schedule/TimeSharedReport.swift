public import TangramPlacement
import TangramUnits

/// Shares of time as text and as JSON.
public struct TimeSharedReport: Sendable {
    /// The version of the JSON form, the value of `tangramTimeSharesVersion`.
    public static let version = 1
    /// Most rows of the table in text.
    static let rowLimit = 200

    private let plan: TimeSharedPlan

    /// Prepares a report.
    public init(_ plan: TimeSharedPlan) { self.plan = plan }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        var lines = [
            style.apply(.bold, "Shares of time for \(plan.scenarioName.printable)"),
            "\(Figures.counted(plan.jobs.count, "job")) in turn; a share is the part of the time "
                + "that a job runs so",
            "",
        ]
        var table = TextTable([
            .text("job"), .text("pool"), .number("accelerators"), .text("layout"),
            .number("share"), .text(""), .number("gets"),
        ])
        var rowCount = 0
        for job in plan.jobs {
            for (index, share) in job.shares.enumerated() where rowCount < Self.rowLimit {
                rowCount += 1
                table.add([
                    .init(index == 0 ? job.jobID.printable : ""),
                    .init(share.poolIDs.joined(separator: " + ").printable),
                    .init(Figures.count(share.acceleratorCount)), .init(share.summary),
                    .init(Figures.percent(share.fraction)),
                    .init(Figures.bar(share.fraction, width: 10), .dim),
                    .init(index == 0 ? formatNumber(job.level, digits: 4) : ""),
                ])
            }
        }
        lines += table.lines(style: style)
        let hidden = plan.jobs.reduce(0) { $0 + $1.shares.count } - rowCount
        if hidden > 0 { lines.append("  … and \(Figures.count(hidden)) more; use --format json") }
        if !plan.omissions.isEmpty {
            lines += ["", style.apply(.bold, "Without a share")]
            lines += plan.omissions.prefix(Self.rowLimit).map {
                "  \($0.jobID.printable): \($0.reason.printable)"
            }
        }
        lines += ["", style.apply(.bold, "Totals")]
        lines.append(
            "  \(plan.goal.rawValue) \(MeasureText.value(plan.objective, plan.goal)), bound "
                + "\(MeasureText.value(plan.bound, plan.goal)), gap "
                + Figures.smallPercent(plan.gap)
                + (plan.isComplete ? "" : ", cut short by the limit on time"))
        for entry in plan.nodeValues where entry.value > 0 {
            lines.append(
                "  one more node of \(entry.poolID.printable) is worth "
                    + formatNumber(entry.value, digits: 3))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same as JSON.
    public var json: JSONValue {
        .members([
            "tangramTimeSharesVersion": .integer(Self.version),
            "scenario": .string(plan.scenarioName),
            "goal": .string(plan.goal.rawValue),
            "objective": JSONValue(plan.objective.isFinite ? plan.objective : nil),
            "bound": JSONValue(plan.bound.isFinite ? plan.bound : nil),
            "gap": .number(plan.gap), "isComplete": .bool(plan.isComplete),
            "jobs": .array(
                plan.jobs.map { job in
                    .members([
                        "job": .string(job.jobID), "level": .number(job.level),
                        "shares": .array(job.shares.map(share)),
                    ])
                }),
            "omissions": .array(
                plan.omissions.map {
                    .members(["job": .string($0.jobID), "reason": .string($0.reason)])
                }),
            "nodeValues": .array(
                plan.nodeValues.map {
                    .members(["pool": .string($0.poolID), "value": .number($0.value)])
                }),
        ])
    }

    private func share(_ share: TimeSharedPlan.Share) -> JSONValue {
        .members([
            "pools": JSONValue(share.poolIDs), "acceleratorCount": .integer(share.acceleratorCount),
            "layout": .string(share.summary), "fraction": .number(share.fraction),
        ])
    }
}
