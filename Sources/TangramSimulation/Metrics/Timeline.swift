/// Averages over equal intervals of time, of any length of run, in memory that does not grow: when
/// the run outgrows the intervals, neighbours are merged and the interval doubles.
public struct Timeline: Sendable {
    /// Most intervals.
    public static let intervalLimit = 512

    /// How long one interval is, in seconds.
    public private(set) var intervalSeconds = 60.0
    private var sums: [Double] = []
    /// Until when there are values.
    private var last = 0.0

    /// Creates an empty timeline.
    public init() {}

    /// Adds a value that held from `start` until `end`.
    mutating func add(_ value: Double, from start: Double, until end: Double) {
        guard end > start else { return }
        last = max(last, end)
        while end > intervalSeconds * Double(Self.intervalLimit) {
            var merged: [Double] = []
            for index in stride(from: 0, to: sums.count, by: 2) {
                merged.append(sums[index] + (index + 1 < sums.count ? sums[index + 1] : 0))
            }
            sums = merged
            intervalSeconds *= 2
        }
        var interval = Int(start / intervalSeconds)
        var from = start
        while from < end, interval < Self.intervalLimit {
            let border = Double(interval + 1) * intervalSeconds
            let until = min(end, border)
            while sums.count <= interval { sums.append(0) }
            sums[interval] += value * max(0, until - from)
            from = until
            interval += 1
        }
    }

    /// The average in each interval that starts before `end`; the last one that has values counts
    /// until their end.
    public func averages(end: Double) -> [(seconds: Double, value: Double)] {
        sums.enumerated().compactMap { index, sum in
            let start = Double(index) * intervalSeconds
            let length = min(intervalSeconds, last - start)
            return length > 0 && start < end ? (start, sum / length) : nil
        }
    }
}

/// A job on devices of a pool, for a Gantt chart.
public struct GanttSpan: Hashable, Sendable {
    /// The job's number in the trace.
    public var jobIndex: Int
    /// The pool.
    public var pool: Int
    /// Devices.
    public var deviceCount: Int
    /// From when, in seconds.
    public var start: Double
    /// Until when, in seconds.
    public var end: Double
}
