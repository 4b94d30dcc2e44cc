import TangramUnits

extension TrainingModel {
    /// Parameters of the fullest stage on one rank, before any sharding by data parallelism.
    func residentParameters(_ layout: TrainingLayout) -> (dense: Double, experts: Double) {
        let stages = Double(layout.pipelineParallel)
        let perStage = (Double(shape.layerCount) / stages).rounded(.up)
        let share = min(1, perStage / Double(max(1, shape.layerCount)))
        let ends =
            layout.pipelineParallel == 1
            ? shape.embeddingParameterCount + (shape.isTied ? 0 : shape.headParameterCount)
            : max(shape.embeddingParameterCount, shape.headParameterCount)
        let dense = (shape.denseParameterCount * share + ends) / Double(layout.tensorParallel)
        let experts = shape.expertParameterCount * share / Double(layout.expertParallel)
        return (dense, experts)
    }

    /// Parameters of the fullest stage on one rank that are trained.
    func trainedParameters(_ layout: TrainingLayout) -> (dense: Double, experts: Double) {
        let resident = residentParameters(layout)
        guard case .lora(let rank) = demand.method else { return resident }
        // Two factors, rank × (input + output), for every matrix of attention and dense blocks.
        let perLayer = shape.layers.reduce(0.0) { sum, layer in
            let matrices = layer.attention.projections + layer.attention.expansion
            let attention = matrices.reduce(0.0) { $0 + $1.input + $1.output }
            let block = layer.feedForward
            let dense =
                block.denseWidth > 0 ? block.matrixCount * (shape.hidden + block.denseWidth) : 0
            return sum + Double(layer.count) * (attention + dense)
        }
        let adapters =
            Double(rank) * perLayer
            / Double(layout.pipelineParallel * layout.tensorParallel)
        return (adapters, 0)
    }

    func memory(_ layout: TrainingLayout, layers: LayerCosts) -> MemoryBreakdown {
        let resident = residentParameters(layout)
        let trained = trainedParameters(layout)
        let replicas = Double(layout.dataParallel * layout.contextParallel)
        let expertReplicas = Double(max(1, layout.stageRankCount / layout.expertParallel))
        let copies: Double = layout.schedule == .dualPipe ? 2 : 1
        let isSharded = layout.zeroStage >= 3
        func sharded(_ bytes: Double, _ parameters: (dense: Double, experts: Double)) -> Double {
            bytes * (parameters.dense / replicas + parameters.experts / expertReplicas)
        }
        func whole(_ bytes: Double, _ parameters: (dense: Double, experts: Double)) -> Double {
            bytes * (parameters.dense + parameters.experts)
        }
        let weightBytes = MixedPrecision.weight + MixedPrecision.computeCopy(computeFormat)
        var weights =
            isSharded ? sharded(weightBytes, resident) : copies * whole(weightBytes, resident)
        if isSharded {
            // The layer in use and the one being gathered are whole.
            weights +=
                2 * whole(weightBytes, resident) * Double(layout.pipelineParallel)
                / Double(max(1, shape.layerCount))
        }
        let gradients =
            isSharded
            ? sharded(MixedPrecision.gradient, trained) : whole(MixedPrecision.gradient, trained)
        let optimizer = sharded(MixedPrecision.optimizer, trained)

        let perStage = (Double(shape.layerCount) / Double(layout.pipelineParallel)).rounded(.up)
        let inFlight: Double
        let stages = Double(layout.pipelineParallel)
        if layout.schedule == .dualPipe {
            inFlight = stages + 1
        } else {
            let virtual = Double(layout.virtualPipeline)
            let warm = min(Double(microBatchCount(layout)), stages)
            inFlight = virtual > 1 ? warm * (1 + (stages - 1) / (stages * virtual)) : warm
        }
        let kept = layers.average.keptBytes(layout.recompute)
        let rebuilt =
            layout.recompute == .full ? layers.average.keptBytes(.none) : 0
        let first = perStage * kept * inFlight + rebuilt
        let last =
            perStage * kept * (layout.pipelineParallel == 1 ? inFlight : 1) + rebuilt
            + layers.headActivations
        return MemoryBreakdown(
            weights: Bytes(rounding: weights), gradients: Bytes(rounding: gradients),
            optimizer: Bytes(rounding: optimizer), activations: Bytes(rounding: max(first, last)),
            workspace: MemoryReserve.runtime,
            available: Bytes(rounding: group.memory.value * MemoryReserve.allocatorFraction))
    }
}
