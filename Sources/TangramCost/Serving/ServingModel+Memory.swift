import TangramHardware
import TangramUnits

extension ServingModel {
    /// Memory of one device of the fullest stage when the replica decodes `batch` sequences.
    ///
    /// A sequence holds the cache of its whole prompt and answer from the start, so that none is
    /// ever evicted.
    func memory(_ layout: ServingLayout, batch: Double) -> MemoryBreakdown {
        let ranks = Double(layout.tensorParallel)
        let layerCount = Double(max(1, shape.layerCount))
        let perStage = (layerCount / Double(layout.pipelineParallel)).rounded(.up)
        let share = min(1, perStage / layerCount)
        let ends =
            layout.pipelineParallel == 1
            ? shape.embeddingParameterCount + (shape.isTied ? 0 : shape.headParameterCount)
            : max(shape.embeddingParameterCount, shape.headParameterCount)
        let dense = shape.denseParametersPerLayer(tensorParallel: ranks) * min(perStage, layerCount)
        let weights =
            dense * denseFormat(layout.weightFormat).storedBytes
            + shape.expertParameterCount * share / Double(layout.stageRankCount)
            * layout.weightFormat.storedBytes
            + ends / ranks * NumberFormat.bf16.bytesPerElement
        let sequences = batch / Double(layout.dataParallel)
        let (sum, isOver) = demand.promptTokens.addingReportingOverflow(demand.outputTokens)
        let context = isOver ? Int.max : sum
        var cached = 0.0
        var widest = 0.0
        for layer in shape.layers {
            cached +=
                Double(layer.count) * layer.attention.valuesCached(context: context)
                / Double(min(layout.tensorParallel, layer.attention.cacheShardLimit))
            let block = layer.feedForward
            let width =
                block.denseWidth + Double(block.activeExpertCount) * block.expertWidth
            widest = max(widest, layer.attention.keptWidth + block.matrixCount * width)
        }
        let cache = sequences * cached * share * layout.keyValueFormat.bytesPerElement
        // The widest tensors of one prefill step: hidden state, residual and a feed-forward block.
        let activations =
            2 * Double(Self.prefillChunk) * (4 * shape.hidden + widest / ranks)
        return MemoryBreakdown(
            weights: Bytes(rounding: weights), activations: Bytes(rounding: activations),
            keyValueCache: Bytes(rounding: cache), workspace: MemoryReserve.runtime,
            available: Bytes(rounding: group.memory.value * MemoryReserve.allocatorFraction))
    }
}
