import CCostKernel
public import TangramUnits

/// What the devices of one pipeline stage hold and do.
public struct StageEstimate: Hashable, Sendable {
    /// The device, from 0: its place in the pipeline.
    public var index: Int
    /// Layers it holds; under DualPipe those of two stages, under ZB-V those of both arms.
    public var layerCount: Int
    /// Whether it holds the embedding.
    public var hasEmbedding: Bool
    /// Whether it holds the head, with multi-token prediction.
    public var hasHead: Bool
    /// Micro-batches whose activations it keeps at once.
    public var inFlight: Double
    /// Forward and backward pass of one micro-batch.
    public var time: Seconds
    /// Memory of a device.
    public var memory: MemoryBreakdown
}

extension TrainingModel {
    /// Every stage of `layout`, in order; one without a pipeline.
    public func stages(_ layout: TrainingLayout) -> [StageEstimate] {
        let split = stageLayers(layout)
        let count = layout.pipelineParallel
        var option = layout.kernelOption
        let hasPrediction = shape.predictionLayerCount > 0
        func layers(_ stage: Int) -> Int { stage == count - 1 ? split.last : split.others }
        return (0..<count).map { stage in
            var held = layers(stage)
            var (hasEmbedding, hasHead) = (stage == 0, stage == count - 1)
            // A prediction layer embeds the next token beside the head.
            if hasHead && hasPrediction { hasEmbedding = true }
            if count > 1 {
                switch layout.schedule {
                case .dualPipe:
                    held += layers(count - 1 - stage)
                    hasHead = hasHead || stage == 0
                    hasEmbedding = hasHead
                case .zeroBubbleV:
                    // The V's last chunk is on the first device.
                    held = stage == 0 ? split.last : split.others
                    (hasEmbedding, hasHead) = (stage == 0, stage == 0)
                default: break
                }
            }
            let inFlight = tangram_training_in_flight(table.pointer, &option, Int32(stage))
            let cost = stageCost(
                layout, layers: held, hasEmbedding: hasEmbedding, hasHead: hasHead,
                inFlight: inFlight)
            // Both stages of a bidirectional device work on one micro-batch each.
            let time = cost.layer_s * Double(held) + (hasHead ? cost.head_s : 0)
            return StageEstimate(
                index: stage, layerCount: held, hasEmbedding: hasEmbedding, hasHead: hasHead,
                inFlight: inFlight, time: Seconds(time),
                memory: MemoryBreakdown(cost, on: table.pointer.pointee.device))
        }
    }

    private func stageCost(
        _ layout: TrainingLayout, layers: Int, hasEmbedding: Bool, hasHead: Bool, inFlight: Double
    ) -> tangram_training_stage {
        var option = layout.kernelOption
        var cost = tangram_training_stage()
        tangram_training_stage_of(
            table.pointer, &option, Double(layers), hasEmbedding ? 1 : 0, hasHead ? 1 : 0,
            inFlight, &cost)
        return cost
    }
}

extension MemoryBreakdown {
    /// What one stage puts on a device.
    init(_ cost: tangram_training_stage, on device: tangram_device_table) {
        self.init(
            weights: Bytes(rounding: cost.weight_bytes),
            gradients: Bytes(rounding: cost.gradient_bytes),
            optimizer: Bytes(rounding: cost.optimizer_bytes),
            activations: Bytes(rounding: cost.activation_bytes),
            workspace: Bytes(rounding: device.reserved_bytes),
            available: Bytes(rounding: device.available_bytes))
    }
}
