import Foundation
package import Tangram

/// A trace on disk.
package struct TraceFile {
    private let path: String
    private let throughputs: String?
    private let limit: Int

    /// Names a trace; nothing is read yet.
    package init(path: String, throughputs: String?, limit: Int) {
        self.path = path
        self.throughputs = throughputs
        self.limit = limit
    }

    /// The first jobs of the trace, on pools of the same names or, for a CSV, on all pools.
    package func jobs(
        on pools: [SimulatedPool], cluster: Cluster
    ) throws -> [SimulatedJob] {
        if path.hasSuffix(".csv") { return try clusterLog(pools, cluster) }
        guard let throughputs else {
            throw CommandFailure(
                "\(path): a trace of Gavel has no speeds of its own; name its table by --throughputs"
            )
        }
        let table = try GavelThroughputs(json: Self.read(throughputs), file: throughputs)
        let text = String(decoding: try Self.read(path), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var source = GavelTrace(
            lines.makeIterator(), file: path, table: table, poolNames: pools.map(\.name))
        return try collect(&source)
    }

    private func clusterLog(_ pools: [SimulatedPool], _ cluster: Cluster) throws -> [SimulatedJob] {
        let peaks = cluster.pools.map { pool in
            pool.accelerator.peaks[.bf16]?.value ?? pool.accelerator.peaks[.fp16]?.value
                ?? pool.accelerator.peaks[.fp32]?.value ?? 0
        }
        let reader = try CSVReader(bytes: Self.read(path), file: path)
        var source = try ClusterLogTrace(
            reader, deviceCounts: pools.map(\.deviceCount), speeds: peaks)
        return try collect(&source)
    }

    private func collect(_ source: inout some JobSource) throws -> [SimulatedJob] {
        var jobs: [SimulatedJob] = []
        while jobs.count < limit, let job = try source.next() { jobs.append(job) }
        return jobs
    }

    private static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path): cannot be read; is it there?")
        }
        return Array(data)
    }
}
