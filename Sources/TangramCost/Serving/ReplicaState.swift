import CCostKernel
import TangramHardware
import TangramUnits

/// One replica as a function of how many sequences it decodes at once, in double.
struct ReplicaState {
    let model: ServingModel
    let layout: ServingLayout
    let table: ServingTable
    /// Most sequences in memory at once, over all groups and stages; 0 where weights do not fit.
    let batchLimit: Int
    private let state: tangram_serving_state

    init(model: ServingModel, layout: ServingLayout) {
        self.model = model
        self.layout = layout
        table = model.table(layout)
        state = table.state(layout)
        batchLimit = Int(state.batch_limit)
    }

    /// Seconds of the prefill of one prompt.
    var promptTime: Double { state.prompt_s }
    /// Seconds of the replica per prefilled request.
    var prefillPerRequest: Double { state.prefill_per_request_s }

    /// The smallest batch worth speaking of: one sequence.
    var leastBatch: Double { 1 }

    func point(batch: Double) -> tangram_serving_point {
        table.point(layout, state, batch: batch)
    }

    /// The largest whole batch that meets `condition`, which holds at ``leastBatch`` and up to some
    /// batch.
    ///
    /// - Parameter guess: About where it is.
    func largestBatch(
        near guess: Double?, _ condition: (tangram_serving_point) -> Bool
    ) -> Double {
        var low = 1
        var high = batchLimit
        if condition(point(batch: Double(high))) { return Double(high) }
        // A guess in single precision is off by a few sequences at most: look around it first.
        if let guess, guess >= 1 {
            var reach = 1
            var near = min(max(low, Int(guess)), high)
            if condition(point(batch: Double(near))) {
                low = near
                while low + reach < high, condition(point(batch: Double(low + reach))) {
                    low += reach
                    reach *= 2
                }
                high = min(high, low + reach)
            } else {
                high = near
                while near - reach > low, !condition(point(batch: Double(near - reach))) {
                    near -= reach
                    high = near
                    reach *= 2
                }
                low = max(low, near - reach)
            }
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if condition(point(batch: Double(middle))) { low = middle } else { high = middle }
        }
        return Double(low)
    }

    func estimate(batch: Double, capacity: Double) -> ServingEstimate {
        let terms = table.decode(layout, sequences: batch / Double(layout.pipelineParallel))
        let point = point(batch: batch)
        let always = model.demand.engine.hostPerStep.value * Double(layout.pipelineParallel)
        let device = terms.total * state.imbalance
        var decode = parts(terms)
        decode.append(
            TimePart(.host, Seconds(max(always, point.step_s - point.offload_s - device))))
        decode.append(TimePart(.offload, Seconds(point.offload_s)))
        decode.append(TimePart(.bubble, Seconds(device - terms.total)))
        // Drafts that are kept divide a step over several tokens.
        let kept = model.demand.speculation?.keptTokens ?? 1
        decode = decode.map { TimePart($0.cause, $0.time / kept) }
        decode.append(TimePart(.interleaving, Seconds(point.token_s - point.step_s / kept)))
        var prefill = parts(table.prefill(layout, prompts: 1))
        prefill.append(TimePart(.encoder, Seconds(state.encoder_s)))
        let prompt = prefill.reduce(0.0) { $0 + $1.time.value }
        prefill.append(TimePart(.queueing, Seconds(point.wait_s)))
        prefill.append(TimePart(.host, Seconds(point.first_token_s - point.wait_s - prompt)))
        let exchange = table.exchange(
            layout, sequences: batch / Double(layout.pipelineParallel))
        var uncertainty = model.uncertainty
        if let exchange {
            let share = terms.expertParallel / max(terms.total, .leastNormalMagnitude)
            uncertainty.token = exchange.widened(uncertainty.token, share: share)
        }
        return ServingEstimate(
            layout: layout, requestRate: RequestRate(point.rate), capacity: RequestRate(capacity),
            batch: batch, batchLimit: batchLimit,
            timeToFirstToken: Seconds(point.first_token_s),
            timePerOutputToken: Seconds(point.token_s),
            outputThroughput: TokenRate(point.rate * Double(model.demand.outputTokens)),
            decodeBreakdown: decode.filter { $0.time.value > 0 },
            prefillBreakdown: prefill.filter { $0.time.value > 0 },
            memory: table.memory(layout, batch: batch),
            power: power(batch: batch, rate: point.rate),
            decodeExchange: exchange,
            prefillExchange: table.exchange(layout, prompts: 1),
            engine: model.demand.engine.id, uncertainty: uncertainty)
    }

    /// Prefill computes, decoding is bound by memory; with less than one sequence it waits in between.
    private func power(batch: Double, rate: Double) -> Power? {
        let accelerator = model.group.accelerator
        guard let limit = accelerator.power, let shares = accelerator.efficiency.power else {
            return nil
        }
        let prefill = min(
            1, rate / Double(layout.dataParallel) * table.prefill(layout, prompts: 1).total)
        let decode = (1 - prefill) * min(1, batch)
        let share =
            prefill * shares.computing + decode * shares.memoryBound
            + (1 - prefill - decode) * shares.waiting
        return limit * (share * Double(layout.acceleratorCount))
    }

    func parts(_ terms: TimeTerms) -> [TimePart] {
        [
            TimePart(.matrixMultiply, Seconds(terms.matrix)),
            TimePart(.experts, Seconds(terms.experts)),
            TimePart(.attention, Seconds(terms.attention)),
            TimePart(.elementwise, Seconds(terms.elementwise)),
            TimePart(.tensorParallel, Seconds(terms.tensorParallel)),
            TimePart(.expertParallel, Seconds(terms.expertParallel)),
            TimePart(.pipelineParallel, Seconds(terms.pipelineParallel)),
            TimePart(.contextParallel, Seconds(terms.contextParallel)),
        ]
    }
}
