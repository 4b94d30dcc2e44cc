import CMeasuredData
public import TangramDocument

extension MeasuredTable {
    /// The published measurements that the package carries, each row with its source: training
    /// runs, their memory, serving results of vendors' documents, and steps of reinforcement
    /// learning.
    ///
    /// - Throws: The lines that were malformed when the package was built.
    public static func shipped() throws(DiagnosticList) -> [MeasuredTable] {
        let tables = [
            ("training", tangram_measured_training(), tangram_measured_training_count),
            ("memory", tangram_measured_memory(), tangram_measured_memory_count),
            ("serving", tangram_measured_serving(), tangram_measured_serving_count),
            ("rl", tangram_measured_rl(), tangram_measured_rl_count),
        ]
        var result: [MeasuredTable] = []
        for (name, start, count) in tables {
            let bytes = UnsafeBufferPointer(start: start, count: Int(count))
            result.append(
                try MeasuredTable(bytes: Array(bytes), file: "measured/\(name).csv"))
        }
        return result
    }
}
