public import TangramDocument

/// A trace of Gavel: ten columns parted by tabs, without a header (job type, command, directory,
/// name of the step option, needs data, steps, gang size, weight, limit on time, arrival in
/// seconds).
///
/// Lines are read one at a time; errors say line and column.
public struct GavelTrace<Lines: IteratorProtocol>: JobSource where Lines.Element == String {
    private var lines: Lines
    private let file: String
    private let table: GavelThroughputs
    private let poolNames: [String]
    private var line = 0
    private var number = 0

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - lines: The lines of the file without their ends.
    ///   - poolNames: Types of the table, in the order of the simulator's pools.
    public init(_ lines: Lines, file: String, table: GavelThroughputs, poolNames: [String]) {
        self.lines = lines
        self.file = file
        self.table = table
        self.poolNames = poolNames
    }

    /// The next job.
    public mutating func next() throws -> SimulatedJob? {
        while let text = lines.next() {
            line += 1
            if text.allSatisfy(\.isWhitespace) { continue }
            return try job(text)
        }
        return nil
    }

    private mutating func job(_ text: String) throws(Diagnostic) -> SimulatedJob {
        let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 10 else {
            throw Diagnostic(
                file: file, location: Location(line: line, column: 1),
                message: "\(fields.count) columns parted by tabs; a trace of Gavel has 10")
        }
        let type = String(fields[0])
        let steps = try number(fields, 5, "total steps", atLeast: 1)
        let gang = try number(fields, 6, "scale factor", atLeast: 1)
        let weight = try number(fields, 7, "priority weight", atLeast: .leastNonzeroMagnitude)
        let limit = try number(fields, 8, "time limit", atLeast: -1)
        let arrival = try number(fields, 9, "arrival time", atLeast: 0)
        guard gang == gang.rounded(), gang <= 65_536 else {
            throw diagnostic(fields, 6, "scale factor \(gang) is not a whole number of devices")
        }
        var options: [RunOption] = []
        for (pool, name) in poolNames.enumerated() {
            let rate = table.rate(of: type, gang: Int(gang), on: name) ?? 0
            if rate > 0 {
                options.append(RunOption(pool: pool, deviceCount: Int(gang), rate: rate))
            }
        }
        guard !options.isEmpty else {
            throw diagnostic(
                fields, 0,
                "the throughput table has no speed of \"\(type)\" on \(Int(gang)) devices")
        }
        defer { number += 1 }
        return SimulatedJob(
            id: "\(number)", arrivalSeconds: arrival, work: steps, options: options,
            weight: weight, deadlineSeconds: limit > 0 ? arrival + limit : nil)
    }

    private func number(
        _ fields: [Substring], _ index: Int, _ name: String, atLeast least: Double
    ) throws(Diagnostic) -> Double {
        guard let value = Double(fields[index]), value.isFinite, value >= least else {
            throw diagnostic(
                fields, index, "\(name) \"\(fields[index])\" is not a number ≥ \(least)")
        }
        return value
    }

    private func diagnostic(_ fields: [Substring], _ index: Int, _ message: String) -> Diagnostic {
        let column = fields[..<index].reduce(1) { $0 + $1.count + 1 }
        return Diagnostic(
            file: file, location: Location(line: line, column: column), message: message)
    }
}

/// Steps per second of job types on device types, as Gavel measured them.
public struct GavelThroughputs: Sendable {
    private var rates: [String: [String: Double]] = [:]

    /// Reads a table: {type: {"('job type', gang)": {"null": steps per second, …}}}.
    public init(json bytes: some Collection<UInt8>, file: String) throws(DiagnosticList) {
        let root = try JSONDocument.parse(bytes, file: file)
        guard case .mapping(let types) = root.content else {
            throw DiagnosticList([
                Diagnostic(file: file, location: root.location, message: "not a mapping of types")
            ])
        }
        for type in types {
            guard case .mapping(let jobs) = type.value.content else { continue }
            for job in jobs {
                guard let alone = job.value["null"] else { continue }
                guard case .scalar(let text, _) = alone.content, let rate = Double(text),
                    rate.isFinite, rate >= 0
                else {
                    throw DiagnosticList([
                        Diagnostic(
                            file: file, location: alone.location, path: "\(type.key).\(job.key)",
                            message: "\(alone.kindName) is not a rate of at least 0")
                    ])
                }
                rates[type.key, default: [:]][job.key] = rate
            }
        }
    }

    /// Steps per second, nil where nothing was measured.
    public func rate(of jobType: String, gang: Int, on deviceType: String) -> Double? {
        rates[deviceType]?["('\(jobType)', \(gang))"]
    }
}
