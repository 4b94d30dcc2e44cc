import TangramHardware
import TangramUnits

/// What data parallelism adds to a step: collectives that nothing hides, and the optimizer.
struct DataParallelCost {
    /// Exposed seconds of gradient and weight collectives.
    let exposed: Double
    /// Seconds of the optimizer step.
    let optimizer: Double

    init(model: TrainingModel, layout: TrainingLayout, stages: StageTimes) {
        let parameters = model.trainedParameters(layout)
        let replicas = layout.dataParallel * layout.contextParallel
        let denseRanks = RankGroup(size: replicas, stride: layout.tensorParallel)
        let expertReplicas = max(1, layout.stageRankCount / layout.expertParallel)
        let expertRanks = RankGroup(size: expertReplicas, stride: layout.expertParallel)
        func scatter(_ bytes: Double) -> Double {
            model.collectives.seconds(
                .reduceScatter, bytes: bytes * parameters.dense, ranks: denseRanks)
                + model.collectives.seconds(
                    .reduceScatter, bytes: bytes * parameters.experts, ranks: expertRanks)
        }
        func gather(_ bytes: Double) -> Double {
            model.collectives.seconds(
                .allGather, bytes: bytes * parameters.dense, ranks: denseRanks)
                + model.collectives.seconds(
                    .allGather, bytes: bytes * parameters.experts, ranks: expertRanks)
        }
        if layout.zeroStage >= 3 {
            // Weights are gathered for the forward and the backward pass of every micro-batch and
            // gradients scattered after it, one layer ahead of the computation.
            let gathers = gather(MixedPrecision.weight)
            let scatters = scatter(MixedPrecision.gradient)
            let perMicroBatch =
                max(0, gathers - stages.forwardTime)
                + max(0, gathers + scatters - stages.backwardTime)
            exposed = Double(model.microBatchCount(layout)) * perMicroBatch
        } else {
            // Gradients leave during the last backward pass, weights return during the first
            // forward pass; the last bucket of either has nothing to hide behind.
            let layerShare = 1 - 1 / Double(max(1, max(stages.layerSplit.others, 1)))
            exposed =
                max(0, scatter(MixedPrecision.gradient) - stages.backwardTime * layerShare)
                + max(0, gather(MixedPrecision.weight) - stages.forwardTime * layerShare)
        }
        let shard =
            parameters.dense / Double(replicas) + parameters.experts / Double(expertReplicas)
        optimizer = model.roofline.stream(bytes: MixedPrecision.updateTraffic * shard)
    }
}
