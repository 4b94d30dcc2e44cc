public import TangramDocument

/// A log of a cluster as CSV: when each job was submitted, how long it ran and on how many devices
/// (columns `timestamp`, `duration` in seconds, `num_gpus`), as Philly's is published.
///
/// A log says nothing of other hardware, so a job is taken to run as fast on the slowest pool as it
/// did, and faster on others by the ratio of peaks.
public struct ClusterLogTrace<Chunks: IteratorProtocol>: JobSource where Chunks.Element == [UInt8] {
    private var reader: CSVReader<Chunks>
    private let deviceCounts: [Int]
    private let speeds: [Double]
    private var number = 0
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
        for column in ["timestamp", "duration", "num_gpus"] where reader.index(of: column) == nil {
            throw Diagnostic(
                file: reader.file, location: Location(line: 1, column: 1), path: column,
                message: "there is no such column",
                note: "the file has \(reader.header.joined(separator: ", "))")
        }
        self.reader = reader
        self.deviceCounts = deviceCounts
        let slowest = speeds.filter { $0 > 0 }.min() ?? 1
        self.speeds = speeds.map { $0 > 0 ? $0 / slowest : 1 }
    }

    /// The next job that fits any pool; jobs without devices or without time are left out.
    ///
    /// Logs are not always in order: a job that was submitted before the one in front of it counts as
    /// submitted with it.
    public mutating func next() throws -> SimulatedJob? {
        while let record = try reader.next() {
            guard let time = Self.seconds(record["timestamp"]) else {
                throw record.diagnostic(
                    "timestamp", "\"\(record["timestamp"])\" is no time",
                    note: "seconds, or YYYY-MM-DD HH:MM:SS")
            }
            let duration = try record.number("duration", in: 0...1e12) ?? 0
            let gang = try record.integer("num_gpus", in: 0...1_000_000) ?? 0
            let start = origin ?? time
            origin = start
            guard duration > 0, gang > 0 else { continue }
            let options = deviceCounts.indices.filter { deviceCounts[$0] >= gang }.map {
                RunOption(pool: $0, deviceCount: gang, rate: speeds[$0])
            }
            guard !options.isEmpty else { continue }
            last = max(last, time - start)
            number += 1
            return SimulatedJob(
                id: "\(number)", arrivalSeconds: last, work: duration, options: options)
        }
        return nil
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
