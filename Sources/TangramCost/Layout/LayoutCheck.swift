public import TangramModels

/// Whether a layout divides a job; the estimators take it for granted.
public struct LayoutCheck: Sendable {
    let model: TransformerModel
    let group: DeviceGroup

    /// Prepares checks of layouts of `model` on accelerators of `group`.
    public init(model: TransformerModel, group: DeviceGroup) {
        self.model = model
        self.group = group
    }

    /// Everything that does not divide, each with what would; empty for a layout that does.
    public func problems(
        of layout: TrainingLayout, demand: TrainingDemand, count: Int
    ) -> [String] {
        var problems: [String] = []
        func require(_ isRight: Bool, _ message: String) {
            if !isRight { problems.append("layout: " + message) }
        }
        guard
            let total = Self.product([
                layout.tensorParallel, layout.pipelineParallel, layout.contextParallel,
                layout.dataParallel,
            ])
        else { return ["layout: sizes multiply beyond any cluster"] }
        require(
            total == count,
            "tp × pp × cp × dp = \(layout.tensorParallel) × \(layout.pipelineParallel) × "
                + "\(layout.contextParallel) × \(layout.dataParallel) = \(total), not the "
                + "\(count) of --count")
        problems += shared(tensor: layout.tensorParallel, pipeline: layout.pipelineParallel)
        let batch = demand.globalBatchSize
        require(
            batch % layout.dataParallel == 0,
            "dp=\(layout.dataParallel) does not divide the batch of \(batch) sequences")
        if batch % layout.dataParallel == 0 {
            require(
                (batch / layout.dataParallel) % layout.microBatch == 0,
                "mb=\(layout.microBatch) does not divide the \(batch / layout.dataParallel) "
                    + "sequences of a replica")
        }
        require(
            demand.sequenceLength % layout.contextParallel == 0,
            "cp=\(layout.contextParallel) does not divide the sequence of "
                + "\(demand.sequenceLength) tokens")
        problems += experts(layout)
        require(
            (0...3).contains(layout.zeroStage),
            "zero=\(layout.zeroStage) is no ZeRO stage — choose 0, 1, 2 or 3")
        if let shard = layout.shardCount {
            let replicas = layout.dataParallel * layout.contextParallel
            require(
                shard > 1 && replicas % shard == 0 && layout.zeroStage > 0,
                "shard=\(shard) needs zero of at least 1 and must divide cp × dp = \(replicas)")
        }
        if layout.contextParallel > 1, layout.contextExchange == .ulysses {
            let ranks = layout.tensorParallel * layout.contextParallel
            for heads in Set(model.layerGroups.map(\.attention.headCount)).sorted() {
                require(
                    heads % ranks == 0,
                    "exchange=ulysses cuts heads: tp × cp = \(ranks) does not divide \(heads)")
            }
        }
        problems += pipeline(
            layout, microBatches: batch / max(1, layout.dataParallel * layout.microBatch))
        return problems
    }

    /// Everything that does not divide, each with what would; empty for a layout that does.
    public func problems(of layout: ServingLayout, count: Int) -> [String] {
        var problems = shared(tensor: layout.tensorParallel, pipeline: layout.pipelineParallel)
        guard
            let total = Self.product([
                layout.tensorParallel, layout.pipelineParallel, layout.dataParallel,
                layout.contextParallel,
            ])
        else { return ["layout: sizes multiply beyond any cluster"] }
        if total > count {
            problems.append("layout: a replica takes \(total) accelerators, --count is \(count)")
        }
        let ranks = layout.stageRankCount
        // Ranks that do not divide the experts hold copies of the busiest ones (EPLB).
        if layout.dataParallel > 1, expertCount <= 1 {
            problems.append(
                "layout: dp=\(layout.dataParallel) shares experts, which \(model.id) lacks")
        } else if layout.dataParallel > 1, ranks > 2 * expertCount {
            problems.append(
                "layout: tp × dp = \(ranks) is more than two for each of the \(expertCount) experts"
            )
        }
        if ranks % layout.expertParallel != 0 {
            problems.append(
                "layout: ep=\(layout.expertParallel) does not divide the tp × cp × dp = \(ranks) ranks "
                    + "of a stage")
        }
        return problems
    }

    // MARK: Parts

    /// "1, 2, 4 or 8 would": what divides `count`.
    private static func choices(_ count: Int) -> String {
        let texts = Divisors.all(of: count).map(String.init)
        guard texts.count > 1, let last = texts.last else { return "only 1 would" }
        return texts.dropLast().joined(separator: ", ") + " or \(last) would"
    }

    /// nil where the product is beyond any integer.
    package static func product(_ sizes: [Int]) -> Int? {
        var result = 1
        for size in sizes {
            let (next, isOver) = result.multipliedReportingOverflow(by: size)
            if isOver { return nil }
            result = next
        }
        return result
    }

    private func shared(tensor: Int, pipeline: Int) -> [String] {
        var problems: [String] = []
        let heads = Set(model.layerGroups.map(\.attention.headCount)).sorted()
        for count in heads where count % tensor != 0 {
            problems.append(
                "layout: tp=\(tensor) does not divide the \(count) attention heads — "
                    + Self.choices(count))
        }
        if pipeline > model.layerCount {
            problems.append(
                "layout: pp=\(pipeline) is more than the \(model.layerCount) layers — at most one "
                    + "stage a layer")
        }
        return problems
    }

    private func experts(_ layout: TrainingLayout) -> [String] {
        guard layout.expertParallel > 1 || layout.expertTensorParallel > 1 else { return [] }
        let size = layout.expertParallel
        guard expertCount > 1 else {
            return ["layout: ep=\(size), but \(model.id) has no experts"]
        }
        var problems: [String] = []
        if expertCount % size != 0 {
            problems.append(
                "layout: ep=\(size) does not divide the \(expertCount) experts — "
                    + Self.choices(expertCount))
        }
        if layout.stageRankCount % (size * layout.expertTensorParallel) != 0 {
            problems.append(
                "layout: ep × etp = \(size) × \(layout.expertTensorParallel) does not divide "
                    + "the tp × cp × dp = \(layout.stageRankCount) "
                    + "ranks of a stage")
        }
        return problems
    }

    private func pipeline(_ layout: TrainingLayout, microBatches: Int) -> [String] {
        var problems: [String] = []
        let stages = layout.pipelineParallel
        if layout.virtualPipeline > 1 {
            if stages == 1 || microBatches % stages != 0 {
                problems.append(
                    "layout: vpp=\(layout.virtualPipeline) needs pp > 1 and micro-batches "
                        + "(\(microBatches)) that pp divides")
            }
            // Embedding and head may stand for a layer each.
            if stages * layout.virtualPipeline > model.layerCount + 2 {
                problems.append("layout: pp × vpp is more than the \(model.layerCount) layers")
            }
        }
        if layout.schedule == .zeroBubbleV
            && (stages == 1 || layout.virtualPipeline != 2)
        {
            problems.append("layout: zb-v needs pp > 1 and vpp=2, the two arms of its V")
        }
        if let last = layout.lastStageLayerCount, stages == 1 || last > model.layerCount {
            problems.append(
                "layout: last=\(last) needs pp > 1 and at most the \(model.layerCount) layers")
        }
        if layout.schedule == .dualPipe && (stages % 2 != 0 || microBatches < 2 * stages) {
            problems.append(
                "layout: dualpipe needs an even pp and at least 2 × pp micro-batches, there are "
                    + "\(microBatches)")
        }
        return problems
    }

    private var expertCount: Int {
        model.layerGroups.map { group in
            if case .mixtureOfExperts(let block) = group.feedForward {
                block.expertCount
            } else {
                1
            }
        }.max() ?? 1
    }
}
