public import TangramDocument

/// Nodes and pods as Alibaba publishes them (cluster-trace-gpu-v2023, "openb"), read a line at a time.
public enum PackingTrace {
    /// Nodes: columns `sn`, `cpu_milli`, `memory_mib`, `gpu`, `model`.
    public static func nodes<Chunks: IteratorProtocol>(
        _ reader: CSVReader<Chunks>
    ) throws -> [PackingNode] where Chunks.Element == [UInt8] {
        try requireColumns(["sn", "cpu_milli", "memory_mib", "gpu", "model"], reader)
        var reader = reader
        var nodes: [PackingNode] = []
        while let record = try reader.next() {
            nodes.append(
                PackingNode(
                    name: record["sn"],
                    cpuMilli: try record.integer("cpu_milli", in: 0...100_000_000) ?? 0,
                    memoryMiB: try record.integer("memory_mib", in: 0...1_000_000_000) ?? 0,
                    acceleratorCount: try record.integer("gpu", in: 0...1_024) ?? 0,
                    model: record["model"]))
        }
        return nodes
    }

    /// Pods: columns `cpu_milli`, `memory_mib`, `num_gpu`, `gpu_milli`, and `gpu_spec` (models parted
    /// by `|`) where there is one.
    public static func pods<Chunks: IteratorProtocol>(
        _ reader: CSVReader<Chunks>
    ) throws -> [PackingPod] where Chunks.Element == [UInt8] {
        try requireColumns(["cpu_milli", "memory_mib", "num_gpu", "gpu_milli"], reader)
        let namesModels = reader.index(of: "gpu_spec") != nil
        var reader = reader
        var pods: [PackingPod] = []
        while let record = try reader.next() {
            let count = try record.integer("num_gpu", in: 0...1_024) ?? 0
            let milli = try record.integer("gpu_milli", in: 0...PackingPod.wholeMilli) ?? 0
            if count > 1, milli != PackingPod.wholeMilli {
                throw record.diagnostic(
                    "gpu_milli", "\(milli) of each of \(count) accelerators",
                    note: "only one accelerator can be shared; give 1000")
            }
            pods.append(
                PackingPod(
                    cpuMilli: try record.integer("cpu_milli", in: 0...100_000_000) ?? 0,
                    memoryMiB: try record.integer("memory_mib", in: 0...1_000_000_000) ?? 0,
                    acceleratorCount: milli > 0 ? count : 0, milli: milli,
                    models: namesModels
                        ? record["gpu_spec"].split(separator: "|").map(String.init) : []))
        }
        return pods
    }

    private static func requireColumns<Chunks: IteratorProtocol>(
        _ columns: [String], _ reader: CSVReader<Chunks>
    ) throws where Chunks.Element == [UInt8] {
        for column in columns where reader.index(of: column) == nil {
            throw Diagnostic(
                file: reader.file, location: Location(line: 1, column: 1), path: column,
                message: "there is no such column",
                note: "the file has \(reader.header.joined(separator: ", "))")
        }
    }
}
