import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

/// Costs one training job on several groups of accelerators that do not match.
///
/// A replica takes Σ stages + (m − 1) · slowest stage with its transfer (Sailor, arXiv 2504.17096,
/// the form with unequal stages); the step takes the slowest replica, then gradients and weights over
/// replicas, which nothing hides across vendors, then the slowest optimizer.
public final class UnlikeTrainingModel: Sendable {
    /// The job.
    public let demand: TrainingDemand
    /// The groups.
    public let groups: [DeviceGroup]
    /// The names of their accelerators, in order.
    public var names: [String] { groups.map(\.accelerator.id) }
    let models: [TrainingModel]
    let links: [[UnlikeLink]]

    /// Prepares `demand` for `groups`.
    ///
    /// - Throws: ``Rejection`` where one of them cannot compute in the format, or a figure is none.
    public init(demand: TrainingDemand, groups: [DeviceGroup]) throws(Rejection) {
        self.demand = demand
        self.groups = groups
        var models: [TrainingModel] = []
        for group in groups { models.append(try TrainingModel(demand: demand, group: group)) }
        self.models = models
        links = groups.map { a in groups.map { UnlikeLink(a, $0) } }
    }

    /// What a stage costs.
    struct StageCost {
        var cost: tangram_training_stage
        var time: Double
    }

    /// - Parameters:
    ///   - replicas: Replicas in the same group, over which experts and optimizer states lie.
    func cost(
        _ stage: UnlikeLayout.Stage, _ layout: UnlikeLayout, replicas: Int, isFirst: Bool,
        isLast: Bool, inFlight: Int
    ) -> StageCost {
        let experts = expertParallel(stage.tensorParallel * replicas)
        var option = TrainingLayout(
            tensorParallel: stage.tensorParallel, dataParallel: replicas,
            expertParallel: experts, zeroStage: 1, microBatch: layout.microBatch,
            recompute: layout.recompute
        ).kernelOption
        var cost = tangram_training_stage()
        tangram_training_stage_of(
            models[stage.group].table.pointer, &option, Double(stage.layerCount),
            isFirst ? 1 : 0, isLast ? 1 : 0, Double(inFlight), &cost)
        let time = cost.layer_s * Double(stage.layerCount) + (isLast ? cost.head_s : 0)
        return StageCost(cost: cost, time: time)
    }

    /// Experts lie over as many of the stage's ranks as divide them, all of one group.
    private func expertParallel(_ ranks: Int) -> Int {
        let count = models.first?.shape.expertCount ?? 1
        guard count > 1 else { return 1 }
        var size = min(ranks, count)
        while size > 1, count % size != 0 || ranks % size != 0 { size -= 1 }
        return size
    }

    /// Predicts a layout.
    public func estimate(_ layout: UnlikeLayout) -> UnlikeEstimate {
        var times: [Seconds] = []
        var all: [[UnlikeEstimate.Stage]] = []
        var optimizer = 0.0
        var largest = 0.0
        for pipeline in layout.pipelines {
            var stages: [UnlikeEstimate.Stage] = []
            var sum = 0.0
            var slowest = 0.0
            for (place, stage) in pipeline.stages.enumerated() {
                let isLast = place == pipeline.stages.count - 1
                let found = cost(
                    stage, layout, replicas: pipeline.replicaCount, isFirst: place == 0,
                    isLast: isLast,
                    inFlight: min(pipeline.microBatchCount, pipeline.stages.count - place))
                let link = isLast ? nil : links[stage.group][pipeline.stages[place + 1].group]
                let lanes =
                    isLast
                    ? 1 : min(stage.tensorParallel, pipeline.stages[place + 1].tensorParallel)
                let transfer = link.map { 2 * $0.seconds(activationBytes(layout), lanes: lanes) }
                stages.append(
                    UnlikeEstimate.Stage(
                        stage: stage, time: Seconds(found.time),
                        transfer: Seconds(transfer ?? 0), isStaged: link?.isStaged ?? false,
                        memory: MemoryBreakdown(
                            found.cost, on: models[stage.group].table.pointer.pointee.device)))
                let own = found.time + (transfer ?? 0)
                sum += own
                slowest = max(slowest, own)
                optimizer = max(optimizer, found.cost.optimizer_s)
                largest = max(
                    largest, found.cost.trained_parameters)
            }
            times.append(
                Seconds(sum + Double(pipeline.microBatchCount - 1) * slowest))
            all.append(stages)
        }
        let data = exchange(parameters: largest, layout)
        let step = (times.map(\.value).max() ?? 0) + data + optimizer
        let tokens = Double(layout.batch) * Double(demand.sequenceLength)
        return UnlikeEstimate(
            layout: layout, stepTime: Seconds(step), throughput: TokenRate(tokens / step),
            pipelineTimes: times, dataParallelTime: Seconds(data),
            optimizerTime: Seconds(optimizer), stages: all,
            relativeUncertainty: groups.map(\.accelerator.efficiency.relativeUncertainty).max()
                ?? 0)
    }

    /// Hidden states of one micro-batch.
    private func activationBytes(_ layout: UnlikeLayout) -> Double {
        MixedPrecision.activation * Double(layout.microBatch) * Double(demand.sequenceLength)
            * Double(demand.model.hiddenSize)
    }

    /// Gradients are scattered and weights gathered around a ring of all replicas, as fast as its
    /// slowest link.
    private func exchange(parameters: Double, _ layout: UnlikeLayout) -> Double {
        let count = Double(layout.replicaCount)
        guard count > 1 else { return 0 }
        var slowest = UnlikeLink(groups[0], groups[0])
        slowest.byteCost = 0
        for place in 0..<(layout.pipelines.map(\.stages.count).max() ?? 0) {
            let members = layout.pipelines.compactMap {
                $0.stages.indices.contains(place) ? $0.stages[place].group : nil
            }
            for a in members {
                for b in members where links[a][b].byteCost > slowest.byteCost {
                    slowest = links[a][b]
                }
            }
        }
        let bytes =
            parameters
            * (demand.stack.gradientFormat.bytesPerElement + MixedPrecision.weight)
        return 2 * (count - 1) * slowest.latency + (count - 1) / count * bytes * slowest.byteCost
    }
}
