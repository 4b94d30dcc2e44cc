/// The layouts that divide a training job; sizes alone, so that copies cost nothing.
struct TrainingLayoutSpace {
    private let batch: Int
    private let sequenceLength: Int
    private let layerCount: Int
    private let headCount: Int
    private let expertCount: Int
    private let localSize: Int
    private let nodeSize: Int

    init(_ model: TrainingModel) {
        batch = model.demand.globalBatchSize
        sequenceLength = model.demand.sequenceLength
        layerCount = model.shape.layerCount
        headCount = model.shape.headCount
        expertCount = model.shape.expertCount
        localSize = model.group.localSize
        nodeSize = max(1, model.group.acceleratorsPerNode)
    }

    /// Every cut into tensor, context, pipeline, data and expert parallelism and micro-batches that
    /// divides the job.
    func partitions(of count: Int) -> [TrainingLayout] {
        var partitions: [TrainingLayout] = []
        guard batch > 0 else { return partitions }
        for tensor in tensorSizes(count) {
            for context in contextSizes(count / tensor) {
                let ranks = count / (tensor * context)
                for pipeline in Self.divisors(ranks) where pipeline <= layerCount {
                    let data = ranks / pipeline
                    guard batch % data == 0 else { continue }
                    for expert in expertSizes(stageRanks: tensor * context * data) {
                        for micro in [1, 2, 4, 8] where (batch / data) % micro == 0 {
                            partitions.append(
                                TrainingLayout(
                                    tensorParallel: tensor, pipelineParallel: pipeline,
                                    contextParallel: context, dataParallel: data,
                                    expertParallel: expert, microBatch: micro))
                        }
                    }
                }
            }
        }
        return partitions
    }

    /// The ZeRO stages, virtual stages and schedules of a cut.
    func variants(of layout: TrainingLayout) -> [TrainingLayout] {
        var variants: [TrainingLayout] = []
        var variant = layout
        let microBatches = max(1, batch / (layout.dataParallel * layout.microBatch))
        let stages = layout.pipelineParallel
        for zero in layout.dataParallel * layout.contextParallel > 1 ? [1, 3] : [1] {
            // Gathering weights anew for every micro-batch of a pipeline is never worth it.
            if zero == 3 && stages > 1 { continue }
            variant.zeroStage = zero
            variant.schedule = .oneForwardOneBackward
            for virtual in [1, 2, 4] {
                if virtual > 1
                    && (stages == 1 || microBatches % stages != 0
                        || stages * virtual > layerCount)
                {
                    break
                }
                variant.virtualPipeline = virtual
                variants.append(variant)
            }
            if stages > 1 && stages % 2 == 0 && layout.expertParallel > 1
                && microBatches >= 2 * stages
            {
                variant.virtualPipeline = 1
                variant.schedule = .dualPipe
                variants.append(variant)
            }
        }
        return variants
    }

    /// Groups of neighbours that no border between nodes cuts.
    private func tensorSizes(_ count: Int) -> [Int] {
        Self.powersOfTwo(upTo: min(count, localSize)).filter {
            count % $0 == 0 && headCount % $0 == 0
                && (count <= localSize || nodeSize % $0 == 0 || $0 % nodeSize == 0)
        }
    }

    /// Context parallelism only where sequences are long enough to need it.
    private func contextSizes(_ count: Int) -> [Int] {
        let most = max(1, sequenceLength / 8_192)
        return Self.powersOfTwo(upTo: min(count, most, 64)).filter {
            count % $0 == 0 && sequenceLength % $0 == 0
        }
    }

    private func expertSizes(stageRanks: Int) -> [Int] {
        guard expertCount > 1 else { return [1] }
        return Self.divisors(expertCount).filter { stageRanks % $0 == 0 }
    }

    /// 1, 2, 4… up to `limit`.
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
