package import Tangram

/// Nodes and pods on disk.
package enum PackingFiles {
    /// Whether a CSV holds pods that ask for thousandths of accelerators.
    package static func holdsPods(_ path: String) throws -> Bool {
        guard path.hasSuffix(".csv") else { return false }
        return try CSVReader(FileChunks(path: path), file: path).index(of: "gpu_milli") != nil
    }

    /// The experiment on them.
    package static func experiment(nodes: String, pods: String) throws -> PackingExperiment {
        PackingExperiment(
            nodes: try PackingTrace.nodes(CSVReader(FileChunks(path: nodes), file: nodes)),
            pods: try PackingTrace.pods(CSVReader(FileChunks(path: pods), file: pods)))
    }
}
