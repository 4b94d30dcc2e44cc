import CCostKernel
import TangramUnits

/// Finds the fastest layout of a training job on a number of accelerators.
///
/// Layouts are made one after the other and costed in batches by the kernel, every operator of each
/// that fits; sizes that cannot divide the job are never made, a layout that does not fit is never
/// timed, and what is found is reduced as it is costed, so that memory does not grow with the number
/// of layouts. What is reported is computed again in double.
public struct TrainingSearch: Sendable {
    /// The job on its accelerators.
    public let model: TrainingModel
    /// What may be chosen.
    public let space: TrainingSpace

    /// Prepares a search.
    public init(_ model: TrainingModel, space: TrainingSpace = TrainingSpace()) {
        self.model = model
        self.space = space
    }

    /// The fastest layout of exactly `acceleratorCount` accelerators, or why there is none.
    public func best(acceleratorCount: Int) -> Result<TrainingEstimate, Rejection> {
        ranked(acceleratorCount: acceleratorCount, limit: 1).map { $0[0] }
    }

    /// The fastest layout of each number of accelerators; layers are costed once for all of them.
    public func best(
        acceleratorCounts: [Int]
    ) -> [Result<TrainingEstimate, Rejection>] {
        let found = run(
            acceleratorCounts: acceleratorCounts, limit: 1 + Self.slack, bucketCount: 0)
        return zip(acceleratorCounts, found).map { count, found in
            estimates(found, found.best, acceleratorCount: count).map { fastest($0, 1)[0] }
        }
    }

    /// The fastest layouts, at least one and at most `limit`, fastest first.
    public func ranked(
        acceleratorCount: Int, limit: Int
    ) -> Result<[TrainingEstimate], Rejection> {
        let found = run(
            acceleratorCounts: [acceleratorCount], limit: max(1, limit) + Self.slack,
            bucketCount: 0)[0]
        return estimates(found, found.best, acceleratorCount: acceleratorCount).map {
            fastest($0, max(1, limit))
        }
    }

    private func fastest(_ estimates: [TrainingEstimate], _ limit: Int) -> [TrainingEstimate] {
        // Equal times stay in the order of the enumeration.
        let order = estimates.indices.sorted {
            (estimates[$0].stepTime.value, $0) < (estimates[$1].stepTime.value, $1)
        }
        return order.prefix(limit).map { estimates[$0] }
    }

    /// Layouts none of which is both slower and larger than another: fastest first, each smaller
    /// than the one before it.
    ///
    /// - Parameter resolution: Into how many parts the device's memory is divided; at most one
    ///   layout is kept for each.
    public func front(
        acceleratorCount: Int, resolution: Int = 64
    ) -> Result<[TrainingEstimate], Rejection> {
        let found = run(
            acceleratorCounts: [acceleratorCount], limit: 0,
            bucketCount: min(max(1, resolution), 4_096))[0]
        return estimates(found, found.buckets, acceleratorCount: acceleratorCount).map {
            var front: [TrainingEstimate] = []
            for estimate in $0.sorted(by: { $0.stepTime < $1.stepTime })
            where front.last.map({ estimate.memory.total < $0.memory.total }) ?? true {
                front.append(estimate)
            }
            return front
        }
    }

    /// How many layouts a search looks at.
    public struct Count: Hashable, Sendable {
        /// Layouts that divide the job.
        public var visited: Int
        /// Those that fit into memory.
        public var fitting: Int
        /// Those that were timed.
        public var timed: Int
    }

    /// Searches without estimating anything: how many layouts there are on each of the numbers of
    /// accelerators, all together.
    public func count(acceleratorCounts: [Int]) -> Count {
        run(acceleratorCounts: acceleratorCounts, limit: 1, bucketCount: 0, fastestOnly: true)
            .reduce(Count(visited: 0, fitting: 0, timed: 0)) {
                Count(
                    visited: $0.visited + $1.count.visited,
                    fitting: $0.fitting + $1.count.fitting, timed: $0.timed + $1.count.timed)
            }
    }

    // MARK: Kernel

    /// Times in single precision may swap layouts that are all but equally fast.
    private static let slack = 7

    private struct Found {
        var best: [tangram_training_candidate] = []
        var buckets: [tangram_training_candidate] = []
        var closest: tangram_training_candidate?
        var count = Count(visited: 0, fitting: 0, timed: 0)
    }

    private func run(
        acceleratorCounts: [Int], limit: Int, bucketCount: Int, fastestOnly: Bool? = nil
    ) -> [Found] {
        let table = TrainingSpaceTable(
            model, space, acceleratorCounts: acceleratorCounts,
            fastestOnly: fastestOnly ?? (bucketCount == 0))
        let empty = tangram_training_candidate()
        let count = acceleratorCounts.count
        var best = [tangram_training_candidate](repeating: empty, count: limit * count)
        var buckets = [tangram_training_candidate](repeating: empty, count: bucketCount * count)
        return best.withUnsafeMutableBufferPointer { best in
            buckets.withUnsafeMutableBufferPointer { buckets in
                var found = (0..<count).map { place in
                    var found = tangram_training_found()
                    found.best = limit > 0 ? best.baseAddress.map { $0 + place * limit } : nil
                    found.best_limit = Int32(clamping: limit)
                    found.buckets =
                        bucketCount > 0
                        ? buckets.baseAddress.map { $0 + place * bucketCount } : nil
                    found.bucket_limit = Int32(clamping: bucketCount)
                    return found
                }
                table.withTable {
                    tangram_training_search(
                        KernelLevel.inUse, model.table.pointer, $0, 0, 1, &found)
                }
                return found.enumerated().map { place, found in
                    Found(
                        best: Array(best[place * limit..<place * limit + Int(found.best_count)]),
                        buckets: buckets[place * bucketCount..<(place + 1) * bucketCount]
                            .filter { $0.index >= 0 },
                        closest: found.closest.index >= 0 ? found.closest : nil,
                        count: Count(
                            visited: Int(found.visited_count), fitting: Int(found.fitting_count),
                            timed: Int(found.timed_count)))
                }
            }
        }
    }

    /// The layout of a candidate; its split is the balanced one.
    private func layout(_ candidate: tangram_training_candidate) -> TrainingLayout {
        var layout = TrainingLayout(candidate.option)
        layout.lastStageLayerCount = nil
        return layout
    }

    private func estimates(
        _ found: Found, _ candidates: [tangram_training_candidate], acceleratorCount: Int
    ) -> Result<[TrainingEstimate], Rejection> {
        guard candidates.isEmpty else {
            return .success(candidates.map { model.estimate(layout($0)) })
        }
        if let closest = found.closest {
            let layout = layout(closest)
            let memory = model.memory(layout)
            let largest = memory.parts.first
            return .failure(
                .memory(
                    layout: layout.summary, shortfall: memory.shortfall,
                    largest: largest?.name ?? "weights",
                    largestBytes: largest?.bytes ?? memory.total))
        }
        return .failure(
            .noLayout(
                acceleratorCount: acceleratorCount,
                reason: acceleratorCount > 0
                    ? "the batch of \(model.demand.globalBatchSize) sequences does not divide over it"
                    : "none given"))
    }
}
