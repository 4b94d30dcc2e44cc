import TangramUnits

/// Times of the stages of a pipeline for one micro-batch, and of the pipeline for all of them.
struct StageTimes {
    /// Seconds of the whole pipeline for one optimizer step, without data parallelism.
    let pipelineTime: Double
    /// Seconds of the backward pass of one micro-batch on the slowest stage.
    let backwardTime: Double
    /// Seconds of the forward pass of one micro-batch on the slowest stage.
    let forwardTime: Double
    /// Layers of the stages before the last, and of the last.
    let split: StageSplit
    /// Layers of the slowest stage.
    let slowLayers: Int
    /// Seconds that an average device works in one step.
    private let busy: TimeTerms
    /// Seconds that an average device computes again in one step.
    private let recomputed: Double

    init(model: TrainingModel, layout: TrainingLayout, layers: TrainingModel.LayerCosts) {
        let stageCount = layout.pipelineParallel
        let layerCount = model.shape.layerCount
        let pass = LayerPass(layers.average, layout: layout)
        let layerTime = pass.total
        let headTime = layers.headForward.total + layers.headBackward.total
        split = StageSplit(
            layerCount: layerCount, layout: layout, layerTime: layerTime, headTime: headTime)

        var send = 0.0
        if stageCount > 1 {
            let tokens =
                Double(model.demand.sequenceLength) * Double(layout.microBatch)
                / Double(layout.contextParallel)
            let bytes =
                MixedPrecision.activation * tokens * model.shape.hidden
                / Double(layout.tensorParallel)
            let once = model.collectives.sendTime(bytes: bytes, distance: layout.stageRankCount)
            send = 2 * Double(layout.virtualPipeline) * once.value
        }

        let microBatches = Double(model.microBatchCount(layout))
        let other = Double(split.others) * layerTime + send
        let last = Double(split.last) * layerTime + headTime + send
        let slowest = stageCount > 1 ? max(other, last) : last
        slowLayers = stageCount > 1 && other >= last ? split.others : split.last
        // All stages once: layers are rounded up per stage, but there are only so many.
        let sum = Double(layerCount) * layerTime + headTime + Double(stageCount) * send
        let fill: Double
        if layout.schedule == .dualPipe {
            // Bubble of DualPipe, (p/2 − 1)(F&B + B − 3W) with B = 2F and W = F: that is F&B − F
            // (arXiv 2412.19437, Table 2).
            fill =
                max(0, Double(stageCount) / 2 - 1)
                * max(0, slowest - Double(slowLayers) * pass.forward.compute)
        } else {
            fill = max(0, sum - slowest) / Double(layout.virtualPipeline)
        }
        pipelineTime = microBatches * slowest + fill
        backwardTime = Double(slowLayers) * (pass.backward.total + pass.recompute.total)
        forwardTime = Double(slowLayers) * pass.forward.total

        // An average device works for micro-batches × average stage; the rest of the time it waits.
        let perLayer = microBatches * Double(layerCount) / Double(stageCount)
        let perHead = microBatches / Double(stageCount)
        var busy = (pass.forward + pass.backward).scaled(by: perLayer)
        busy.add(layers.headForward + layers.headBackward, times: perHead)
        busy.pipelineParallel += microBatches * send
        self.busy = busy
        recomputed = pass.recompute.total * perLayer
    }

    /// Where the time goes; the parts sum to `pipelineTime`.
    var parts: [TimePart] {
        [
            TimePart(.matrixMultiply, Seconds(busy.matrix)),
            TimePart(.experts, Seconds(busy.experts)),
            TimePart(.attention, Seconds(busy.attention)),
            TimePart(.elementwise, Seconds(busy.elementwise)),
            TimePart(.recompute, Seconds(recomputed)),
            TimePart(.tensorParallel, Seconds(busy.tensorParallel)),
            TimePart(.contextParallel, Seconds(busy.contextParallel)),
            TimePart(.expertParallel, Seconds(busy.expertParallel)),
            TimePart(.pipelineParallel, Seconds(busy.pipelineParallel)),
            TimePart(.bubble, Seconds(max(0, pipelineTime - busy.total - recomputed))),
        ]
    }
}

/// One layer's passes as a schedule runs them.
struct LayerPass {
    var forward: TimeTerms
    var backward: TimeTerms
    var recompute: TimeTerms

    init(_ cost: LayerTrainingCost, layout: TrainingLayout) {
        forward = cost.forward
        backward = cost.backward
        recompute = cost.repeated(layout.recompute)
        guard layout.schedule == .dualPipe else { return }
        forward = Self.overlapped(forward)
        backward = Self.overlapped(backward)
        recompute.expertParallel = 0
    }

    /// Seconds of both passes.
    var total: Double { forward.total + backward.total + recompute.total }

    /// All-to-all behind the computation of the other direction: computation is slowed by the
    /// multiprocessors given away, and only what exceeds it stays exposed.
    private static func overlapped(_ terms: TimeTerms) -> TimeTerms {
        var result = terms
        let slow = 1 / TrainingModel.overlapComputeShare
        result.matrix *= slow
        result.experts *= slow
        result.attention *= slow
        result.expertParallel = max(0, terms.expertParallel - result.compute)
        return result
    }
}
