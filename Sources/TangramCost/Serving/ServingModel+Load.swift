import CCostKernel
import TangramHardware
public import TangramUnits

/// One way of running a replica that was measured or is asked for directly.
public struct ServingPoint: Hashable, Sendable {
    /// Sequences being decoded at the same time, over all groups of the replica.
    public var batch: Double
    /// Most sequences in memory at once; 0 where the weights do not fit.
    public var batchLimit: Int
    /// Requests per second of the replica.
    public var requestRate: RequestRate
    /// Mean time to the first token, queueing included.
    public var timeToFirstToken: Seconds
    /// Mean time between output tokens.
    public var timePerOutputToken: Seconds
    /// What requests that all start at once wait for each other's prefill on average; zero where
    /// there is no loop of clients.
    public var firstWaveWait = Seconds.zero
    /// Seconds of one decode step by cause.
    public var decodeBreakdown: [TimePart]
    /// Seconds of the prefill of one prompt by cause.
    public var prefillBreakdown: [TimePart]
    /// Memory of the fullest device at this batch.
    public var memory: MemoryBreakdown
}

extension ServingModel {
    /// The replica with `concurrency` clients, each of which sends its next request when it has the
    /// answer to the last.
    ///
    /// Little's law over the loop: concurrency = rate × (time to first token + steps of the answer).
    /// Sequences beyond what memory holds wait for a place. Clients that start together stay in
    /// bunches, so that a request waits for a part of the others' prefill.
    public func closedLoop(_ layout: ServingLayout, concurrency: Double) -> ServingPoint {
        let state = ReplicaState(model: self, layout: layout)
        let most = max(1, concurrency)
        let held = state.batchLimit > 0 ? min(most, Double(state.batchLimit)) : most
        // Those that are not being decoded are before their first token.
        func inside(_ batch: Double) -> Double {
            let point = state.point(batch: batch)
            return batch + point.rate * state.firstToken(point, clients: most)
        }
        var low = 0.0
        var high = held
        if inside(high) > most {
            for _ in 0..<40 {
                let middle = (low + high) / 2
                if inside(middle) < most { low = middle } else { high = middle }
            }
        }
        var point = state.servingPoint(batch: high)
        point.timeToFirstToken = Seconds(
            state.firstToken(state.point(batch: high), clients: most))
        point.firstWaveWait = Seconds(state.prefillPerRequest * (most - 1) / 2)
        // What memory does not hold waits in front of the first token.
        let waiting = most - high - point.requestRate.value * point.timeToFirstToken.value
        if waiting > 0, point.requestRate.value > 0 {
            point.timeToFirstToken =
                point.timeToFirstToken + Seconds(waiting / point.requestRate.value)
        }
        return point
    }

    /// The replica with more requests waiting than it can hold: as many sequences as memory and the
    /// engine allow.
    public func saturated(_ layout: ServingLayout) -> ServingPoint {
        let state = ReplicaState(model: self, layout: layout)
        return state.servingPoint(batch: Double(max(1, state.batchLimit)))
    }

    /// The replica with `requests` requests that all wait at the start, until the last is answered.
    ///
    /// As many as fit run together and end together, then the next; the last wave may be small, and its
    /// steps are hardly shorter than those of a full one.
    public func run(_ layout: ServingLayout, requests: Double) -> ServingPoint {
        let full = saturated(layout)
        let all = max(1, requests)
        guard all > full.batch else {
            let state = ReplicaState(model: self, layout: layout)
            return state.servingPoint(batch: all)
        }
        let waves = (all / full.batch).rounded(.down)
        let rest = all - waves * full.batch
        var time = waves * full.batch / full.requestRate.value
        if rest >= 1 {
            let state = ReplicaState(model: self, layout: layout)
            time += rest / state.point(batch: rest).rate
        }
        var point = full
        point.requestRate = RequestRate(all / time)
        return point
    }

    /// The replica decoding `batch` sequences, with prefill in between only where `hasPrefill`.
    public func decoding(_ layout: ServingLayout, batch: Double) -> ServingPoint {
        let state = ReplicaState(model: self, layout: layout)
        var point = state.servingPoint(batch: max(1, batch))
        let step = state.point(batch: max(1, batch)).step_s
        let kept = demand.speculation?.keptTokens ?? 1
        point.timePerOutputToken = Seconds(step / kept)
        let tokens = Double(max(1, demand.outputTokens))
        point.requestRate = RequestRate(max(1, batch) * kept / (tokens * step))
        return point
    }

    /// The replica with `prompts` prompts on every group at once and nothing else to do: seconds
    /// until all are done, and prompt tokens per second of the replica.
    public func prefilling(
        _ layout: ServingLayout, prompts: Double
    ) -> (time: Seconds, throughput: TokenRate, breakdown: [TimePart]) {
        let state = ReplicaState(model: self, layout: layout)
        let terms = state.table.prefill(layout, prompts: prompts)
        let host = demand.engine.hostPerPrompt.value * prompts
        let time = terms.total + host
        // Stages work on different prompts at the same time.
        let tokens =
            prompts * Double(demand.promptTokens * layout.dataParallel * layout.pipelineParallel)
        return (Seconds(time), TokenRate(tokens / time), state.parts(terms))
    }
}

extension ReplicaState {
    /// Seconds to the first token in a loop of so many clients.
    func firstToken(_ point: tangram_serving_point, clients: Double) -> Double {
        let engine = model.demand.engine
        let alone =
            engine.hostPerRequest.value + promptTime
            + engine.stepsBeforePrefill * point.step_s / Double(layout.pipelineParallel)
        return alone + engine.bunching * prefillPerRequest * (clients - 1) / 2
    }

    func servingPoint(batch: Double) -> ServingPoint {
        let point = point(batch: batch)
        let estimate = estimate(batch: batch, capacity: point.rate)
        return ServingPoint(
            batch: batch, batchLimit: batchLimit, requestRate: RequestRate(point.rate),
            timeToFirstToken: Seconds(point.first_token_s),
            timePerOutputToken: Seconds(point.token_s),
            decodeBreakdown: estimate.decodeBreakdown,
            prefillBreakdown: estimate.prefillBreakdown, memory: estimate.memory)
    }
}
