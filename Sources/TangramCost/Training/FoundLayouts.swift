import CCostKernel

/// What a search found for one number of accelerators.
struct FoundLayouts: Sendable {
    /// A layout, and which of several models it is of.
    struct Candidate: Sendable {
        var model: Int
        var value: tangram_training_candidate

        /// The layout; its split is the balanced one.
        var layout: TrainingLayout {
            var layout = TrainingLayout(value.option)
            layout.lastStageLayerCount = nil
            return layout
        }

        /// Faster, or made earlier: the same order whatever part of the space a worker searched.
        func isBefore(_ other: Candidate) -> Bool {
            (value.step_s, model, value.index)
                < (other.value.step_s, other.model, other.value.index)
        }

        fileprivate func isSmaller(than other: Candidate) -> Bool {
            (value.total_bytes, model, value.index)
                < (other.value.total_bytes, other.model, other.value.index)
        }
    }

    /// The fastest.
    var best: [Candidate] = []
    /// The fastest by share of the memory.
    var buckets: [Candidate?]
    /// The smallest that does not fit.
    var closest: Candidate?
    /// How many there were.
    var count = TrainingSearch.Count(visited: 0, fitting: 0, timed: 0)

    init(bucketCount: Int) { buckets = Array(repeating: nil, count: bucketCount) }

    /// Adds what another part of the space holds; `best` is left unsorted.
    mutating func merge(_ other: FoundLayouts) {
        best += other.best
        for (place, candidate) in other.buckets.enumerated() {
            guard let candidate else { continue }
            if buckets[place].map({ candidate.isBefore($0) }) ?? true { buckets[place] = candidate }
        }
        if let candidate = other.closest, closest.map({ candidate.isSmaller(than: $0) }) ?? true {
            closest = candidate
        }
        count.visited += other.count.visited
        count.fitting += other.count.fitting
        count.timed += other.count.timed
    }

    /// Searches one part of the space of `model`, which is number `place` of several.
    static func search(
        _ model: TrainingModel, _ place: Int, _ space: TrainingSpace, acceleratorCounts: [Int],
        fastestOnly: Bool, limit: Int, bucketCount: Int, part: Int, partCount: Int
    ) -> [FoundLayouts] {
        let table = TrainingSpaceTable(
            model, space, acceleratorCounts: acceleratorCounts, fastestOnly: fastestOnly)
        let empty = tangram_training_candidate()
        let count = acceleratorCounts.count
        var best = [tangram_training_candidate](repeating: empty, count: limit * count)
        var buckets = [tangram_training_candidate](repeating: empty, count: bucketCount * count)
        return best.withUnsafeMutableBufferPointer { best in
            buckets.withUnsafeMutableBufferPointer { buckets in
                var raw = (0..<count).map { index in
                    var found = tangram_training_found()
                    found.best = limit > 0 ? best.baseAddress.map { $0 + index * limit } : nil
                    found.best_limit = Int32(clamping: limit)
                    found.buckets =
                        bucketCount > 0
                        ? buckets.baseAddress.map { $0 + index * bucketCount } : nil
                    found.bucket_limit = Int32(clamping: bucketCount)
                    return found
                }
                table.withTable {
                    tangram_training_search(
                        KernelLevel.inUse, model.table.pointer, $0, Int32(clamping: part),
                        Int32(clamping: partCount), &raw)
                }
                return raw.enumerated().map { index, raw in
                    func candidate(_ value: tangram_training_candidate) -> Candidate? {
                        value.index >= 0 ? Candidate(model: place, value: value) : nil
                    }
                    var found = FoundLayouts(bucketCount: 0)
                    found.best = best[index * limit..<index * limit + Int(raw.best_count)]
                        .compactMap(candidate)
                    found.buckets = buckets[index * bucketCount..<(index + 1) * bucketCount]
                        .map(candidate)
                    found.closest = candidate(raw.closest)
                    found.count = TrainingSearch.Count(
                        visited: Int(raw.visited_count), fitting: Int(raw.fitting_count),
                        timed: Int(raw.timed_count))
                    return found
                }
            }
        }
    }
}
