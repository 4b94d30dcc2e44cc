public import TangramDocument

/// A log of a cluster as CSV: when each job was submitted, how long it ran and on how many devices
/// (columns `timestamp`, `duration` in seconds, `num_gpus`), as Philly's is published.
///
/// A log says nothing of other hardware, so a job is taken to run as fast on the slowest pool as it
/// did, and faster on others by the ratio of peaks.
public struct ClusterLogTrace<Chunks: IteratorProtocol>: JobSource where Chunks.Element == [UInt8] {
    private var log: ClusterLog<Chunks>
    private var maker: ClusterLogJobs
    private var origin: Double?
    private var last = 0.0

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - speeds: Peak of a device of each pool, in any unit.
    /// - Throws: ``Diagnostic`` where a column is missing.
    public init(
        _ reader: CSVReader<Chunks>, deviceCounts: [Int], speeds: [Double]
    ) throws(Diagnostic) {
        log = try ClusterLog(reader)
        maker = ClusterLogJobs(deviceCounts: deviceCounts, speeds: speeds)
    }

    /// The next job that fits any pool; jobs without devices or without time are left out.
    ///
    /// A job that was submitted before the one in front of it counts as submitted with it;
    /// ``SortedLogTrace`` plays a log that is not in order.
    public mutating func next() throws -> SimulatedJob? {
        while let entry = try log.next() {
            let start = origin ?? entry.seconds
            origin = start
            last = max(last, entry.seconds - start)
            if let job = maker.job(entry, arrival: last) { return job }
        }
        return nil
    }
}

/// The jobs of a log whose lines are not in order of time: held as 24 bytes each, and sorted.
public struct SortedLogTrace: JobSource, Sendable {
    private let entries: [ClusterLogEntry]
    private var maker: ClusterLogJobs
    private var position = 0

    /// Plays `entries`, which are sorted by time.
    public init(_ entries: [ClusterLogEntry], deviceCounts: [Int], speeds: [Double]) {
        self.entries = entries
        maker = ClusterLogJobs(deviceCounts: deviceCounts, speeds: speeds)
    }

    /// The next job that fits any pool.
    public mutating func next() -> SimulatedJob? {
        while position < entries.count {
            position += 1
            let entry = entries[position - 1]
            let arrival = entry.seconds - entries[0].seconds
            if let job = maker.job(entry, arrival: arrival) { return job }
        }
        return nil
    }
}

/// One line of a log.
public struct ClusterLogEntry: Hashable, Sendable {
    /// When the job was submitted, in seconds from any fixed time.
    public var seconds: Double
    /// How long it ran, in seconds.
    public var duration: Double
    /// Devices.
    public var deviceCount: Int
}

/// The lines of a log, one after the other; jobs without devices or without time are left out.
public struct ClusterLog<Chunks: IteratorProtocol> where Chunks.Element == [UInt8] {
    private var reader: CSVReader<Chunks>

    /// Creates a reader.
    ///
    /// - Throws: ``Diagnostic`` where a column is missing.
    public init(_ reader: CSVReader<Chunks>) throws(Diagnostic) {
        for column in ["timestamp", "duration", "num_gpus"] where reader.index(of: column) == nil {
            throw Diagnostic(
                file: reader.file, location: Location(line: 1, column: 1), path: column,
                message: "there is no such column",
                note: "the file has \(reader.header.joined(separator: ", "))")
        }
        self.reader = reader
    }

    /// The next line.
    public mutating func next() throws -> ClusterLogEntry? {
        while let record = try reader.next() {
            guard let time = Self.seconds(record["timestamp"]) else {
                throw record.diagnostic(
                    "timestamp", "\"\(record["timestamp"])\" is no time",
                    note: "seconds, or YYYY-MM-DD HH:MM:SS")
            }
            let duration = try record.number("duration", in: 0...1e12) ?? 0
            let gang = try record.integer("num_gpus", in: 0...1_000_000) ?? 0
            guard duration > 0, gang > 0 else { continue }
            return ClusterLogEntry(seconds: time, duration: duration, deviceCount: gang)
        }
        return nil
    }

    /// Whether the first `limit` lines are in order of time; reads them.
    public mutating func isInOrder(limit: Int = .max) throws -> Bool {
        var (last, count) = (-Double.infinity, 0)
        while count < limit, let entry = try next() {
            if entry.seconds < last { return false }
            last = entry.seconds
            count += 1
        }
        return true
    }

    /// The first `limit` lines, sorted by time; equal ones stay in order.
    public mutating func sorted(limit: Int = .max) throws -> [ClusterLogEntry] {
        var entries: [ClusterLogEntry] = []
        while entries.count < limit, let entry = try next() { entries.append(entry) }
        return entries.enumerated().sorted {
            ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset)
        }.map(\.element)
    }

    /// Seconds since any fixed time.
    private static func seconds(_ text: String) -> Double? {
        if let number = Double(text), number.isFinite { return number }
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { return nil }
        let date = parts[0].split(separator: "-").compactMap { Int($0) }
        let clock = parts[1].split(separator: ":").compactMap { Double($0) }
        guard date.count == 3, clock.count == 3,
            (1...12).contains(date[1]), (1...31).contains(date[2]), (1...9_999).contains(date[0])
        else { return nil }
        // Days since 0000-03-01 of the proleptic Gregorian calendar.
        let year = date[1] > 2 ? date[0] : date[0] - 1
        let month = (date[1] + 9) % 12
        let days =
            365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date[2] - 1
        return Double(days) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }
}

/// Makes jobs of lines of a log.
struct ClusterLogJobs: Sendable {
    private let deviceCounts: [Int]
    private let speeds: [Double]
    private var number = 0

    init(deviceCounts: [Int], speeds: [Double]) {
        self.deviceCounts = deviceCounts
        let slowest = speeds.filter { $0 > 0 }.min() ?? 1
        self.speeds = speeds.map { $0 > 0 ? $0 / slowest : 1 }
    }

    /// The job, nil where no pool is large enough.
    mutating func job(_ entry: ClusterLogEntry, arrival: Double) -> SimulatedJob? {
        let options = deviceCounts.indices.filter { deviceCounts[$0] >= entry.deviceCount }.map {
            RunOption(pool: $0, deviceCount: entry.deviceCount, rate: speeds[$0])
        }
        guard !options.isEmpty else { return nil }
        number += 1
        return SimulatedJob(
            id: "\(number)", arrivalSeconds: arrival, work: entry.duration, options: options)
    }
}
