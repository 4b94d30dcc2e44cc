import TangramUnits

/// Times of the stages of a pipeline for one micro-batch, and of the pipeline for all of them.
struct StageTimes {
    /// Seconds of the whole pipeline for one optimizer step, without data parallelism.
    let pipelineTime: Double
    /// Seconds of the backward pass of one micro-batch on the slowest stage.
    let backwardTime: Double
    /// Seconds of the forward pass of one micro-batch on the slowest stage.
    let forwardTime: Double
    /// Where the time goes; the parts sum to `pipelineTime`.
    let parts: [TimePart]
    /// Layers of the stages before the last, and of the last.
    let layerSplit: (others: Int, last: Int)

    init(model: TrainingModel, layout: TrainingLayout, layers: TrainingModel.LayerCosts) {
        let stageCount = layout.pipelineParallel
        let layerCount = model.shape.layerCount
        let repeated = layers.average.repeated(layout.recompute)
        var forward = layers.average.forward
        var backward = layers.average.backward
        var recompute = repeated
        let overlaps = layout.schedule == .dualPipe
        if overlaps {
            forward = Self.overlapped(forward)
            backward = Self.overlapped(backward)
            recompute.expertParallel = 0
        }
        let layerTime = forward.total + backward.total + recompute.total
        let headTime = layers.headForward.total + layers.headBackward.total
        let split = Self.split(
            layerCount: layerCount, stageCount: stageCount, layerTime: layerTime,
            headTime: headTime)
        layerSplit = split

        var send = 0.0
        if stageCount > 1 {
            let tokens =
                Double(model.demand.sequenceLength * layout.microBatch)
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
        let sum = Double(stageCount - 1) * other + last
        let fill: Double
        if overlaps {
            // Bubble of DualPipe, (p/2 − 1)(F&B + B − 3W) with B = 2F and W = F: that is F&B − F
            // (arXiv 2412.19437, Table 2).
            fill =
                max(0, Double(stageCount) / 2 - 1)
                * (slowest - Double(split.others) * forward.compute)
        } else {
            fill = (sum - slowest) / Double(layout.virtualPipeline)
        }
        pipelineTime = microBatches * slowest + fill
        let slowLayers = Double(other >= last ? split.others : split.last)
        backwardTime = slowLayers * (backward.total + recompute.total)
        forwardTime = slowLayers * forward.total

        // An average device works for micro-batches × average stage; the rest of the time it waits.
        let perLayer = microBatches * Double(layerCount) / Double(stageCount)
        let perHead = microBatches / Double(stageCount)
        var busy = (forward + backward).scaled(by: perLayer)
        busy.add(layers.headForward + layers.headBackward, times: perHead)
        busy.pipelineParallel += microBatches * send
        let recomputeTime = recompute.total * perLayer
        parts = [
            TimePart(.matrixMultiply, Seconds(busy.matrix)),
            TimePart(.experts, Seconds(busy.experts)),
            TimePart(.attention, Seconds(busy.attention)),
            TimePart(.elementwise, Seconds(busy.elementwise)),
            TimePart(.recompute, Seconds(recomputeTime)),
            TimePart(.tensorParallel, Seconds(busy.tensorParallel)),
            TimePart(.contextParallel, Seconds(busy.contextParallel)),
            TimePart(.expertParallel, Seconds(busy.expertParallel)),
            TimePart(.pipelineParallel, Seconds(busy.pipelineParallel)),
            TimePart(.bubble, Seconds(pipelineTime - busy.total - recomputeTime)),
        ]
    }

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

    /// The split of layers that makes the slowest stage fastest: the last stage, which has the
    /// head, may take fewer layers than the others.
    private static func split(
        layerCount: Int, stageCount: Int, layerTime: Double, headTime: Double
    ) -> (others: Int, last: Int) {
        guard stageCount > 1 else { return (0, layerCount) }
        var best = (others: layerCount, last: 0)
        var bestTime = Double.infinity
        let most = layerCount / stageCount + 1
        for last in stride(from: min(most, layerCount), through: 0, by: -1) {
            let others = (layerCount - last + stageCount - 2) / (stageCount - 1)
            let time = max(Double(others) * layerTime, Double(last) * layerTime + headTime)
            if time < bestTime {
                bestTime = time
                best = (others, last)
            } else if time > bestTime {
                break
            }
        }
        return best
    }
}
