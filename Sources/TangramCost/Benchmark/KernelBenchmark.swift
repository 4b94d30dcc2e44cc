import CCostKernel
import CInstructionSet

/// Options of one training job, to measure how fast they are costed.
///
/// An option is one layout of the job; each is costed in full: every operator of every kind of
/// layer, forward and backward, every collective, the pipeline, the optimizer and the bytes of the
/// fullest device, with nothing shared between options.
package struct KernelBenchmark: Sendable {
    private let model: TrainingModel
    private let options: [tangram_training_option]
    /// By field, as the kernel reads them.
    private let columns: [Int32]

    /// Options that are costed in one call: they and their results stay in the first cache.
    private static let blockSize = 256

    /// `count` options of `model` on `acceleratorCount` accelerators, spread evenly over the layouts
    /// that divide the job.
    package init(_ model: TrainingModel, acceleratorCount: Int, count: Int) {
        self.model = model
        let table = TrainingSpaceTable(
            model, TrainingSpace(), acceleratorCounts: [acceleratorCount], fastestOnly: false)
        let limit = 1 << 16
        let all = table.withTable { space in
            [tangram_training_option](unsafeUninitializedCapacity: limit) {
                $1 = tangram_training_enumerate(
                    model.table.pointer, space, $0.baseAddress, limit)
            }
        }
        let chosen = (0..<max(0, count)).compactMap { index in
            all.isEmpty ? nil : all[index * max(1, all.count / max(1, count)) % all.count]
        }
        options = chosen
        columns = (0..<Int(TANGRAM_TRAINING_FIELDS)).flatMap { field in
            chosen.map { option in
                withUnsafeBytes(of: option) { $0.bindMemory(to: Int32.self)[field] }
            }
        }
    }

    /// How many options there are.
    package var optionCount: Int { options.count }

    /// Bytes of an option's numbers and of what is written for it.
    package static var bytesPerOption: Int {
        Int(TANGRAM_TRAINING_FIELDS) * MemoryLayout<Int32>.stride + MemoryLayout<Float>.stride
            + MemoryLayout<Double>.stride
    }

    /// Calls `body` with the job's `tangram_training_job` and each of some options, spread evenly over
    /// all, as a `tangram_training_option`.
    package func forEachTable(
        count: Int, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Void
    ) {
        for index in 0..<min(count, options.count) {
            var option = options[index * options.count / min(count, options.count)]
            body(UnsafeRawPointer(model.table.pointer), &option)
        }
    }

    /// Costs all options once, in batches, at the level of that name, which must be supported.
    ///
    /// - Returns: A sum of results, so that nothing is optimised away.
    package func batch(levelName: String) -> Double {
        var level = TANGRAM_SIMD_BASELINE
        guard tangram_simd_resolve(levelName, &level) == TANGRAM_SIMD_OK else { return 0 }
        var seconds = [Float](repeating: 0, count: Self.blockSize)
        var bytes = [Double](repeating: 0, count: Self.blockSize)
        var sum = 0.0
        columns.withUnsafeBufferPointer { columns in
            guard let base = columns.baseAddress else { return }
            var start = 0
            while start < options.count {
                let count = min(Self.blockSize, options.count - start)
                var table = tangram_training_options()
                withUnsafeMutableBytes(of: &table.field) { raw in
                    let fields = raw.bindMemory(to: UnsafePointer<Int32>?.self)
                    for field in fields.indices {
                        fields[field] = base + field * options.count + start
                    }
                }
                tangram_training_costs(
                    level, model.table.pointer, table, count, &seconds, &bytes)
                sum += Double(seconds[0]) + bytes[0]
                start += count
            }
        }
        return sum
    }

    /// The same options one by one in a plain loop in double: what the levels are compared with.
    package func scalar() -> Double {
        var sum = 0.0
        var cost = tangram_training_cost()
        for option in options {
            var option = option
            tangram_training_cost_of(model.table.pointer, &option, &cost)
            sum += cost.step_s + cost.total_bytes
        }
        return sum
    }
}
