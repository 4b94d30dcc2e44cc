import CCostKernel

/// A search space for some numbers of accelerators as the kernel reads it.
struct TrainingSpaceTable {
    /// By `tangram_choice`.
    private let values: [[Int32]]
    private var space = tangram_training_space()

    init(
        _ model: TrainingModel, _ space: TrainingSpace, acceleratorCounts: [Int], fastestOnly: Bool
    ) {
        let sequenceLength = model.demand.sequenceLength
        let headCount = model.shape.headCount
        let expertCount = model.shape.expertCount
        let largest = acceleratorCounts.max() ?? 0
        // Groups of neighbours.
        let tensors = Divisors.all(of: headCount).filter {
            $0 <= min(largest, model.group.localSize, space.tensorLimit ?? .max)
        }
        // Context parallelism only where sequences are long enough to need it.
        let most = max(1, sequenceLength / max(1, space.tokensPerContextRank))
        let contexts = Divisors.powersOfTwo(upTo: min(largest, most, 64))
            .filter { sequenceLength % $0 == 0 }
        let pipelines = Set(acceleratorCounts.flatMap { Divisors.all(of: $0) })
            .filter { $0 <= model.shape.layerCount }.sorted()
        let hasExperts = expertCount > 1
        func sizes(_ values: [Int]) -> [Int32] {
            values.filter { $0 >= 1 }.map { Int32(clamping: $0) }
        }
        values = [
            sizes(tensors), sizes(contexts), space.exchanges.map(\.kernelValue),
            sizes(hasExperts ? Divisors.all(of: expertCount) : [1]),
            sizes(hasExperts ? space.expertTensorSizes : [1]), sizes(space.microBatches),
            acceleratorCounts.map { Int32(clamping: $0) }, sizes(pipelines),
            space.zeroStages.map { Int32(clamping: min(3, max(0, $0))) },
            Self.shards(space, model.group, largest),
            space.schedules.map(\.kernelValue), sizes(space.virtualStages),
            space.recomputes.map(\.kernelValue),
        ]
        self.space.batch = Int32(clamping: model.demand.globalBatchSize)
        self.space.layer_count = Int32(clamping: model.shape.layerCount)
        self.space.head_count = Int32(clamping: headCount)
        self.space.node_size = Int32(clamping: max(1, model.group.acceleratorsPerNode))
        self.space.local_size = Int32(clamping: model.group.localSize)
        self.space.wants_fastest_only = fastestOnly ? 1 : 0
    }

    private static func shards(
        _ space: TrainingSpace, _ group: DeviceGroup, _ largest: Int
    ) -> [Int32] {
        guard space.triesHybridSharding else { return [0] }
        return [0]
            + Divisors.powersOfTwo(upTo: min(largest, group.localSize)).dropFirst()
            .map { Int32(clamping: $0) }
    }

    /// Calls `body` with the table; its pointers are valid during the call.
    func withTable<Result>(_ body: (UnsafePointer<tangram_training_space>) -> Result) -> Result {
        let flat = values.flatMap { $0 }
        return flat.withUnsafeBufferPointer { buffer in
            var table = space
            withUnsafeMutableBytes(of: &table.values) { raw in
                let pointers = raw.bindMemory(to: UnsafePointer<Int32>?.self)
                var start = 0
                for (index, list) in values.enumerated() {
                    pointers[index] = buffer.baseAddress.map { $0 + start }
                    start += list.count
                }
            }
            withUnsafeMutableBytes(of: &table.counts) { raw in
                let counts = raw.bindMemory(to: Int32.self)
                for (index, list) in values.enumerated() { counts[index] = Int32(list.count) }
            }
            return body(&table)
        }
    }
}
