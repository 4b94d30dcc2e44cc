import Foundation
package import Tangram

/// A trace on disk, read a piece at a time.
package struct TraceFile: Sendable {
    private let path: String
    private let table: GavelThroughputs?
    private let limit: Int
    /// The lines of a log that is not in order of time.
    private let sorted: [ClusterLogEntry]?

    /// Names a trace and reads the table of its speeds, if it has one. The trace itself is held only
    /// where it is a log that is not in order of time.
    package init(path: String, throughputs: String?, limit: Int) throws {
        self.path = path
        self.limit = limit
        table = try throughputs.map { file in
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFailure("\(file): cannot be read; is it there?")
            }
            return try GavelThroughputs(json: Array(data), file: file)
        }
        guard path.hasSuffix(".csv") else {
            sorted = nil
            return
        }
        func log() throws -> ClusterLog<FileChunks> {
            try ClusterLog(CSVReader(FileChunks(path: path), file: path))
        }
        var checked = try log()
        guard try !checked.isInOrder(limit: limit) else {
            sorted = nil
            return
        }
        var whole = try log()
        sorted = try whole.sorted(limit: limit)
    }

    /// Opens the trace, on pools of the same names or, for a log as CSV, on all pools.
    ///
    /// - Parameter speeds: Speed of a device of each pool, in any unit, for a log.
    package func open(on pools: [SimulatedPool], speeds: [Double]) throws -> any JobSource {
        if let sorted {
            return SortedLogTrace(
                sorted, deviceCounts: pools.map(\.deviceCount), speeds: speeds)
        }
        let chunks = try FileChunks(path: path)
        if path.hasSuffix(".csv") {
            let log = try ClusterLogTrace(
                CSVReader(chunks, file: path), deviceCounts: pools.map(\.deviceCount),
                speeds: speeds)
            return LimitedJobs(log, limit: limit)
        }
        guard let table else {
            throw CommandFailure(
                "\(path): a trace of Gavel has no speeds of its own; name its table by --throughputs"
            )
        }
        let trace = GavelTrace(
            FileLines(chunks), file: path, table: table, poolNames: pools.map(\.name))
        return LimitedJobs(trace, limit: limit)
    }
}

/// The bytes of a file, a piece at a time.
package struct FileChunks: IteratorProtocol {
    private let handle: FileHandle
    /// Bytes of a piece: a multiple of any page, small beside everything else.
    private static let size = 1 << 16

    /// Opens a file.
    package init(path: String) throws(CommandFailure) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("\(path): cannot be read; is it there?")
        }
        self.handle = handle
    }

    /// The next piece; nil at the end, and where the file can be read no further.
    package mutating func next() -> [UInt8]? {
        guard let data = try? handle.read(upToCount: Self.size), !data.isEmpty else { return nil }
        return Array(data)
    }
}

/// The lines of a file without their ends.
package struct FileLines: IteratorProtocol {
    private var chunks: FileChunks
    private var rest: ArraySlice<UInt8> = []

    /// Parts what `chunks` hold.
    package init(_ chunks: FileChunks) { self.chunks = chunks }

    /// The next line.
    package mutating func next() -> String? {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                var line = rest[rest.startIndex..<end]
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                rest = rest[(end + 1)...]
                return String(decoding: line, as: UTF8.self)
            }
            guard let chunk = chunks.next() else {
                defer { rest = [] }
                return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
            }
            rest = ArraySlice(Array(rest) + chunk)
        }
    }
}
