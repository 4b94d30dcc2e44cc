public import TangramPlacement
import TangramUnits

/// A schedule as a Gantt chart (SVG 1.1): a row per job, time to the right, colours by pool.
public struct SchedulePicture: Sendable {
    private static let rowHeight = 20
    private static let labelWidth = 220
    private static let rowLimit = 400

    private let schedule: Schedule

    /// Prepares a picture.
    public init(_ schedule: Schedule) { self.schedule = schedule }

    /// The picture as the text of an SVG file, with a line break at the end.
    public var svg: String {
        let shown = schedule.entries.prefix(Self.rowLimit)
        let pools = Set(schedule.entries.map(\.poolID)).sorted()
        let top = 56
        let bottom = top + shown.count * Self.rowHeight
        var body = SVGText.line(schedule.scenarioName, x: 0, y: 16, classes: "t b h")
        body += SVGText.line(summary, x: 0, y: 38, classes: "d")
        body += axis(top: top, bottom: bottom)
        for (row, entry) in shown.enumerated() {
            let colour = (pools.firstIndex(of: entry.poolID) ?? 0) % PictureStyle.jobColours.count
            body += self.row(entry, y: top + row * Self.rowHeight, colour: colour)
        }
        var y = bottom + 36
        for (index, pool) in pools.enumerated() {
            let colour = index % PictureStyle.jobColours.count
            body +=
                "<rect class=\"j\(colour)\" x=\"0\" y=\"\(y - 10)\" width=\"10\" height=\"10\"/>\n"
            body += SVGText.line(pool, x: 16, y: y, classes: "t")
            y += 18
        }
        let (width, margin) = (PictureStyle.width, PictureStyle.margin)
        let height = y + 2 * margin
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
            + "viewBox=\"0 0 \(width) \(height)\" role=\"img\">\n"
            + "<title>\(SVGText.escape("Schedule of \(schedule.scenarioName)"))</title>\n"
            + "<desc>\(SVGText.escape(summary))</desc>\n" + PictureStyle.sheet
            + "<rect class=\"bg\" width=\"\(width)\" height=\"\(height)\"/>\n"
            + "<g transform=\"translate(\(margin) \(margin))\">\n\(body)</g>\n</svg>\n"
    }

    private var summary: String {
        "last end after \(schedule.makespan), none of these jobs' schedules before "
            + "\(schedule.makespanBound)"
    }

    private var end: Double { max(schedule.makespan.value, 1e-9) }

    private func x(_ time: Double) -> Int {
        let width = Double(PictureStyle.innerWidth - Self.labelWidth)
        return Self.labelWidth + Int((min(1, time / end) * width).rounded())
    }

    private func axis(top: Int, bottom: Int) -> String {
        (0...4).map { step in
            let time = end * Double(step) / 4
            let at = x(time)
            return "<path class=\"l\" d=\"M\(at) \(top - 4)V\(bottom)\"/>\n"
                + SVGText.line(
                    Seconds(time).description, x: at, y: bottom + 16, classes: "d",
                    isRight: step > 0)
        }.joined()
    }

    private func row(_ entry: Schedule.Entry, y: Int, colour: Int) -> String {
        let (left, right) = (x(entry.start.value), x(entry.end.value))
        let label = SVGText.cut(
            "\(entry.jobID) (\(entry.acceleratorCount))", to: Self.labelWidth - 8,
            size: PictureStyle.fontSize)
        let title =
            "\(entry.jobID) on \(entry.acceleratorCount) of \(entry.poolID), "
            + "\(entry.start) to \(entry.isPermanent ? "the horizon" : entry.end.description)"
        return SVGText.line(label, x: 0, y: y + 13, classes: "t")
            + "<rect class=\"j\(colour)\" x=\"\(left)\" y=\"\(y + 3)\" "
            + "width=\"\(max(1, right - left))\" height=\"\(Self.rowHeight - 6)\" "
            + "opacity=\"\(entry.isPermanent ? "0.35" : "1")\"><title>"
            + SVGText.escape(title) + "</title></rect>\n"
    }
}
