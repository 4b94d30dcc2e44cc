import TangramUnits

/// Finds the fastest layout of a training job on a number of accelerators.
///
/// Sizes that cannot divide the job are never made, a layout that does not fit is never timed, and
/// a layer is costed once for all pipelines, ZeRO stages and schedules that share it.
public struct TrainingSearch: Sendable {
    /// The job on its accelerators.
    public let model: TrainingModel

    /// Prepares a search.
    public init(_ model: TrainingModel) { self.model = model }

    /// The fastest layout of exactly `acceleratorCount` accelerators, or why there is none.
    public func best(acceleratorCount: Int) -> Result<TrainingEstimate, Rejection> {
        ranked(acceleratorCount: acceleratorCount, limit: 1).map { $0[0] }
    }

    /// The fastest layout of each number of accelerators; layers are costed once for all of them.
    public func best(
        acceleratorCounts: [Int]
    ) -> [Result<TrainingEstimate, Rejection>] {
        var costs: LayerCostTable = [:]
        return acceleratorCounts.map {
            ranked(acceleratorCount: $0, limit: 1, costs: &costs).map { $0[0] }
        }
    }

    private typealias LayerCostTable = [TrainingModel.LayerKey: TrainingModel.LayerCosts]

    /// The fastest layouts, at least one and at most `limit`, fastest first.
    public func ranked(
        acceleratorCount: Int, limit: Int
    ) -> Result<[TrainingEstimate], Rejection> {
        var costs: LayerCostTable = [:]
        return ranked(acceleratorCount: acceleratorCount, limit: limit, costs: &costs)
    }

    private func ranked(
        acceleratorCount: Int, limit: Int, costs: inout LayerCostTable
    ) -> Result<[TrainingEstimate], Rejection> {
        guard acceleratorCount > 0 else {
            return .failure(.noLayout(acceleratorCount: acceleratorCount, reason: "none given"))
        }
        var found: [TrainingEstimate] = []
        var closest: (layout: TrainingLayout, memory: MemoryBreakdown)?
        let keep = max(1, limit)
        let space = TrainingLayoutSpace(model)
        for partition in space.partitions(of: acceleratorCount) {
            let key = TrainingModel.LayerKey(partition)
            let layers = costs[key] ?? model.layerCosts(key)
            costs[key] = layers
            for variant in space.variants(of: partition) {
                var layout = variant
                for recompute in TrainingLayout.Recompute.allCases {
                    layout.recompute = recompute
                    let memory = model.memory(layout, layers: layers)
                    guard memory.shortfall == .zero else {
                        if memory.shortfall < closest?.memory.shortfall ?? Bytes(.max) {
                            closest = (layout, memory)
                        }
                        continue
                    }
                    // Less recomputation is never slower, so the first that fits is the best.
                    let step = model.step(layout, layers: layers)
                    if found.count < keep
                        || step.seconds < found[found.count - 1].stepTime.value
                    {
                        let estimate = model.estimate(layout, step: step, memory: memory)
                        let place =
                            found.firstIndex { estimate.stepTime < $0.stepTime } ?? found.count
                        found.insert(estimate, at: place)
                        if found.count > keep { found.removeLast() }
                    }
                    break
                }
            }
        }
        if !found.isEmpty { return .success(found) }
        if let closest {
            let largest = closest.memory.parts.first
            return .failure(
                .memory(
                    layout: closest.layout.summary, shortfall: closest.memory.shortfall,
                    largest: largest?.name ?? "weights",
                    largestBytes: largest?.bytes ?? closest.memory.total))
        }
        return .failure(
            .noLayout(
                acceleratorCount: acceleratorCount,
                reason:
                    "the batch of \(model.demand.globalBatchSize) sequences does not divide over it"
            ))
    }
}
