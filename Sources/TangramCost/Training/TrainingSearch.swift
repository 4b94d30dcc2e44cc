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

    /// The fastest layouts, at least one and at most `limit`, fastest first.
    public func ranked(
        acceleratorCount: Int, limit: Int
    ) -> Result<[TrainingEstimate], Rejection> {
        guard acceleratorCount > 0 else {
            return .failure(.noLayout(acceleratorCount: acceleratorCount, reason: "none given"))
        }
        var found: [TrainingEstimate] = []
        var closest: (layout: TrainingLayout, memory: MemoryBreakdown)?
        let keep = max(1, limit)
        forEachPartition(of: acceleratorCount) { partition in
            let layers = model.layerCosts(TrainingModel.LayerKey(partition))
            forEachVariant(of: partition) { variant in
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

    // MARK: Enumeration

    /// Visits every cut into tensor, context, pipeline, data and expert parallelism and
    /// micro-batches that divides the job.
    private func forEachPartition(
        of count: Int, _ visit: (TrainingLayout) -> Void
    ) {
        let batch = model.demand.globalBatchSize
        for tensor in tensorSizes(count) {
            for context in contextSizes(count / tensor) {
                let ranks = count / (tensor * context)
                for pipeline in Self.divisors(ranks) where pipeline <= model.shape.layerCount {
                    let data = ranks / pipeline
                    guard batch % data == 0 else { continue }
                    for expert in expertSizes(stageRanks: tensor * context * data) {
                        for micro in [1, 2, 4, 8] where (batch / data) % micro == 0 {
                            visit(
                                TrainingLayout(
                                    tensorParallel: tensor, pipelineParallel: pipeline,
                                    contextParallel: context, dataParallel: data,
                                    expertParallel: expert, microBatch: micro))
                        }
                    }
                }
            }
        }
    }

    /// Visits the ZeRO stages, virtual stages and schedules of a cut.
    private func forEachVariant(
        of layout: TrainingLayout, _ visit: (TrainingLayout) -> Void
    ) {
        var variant = layout
        let microBatches = model.microBatchCount(layout)
        let stages = layout.pipelineParallel
        for zero in layout.dataParallel * layout.contextParallel > 1 ? [1, 3] : [1] {
            // Gathering weights anew for every micro-batch of a pipeline is never worth it.
            if zero == 3 && stages > 1 { continue }
            variant.zeroStage = zero
            for virtual in [1, 2, 4] {
                if virtual > 1
                    && (stages == 1 || microBatches % stages != 0
                        || stages * virtual > model.shape.layerCount)
                {
                    break
                }
                variant.virtualPipeline = virtual
                variant.schedule = .oneForwardOneBackward
                visit(variant)
            }
            if stages > 1 && stages % 2 == 0 && layout.expertParallel > 1
                && microBatches >= 2 * stages
            {
                variant.virtualPipeline = 1
                variant.schedule = .dualPipe
                visit(variant)
            }
        }
    }

    /// Groups of neighbours that no border between nodes cuts.
    private func tensorSizes(_ count: Int) -> [Int] {
        let local = model.group.localSize
        let node = max(1, model.group.acceleratorsPerNode)
        return Self.powersOfTwo(upTo: min(count, local)).filter {
            count % $0 == 0 && model.shape.headCount % $0 == 0
                && (count <= local || node % $0 == 0 || $0 % node == 0)
        }
    }

    /// Context parallelism only where sequences are long enough to need it.
    private func contextSizes(_ count: Int) -> [Int] {
        let most = max(1, model.demand.sequenceLength / 8_192)
        return Self.powersOfTwo(upTo: min(count, most, 64)).filter {
            count % $0 == 0 && model.demand.sequenceLength % $0 == 0
        }
    }

    private func expertSizes(stageRanks: Int) -> [Int] {
        let experts = model.shape.expertCount
        guard experts > 1 else { return [1] }
        return Self.divisors(experts).filter { stageRanks % $0 == 0 }
    }

    static func powersOfTwo(upTo limit: Int) -> [Int] {
        var sizes: [Int] = []
        var size = 1
        while size <= limit {
            sizes.append(size)
            guard size <= limit / 2 else { break }
            size *= 2
        }
        return sizes
    }

    /// The divisors of `number`, ascending.
    static func divisors(_ number: Int) -> [Int] {
        guard number > 0 else { return [] }
        var small: [Int] = []
        var large: [Int] = []
        var candidate = 1
        while candidate <= number / candidate {
            if number % candidate == 0 {
                small.append(candidate)
                if candidate * candidate != number { large.append(number / candidate) }
            }
            candidate += 1
        }
        return small + large.reversed()
    }
}
