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
    /// The fullest pipeline stage over the average one, at least 1.
    let imbalance: Double

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
        /// Mean seconds a prompt waits for prefill of others and for a running decode step.
        var wait: Double
    }

    init(model: ServingModel, layout: ServingLayout) {
        self.model = model
        self.layout = layout
        steps = model.steps(layout)
        let stages = Double(layout.pipelineParallel)
        let layers = Double(max(1, model.shape.layerCount))
        imbalance = (layers / stages).rounded(.up) * stages / layers
        let empty = model.memory(layout, batch: 0)
        let one = model.memory(layout, batch: Double(layout.dataParallel))
        let free = (empty.available - empty.total).value
        let perSequence = (one.keyValueCache - empty.keyValueCache).value
        // Hybrid and windowed models may cache almost nothing; engines cap the batch then.
        let perGroup = free <= 0 ? 0 : min(free / max(perSequence, 1), 4_096)
        batchLimit = Int(perGroup) * layout.dataParallel
        let prompt = model.demand.promptTokens
        promptTerms = steps.prefill(prompts: 1, length: prompt, work: model.prefillWork)
        let together = max(1, ServingModel.prefillChunk / max(1, prompt))
        let chunk =
            together > 1
            ? steps.prefill(prompts: Double(together), length: prompt, work: model.prefillWork)
            : promptTerms
        // Stages work on different chunks at the same time; groups on different prompts.
        prefillPerRequest =
            chunk.total * imbalance / (Double(together) * stages * Double(layout.dataParallel))
    }

    /// The smallest batch worth speaking of: one sequence.
    var leastBatch: Double { 1 }

    /// Decode steps of one request: prefill gives the first token. An answer of one token is
    /// costed as one of two, so that a batch always means something.
    private var stepCount: Double { Double(max(1, model.demand.outputTokens - 1)) }

    /// One decode step through all stages, without waiting for the fullest stage.
    private func decodeTerms(batch: Double) -> TimeTerms {
        // Each stage works on its share of the sequences while the others work on theirs.
        steps.decode(
            sequences: batch / Double(layout.pipelineParallel), work: model.decodeWork)
    }

    func point(batch: Double) -> Point {
        point(batch: batch, terms: decodeTerms(batch: batch).total)
    }

    private func point(batch: Double, terms: Double) -> Point {
        // A token returns to the first stage when the fullest stage has passed all others by.
        let step = terms * imbalance
        let rate = batch / (stepCount * step + batch * prefillPerRequest)
        let busy = min(rate * prefillPerRequest, Self.fullestQueue)
        // A prompt waits for those before it, and for the rest of the step that is running.
        let wait =
            busy * promptTerms.total / (2 * (1 - busy))
            + step / Double(2 * layout.pipelineParallel)
        return Point(
            rate: rate, step: step,
            timePerOutputToken: step + batch * prefillPerRequest / stepCount,
            timeToFirstToken: promptTerms.total + wait, wait: wait)
    }

    /// A queue that is always busy would be endless; this keeps times finite.
    private static let fullestQueue = 0.999_999

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
        let point = point(batch: batch, terms: terms.total)
        var decode = parts(terms)
        decode.append(TimePart(.bubble, Seconds(point.step - terms.total)))
        decode.append(TimePart(.interleaving, Seconds(point.timePerOutputToken - point.step)))
        var prefill = parts(promptTerms)
        prefill.append(TimePart(.queueing, Seconds(point.wait)))
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
