import TangramHardware
import TangramUnits

/// One replica as a function of how many sequences it decodes at once.
struct ReplicaState {
    let model: ServingModel
    let layout: ServingLayout
    let steps: ServingStepModel
    /// Most sequences in memory at once, over all groups and stages; 0 where weights do not fit.
    let batchLimit: Int
    /// Seconds of the replica per prefilled request.
    let prefillPerRequest: Double
    /// What the prefill of one prompt is made of.
    let promptTerms: TimeTerms

    /// What a batch size gives.
    struct Point {
        /// Requests per second.
        var rate: Double
        /// Seconds of one decode step, all stages.
        var step: Double
        /// Mean seconds between output tokens.
        var timePerOutputToken: Double
        /// Mean seconds to the first token.
        var timeToFirstToken: Double
        /// Mean seconds a prompt waits for prefill of others.
        var wait: Double
    }

    init(model: ServingModel, layout: ServingLayout) {
        self.model = model
        self.layout = layout
        steps = model.steps(layout)
        let empty = model.memory(layout, batch: 0)
        let one = model.memory(layout, batch: Double(layout.dataParallel))
        let free = (empty.available - empty.total).value
        let perSequence = (one.keyValueCache - empty.keyValueCache).value
        // Hybrid and windowed models may cache almost nothing; engines cap the batch then.
        let perGroup = free <= 0 ? 0 : min(free / max(perSequence, 1), 4_096)
        batchLimit = Int(perGroup) * layout.dataParallel
        let prompt = model.demand.promptTokens
        promptTerms = steps.prefill(prompts: 1, length: prompt)
        let together = max(1, ServingModel.prefillChunk / max(1, prompt))
        let chunk =
            together > 1 ? steps.prefill(prompts: Double(together), length: prompt) : promptTerms
        // Stages work on different chunks at the same time; groups on different prompts.
        prefillPerRequest =
            chunk.total / Double(together * layout.pipelineParallel * layout.dataParallel)
    }

    /// The smallest batch worth speaking of: one sequence.
    var leastBatch: Double { 1 }

    /// Mean tokens before a decoded one.
    private var context: Int { model.demand.promptTokens + max(1, model.demand.outputTokens / 2) }

    private func decodeTerms(batch: Double) -> TimeTerms {
        // Each stage works on its share of the sequences while the others work on theirs.
        let groups = Double(layout.dataParallel * layout.pipelineParallel)
        return steps.decode(sequences: max(batch / groups, 1 / groups), context: context)
    }

    func point(batch: Double) -> Point {
        point(batch: batch, step: decodeTerms(batch: batch).total)
    }

    private func point(batch: Double, step: Double) -> Point {
        let outputs = Double(max(1, model.demand.outputTokens))
        let rate = batch / (outputs * step + batch * prefillPerRequest)
        let busy = min(rate * prefillPerRequest, 0.999_999)
        let wait = busy * promptTerms.total / (2 * (1 - busy))
        return Point(
            rate: rate, step: step, timePerOutputToken: step + batch * prefillPerRequest / outputs,
            timeToFirstToken: promptTerms.total + step + wait, wait: wait)
    }

    /// The largest whole batch that meets `condition`, which holds at ``leastBatch`` and up to some
    /// batch.
    func largestBatch(_ condition: (Point) -> Bool) -> Double {
        var low = 1
        var high = batchLimit
        if condition(point(batch: Double(high))) { return Double(high) }
        while high - low > 1 {
            let middle = (low + high) / 2
            if condition(point(batch: Double(middle))) { low = middle } else { high = middle }
        }
        return Double(low)
    }

    func estimate(batch: Double, capacity: Double) -> ServingEstimate {
        let terms = decodeTerms(batch: batch)
        let point = point(batch: batch, step: terms.total)
        let interleaved = point.timePerOutputToken - terms.total
        var decode = parts(terms)
        decode.append(TimePart(.interleaving, Seconds(interleaved)))
        var prefill = parts(promptTerms)
        prefill.append(TimePart(.queueing, Seconds(point.wait + point.step)))
        return ServingEstimate(
            layout: layout, requestRate: RequestRate(point.rate), capacity: RequestRate(capacity),
            batch: batch, batchLimit: batchLimit,
            timeToFirstToken: Seconds(point.timeToFirstToken),
            timePerOutputToken: Seconds(point.timePerOutputToken),
            outputThroughput: TokenRate(point.rate * Double(model.demand.outputTokens)),
            decodeBreakdown: decode.filter { $0.time.value > 0 },
            prefillBreakdown: prefill.filter { $0.time.value > 0 },
            memory: model.memory(layout, batch: batch),
            relativeUncertainty: model.group.accelerator.efficiency.relativeUncertainty)
    }

    private func parts(_ terms: TimeTerms) -> [TimePart] {
        [
            TimePart(.matrixMultiply, Seconds(terms.matrix)),
            TimePart(.experts, Seconds(terms.experts)),
            TimePart(.attention, Seconds(terms.attention)),
            TimePart(.elementwise, Seconds(terms.elementwise)),
            TimePart(.tensorParallel, Seconds(terms.tensorParallel)),
            TimePart(.expertParallel, Seconds(terms.expertParallel)),
            TimePart(.pipelineParallel, Seconds(terms.pipelineParallel)),
        ]
    }
}
