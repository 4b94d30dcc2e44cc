import TangramHardware
import TangramUnits

/// What data parallelism adds to a step: collectives that nothing hides, and the optimizer.
struct DataParallelCost {
    /// Exposed seconds of gradient and weight collectives.
    let exposed: Double
    /// Seconds of the optimizer step.
    let optimizer: Double

    init(
        model: TrainingModel, layout: TrainingLayout, layers: TrainingModel.LayerCosts,
        stages: StageTimes
    ) {
        let contents = model.stageContents(layout, split: stages.split)
        var content = contents.0
        var trained = model.trainedParameters(layout, layers, content)
        if let other = contents.1 {
            let parameters = model.trainedParameters(layout, layers, other)
            if parameters.dense + parameters.experts > trained.dense + trained.experts {
                (content, trained) = (other, parameters)
            }
        }
        let replicas = layout.dataParallel * layout.contextParallel
        let expertReplicas = max(1, layout.stageRankCount / layout.expertParallel)
        let groups = Groups(layout)
        if layout.zeroStage >= 3 {
            // Layer by layer, weights are gathered for the forward and the backward pass of every
            // micro-batch and gradients scattered after it, behind the computation of another
            // layer; the first gather has nothing to hide behind.
            let pieces = max(1, content.layerCount)
            let resident = model.residentParameters(layout, layers, content)
            let gather =
                pieces
                * groups.seconds(
                    .allGather, bytes: MixedPrecision.weight / pieces, resident, model.collectives)
            let scatter =
                pieces
                * groups.seconds(
                    .reduceScatter, bytes: MixedPrecision.gradient / pieces, trained,
                    model.collectives)
            exposed =
                Double(model.microBatchCount(layout))
                * (gather / pieces + max(0, gather - stages.forwardTime)
                    + max(0, gather + scatter - stages.backwardTime))
        } else {
            // Gradients leave during the last backward pass, weights return during the first
            // forward pass; the last bucket of either has nothing to hide behind.
            let layerShare = 1 - 1 / Double(max(1, stages.slowLayers))
            let scatter = groups.seconds(
                .reduceScatter, bytes: MixedPrecision.gradient, trained, model.collectives)
            let gather = groups.seconds(
                .allGather, bytes: MixedPrecision.weight, trained, model.collectives)
            exposed =
                max(scatter * (1 - layerShare), scatter - stages.backwardTime * layerShare)
                + max(gather * (1 - layerShare), gather - stages.forwardTime * layerShare)
        }
        let copies: Double = layout.schedule == .dualPipe ? 2 : 1
        let shard = trained.dense / Double(replicas) + trained.experts / Double(expertReplicas)
        optimizer = model.roofline.stream(bytes: MixedPrecision.updateTraffic * shard / copies)
    }

    /// Ranks that hold the same weights.
    private struct Groups {
        let dense: RankGroup
        let experts: RankGroup

        init(_ layout: TrainingLayout) {
            // DualPipe mirrors a stage on another one.
            let copies = layout.schedule == .dualPipe ? 2 : 1
            let replicas = layout.dataParallel * layout.contextParallel
            let expertReplicas = max(1, layout.stageRankCount / layout.expertParallel)
            dense = RankGroup(
                size: copies * replicas,
                stride: replicas == 1 ? layout.stageRankCount : layout.tensorParallel)
            experts = RankGroup(
                size: copies * expertReplicas,
                stride: expertReplicas == 1 ? layout.stageRankCount : layout.expertParallel)
        }

        func seconds(
            _ collective: Collective, bytes: Double,
            _ parameters: (dense: Double, experts: Double), _ collectives: CollectiveModel
        ) -> Double {
            collectives.seconds(collective, bytes: bytes * parameters.dense, ranks: dense)
                + collectives.seconds(collective, bytes: bytes * parameters.experts, ranks: experts)
        }
    }
}
