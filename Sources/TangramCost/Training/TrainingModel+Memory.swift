import TangramUnits

/// Layers and ends of the model that one device holds.
struct StageContent {
    /// Layers, both copies of DualPipe counted.
    var layerCount: Double
    /// Whether the input embedding is among them.
    var hasEmbedding: Bool
    /// Whether the head is among them.
    var hasHead: Bool
}

extension TrainingModel {
    /// The devices that may be the fullest: of the first stage and of the last, or those at the
    /// ends and in the middle of DualPipe, which hold a stage of either direction.
    func stageContents(
        _ layout: TrainingLayout, split: StageSplit
    ) -> (StageContent, StageContent?) {
        let (others, last) = (Double(split.others), Double(split.last))
        if layout.pipelineParallel == 1 {
            return (StageContent(layerCount: last, hasEmbedding: true, hasHead: true), nil)
        }
        if layout.schedule == .dualPipe {
            return (
                StageContent(layerCount: others + last, hasEmbedding: true, hasHead: true),
                StageContent(layerCount: 2 * others, hasEmbedding: false, hasHead: false)
            )
        }
        return (
            StageContent(layerCount: others, hasEmbedding: true, hasHead: false),
            // A prediction layer embeds the next token beside the head.
            StageContent(
                layerCount: last, hasEmbedding: shape.predictionLayerCount > 0, hasHead: true)
        )
    }

    /// Parameters of a device, before any sharding by data parallelism.
    func residentParameters(
        _ layout: TrainingLayout, _ layers: LayerCosts, _ content: StageContent
    ) -> (dense: Double, experts: Double) {
        let isWhole = content.hasEmbedding && content.hasHead
        var ends = content.hasEmbedding ? shape.embeddingParameterCount : 0
        // A last stage apart from the first needs its own copy of a tied embedding.
        if content.hasHead && !(isWhole && shape.isTied) { ends += shape.headParameterCount }
        let dense =
            layers.denseParameters * content.layerCount + ends / Double(layout.tensorParallel)
        let experts =
            shape.expertParameterCount * content.layerCount / Double(max(1, shape.layerCount))
            / Double(layout.expertParallel)
        return (dense, experts)
    }

    /// Parameters of a device that are trained.
    func trainedParameters(
        _ layout: TrainingLayout, _ layers: LayerCosts, _ content: StageContent
    ) -> (dense: Double, experts: Double) {
        guard isFrozen else { return residentParameters(layout, layers, content) }
        let share = content.layerCount / Double(max(1, shape.layerCount))
        return (adapterParameterCount * share / Double(layout.tensorParallel), 0)
    }

    func memory(_ layout: TrainingLayout, layers: LayerCosts) -> MemoryBreakdown {
        let split = StageSplit(
            layerCount: shape.layerCount, layout: layout,
            layerTime: LayerPass(layers.average, layout: layout).total,
            headTime: layers.headForward.total + layers.headBackward.total)
        let contents = stageContents(layout, split: split)
        let first = memory(layout, layers: layers, content: contents.0)
        guard let other = contents.1 else { return first }
        let last = memory(layout, layers: layers, content: other)
        return last.total > first.total ? last : first
    }

    private func memory(
        _ layout: TrainingLayout, layers: LayerCosts, content: StageContent
    ) -> MemoryBreakdown {
        let resident = residentParameters(layout, layers, content)
        let trained = trainedParameters(layout, layers, content)
        // Devices that hold the same weights share the optimizer; DualPipe mirrors each stage.
        let copies: Double = layout.schedule == .dualPipe ? 2 : 1
        let replicas = Double(layout.dataParallel * layout.contextParallel)
        let expertReplicas = Double(max(1, layout.stageRankCount / layout.expertParallel))
        func sharded(_ parameters: (dense: Double, experts: Double)) -> Double {
            parameters.dense / replicas + parameters.experts / expertReplicas
        }
        let all = resident.dense + resident.experts
        let allTrained = trained.dense + trained.experts
        let weightBytes = MixedPrecision.weight + MixedPrecision.computeCopy(computeFormat)
        let adapters = isFrozen ? MixedPrecision.weight : 0
        var weights: Double
        var gradients: Double
        if layout.zeroStage >= 3 {
            // The layer in use and the one being gathered, or the head, are whole; so are the
            // gradients of the layer just left.
            let layer = all / max(1, content.layerCount)
            let head = shape.headParameterCount / Double(layout.tensorParallel)
            weights =
                weightBytes * (sharded(resident) + layer + max(layer, head))
                + adapters * sharded(trained)
            gradients =
                MixedPrecision.gradient
                * (sharded(trained) + allTrained / max(1, content.layerCount))
        } else {
            weights = weightBytes * all + adapters * allTrained
            gradients = MixedPrecision.gradient * allTrained
        }
        let optimizer = MixedPrecision.optimizer * sharded(trained) / copies
        return MemoryBreakdown(
            weights: Bytes(rounding: weights), gradients: Bytes(rounding: gradients),
            optimizer: Bytes(rounding: optimizer),
            activations: Bytes(
                rounding: activations(layout, layers: layers, content: content, copies: copies)),
            workspace: MemoryReserve.runtime,
            available: Bytes(rounding: group.memory.value * MemoryReserve.allocatorFraction))
    }

    /// Bytes kept for the backward pass by the micro-batches in flight, what one layer's
    /// recomputation brings back, and the logits.
    private func activations(
        _ layout: TrainingLayout, layers: LayerCosts, content: StageContent, copies: Double
    ) -> Double {
        let kept = layers.average.keptBytes(layout.recompute)
        let rebuilt =
            layout.recompute == .none
            ? 0 : layers.average.keptBytes(.none) - (layout.recompute == .full ? 0 : kept)
        let perMicroBatch = kept * content.layerCount / copies
        let isFirst = !content.hasHead || layout.pipelineParallel == 1
        return perMicroBatch * microBatchesInFlight(layout, isFirst: isFirst) + rebuilt
            + (content.hasHead ? layers.headActivations : 0)
    }

    /// Micro-batches whose activations a device of the first or last stage keeps at once.
    ///
    /// 1F1B keeps p on the first stage and 1 on the last; interleaving keeps (v+1)·p − 1 and
    /// (v−1)·p + 1 parts of 1/v (Narayanan et al., arXiv 2104.04473, §2.2, and Megatron-LM's
    /// warm-up count); DualPipe p + 1 everywhere (arXiv 2412.19437, Table 2).
    func microBatchesInFlight(_ layout: TrainingLayout, isFirst: Bool) -> Double {
        let stages = Double(layout.pipelineParallel)
        let virtual = Double(layout.virtualPipeline)
        let available = Double(microBatchCount(layout))
        if layout.schedule == .dualPipe { return min(2 * available, stages + 1) }
        let parts = isFirst ? (virtual + 1) * stages - 1 : (virtual - 1) * stages + 1
        return min(available, virtual > 1 ? parts / virtual : (isFirst ? stages : 1))
    }
}
