public import TangramPlacement
import TangramUnits

/// A schedule as text: a Gantt chart, and what is proved about it.
public struct ScheduleReport: Sendable {
    /// Columns of the chart.
    static let chartWidth = 48
    /// Most rows of the chart.
    static let rowLimit = 200

    private let schedule: Schedule

    /// Prepares a report.
    public init(_ schedule: Schedule) { self.schedule = schedule }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        var lines = [style.apply(.bold, "Schedule of \(schedule.scenarioName.printable)")]
        let batch = schedule.entries.count { !$0.isPermanent }
        var summary = "\(Figures.counted(batch, "job")) one after the other"
        if let date = schedule.date { summary += " from \(date)" }
        lines.append(summary + ", over at most \(schedule.horizon)")
        lines.append("")
        lines += chart(style)
        if !schedule.omissions.isEmpty {
            lines += ["", style.apply(.bold, "Not in the schedule")]
            lines += schedule.omissions.map { "  \($0.jobID.printable): \($0.reason.printable)" }
        }
        lines += ["", style.apply(.bold, "Totals")]
        lines.append(
            "  makespan              \(schedule.makespan), no schedule of these jobs below "
                + "\(schedule.makespanBound)")
        let unit = Seconds.day.value
        lines.append(
            "  weight × end, summed  \(formatNumber(schedule.weightedCompletion / unit, digits: 4)) d, "
                + "no schedule of these jobs below "
                + "\(formatNumber(schedule.weightedCompletionBound / unit, digits: 4)) d")
        let what = schedule.goal == .makespan ? "makespan" : "weight × end"
        lines.append(
            "  gap of the \(what)    \(Figures.smallPercent(schedule.gap))"
                + (schedule.isComplete ? "" : ", the search ended before it was done"))
        return lines.joined(separator: "\n") + "\n"
    }

    private func chart(_ style: TextStyle) -> [String] {
        var table = TextTable([
            .text("job"), .text("pool"), .number("accelerators"), .number("start"), .number("end"),
            .text(""),
        ])
        let end = max(schedule.makespan.value, 1e-9)
        for entry in schedule.entries.prefix(Self.rowLimit) {
            table.add([
                .init(entry.jobID.printable), .init(entry.poolID.printable),
                .init(Figures.count(entry.acceleratorCount)), .init(entry.start.description),
                .init(entry.isPermanent ? "stays" : entry.end.description),
                .init(bar(entry, end: end), entry.isPermanent ? .dim : nil),
            ])
        }
        let hidden = schedule.entries.count - Self.rowLimit
        return table.lines(style: style) + (hidden > 0 ? ["  … and \(hidden) more"] : [])
    }

    /// The entry's time as a bar over the time from 0 to the last end.
    private func bar(_ entry: Schedule.Entry, end: Double) -> String {
        let width = Double(Self.chartWidth)
        let first = min(Self.chartWidth - 1, Int(entry.start.value / end * width))
        let last = min(width, (entry.end.value / end * width).rounded(.up))
        let count = max(1, Int(last) - first)
        return String(repeating: " ", count: first)
            + String(repeating: entry.isPermanent ? "─" : "█", count: count)
    }
}
