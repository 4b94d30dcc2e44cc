import TangramCost
import TangramUnits

/// Times and rates of one case, in the units of the tables.
struct ServingPrediction {
    /// Milliseconds to the first token.
    var firstTokenMilliseconds: Double
    /// Milliseconds per output token.
    var tokenMilliseconds: Double
    /// Output tokens per second of all replicas, and prompt tokens.
    var outputRate: Double
    var inputRate: Double
    /// Accelerators, as the table counts them, that decode and that prefill.
    var decodeCount: Double
    var prefillCount: Double
    /// The replica that decodes.
    var point: ServingPoint

    /// Predicts `found`.
    init(_ found: ServingCase, _ model: ServingModel) {
        let demand = found.demand
        let answer = Double(max(1, demand.outputTokens))
        let prompt = Double(demand.promptTokens)
        let side = found.side
        decodeCount = side.acceleratorCount / found.devicesPerAccelerator
        prefillCount =
            (found.prefillSide ?? side).acceleratorCount / found.devicesPerAccelerator
        func set(_ point: ServingPoint, replicas: Double) -> (Double, Double, Double, Double) {
            let rate = point.requestRate.value * replicas
            return (
                point.timeToFirstToken.value * 1_000, point.timePerOutputToken.value * 1_000,
                rate * answer, rate * prompt
            )
        }
        var times: (Double, Double, Double, Double)
        switch found.load {
        case .closedLoop(let clients):
            if let prefill = found.prefillSide {
                point = Self.split(found, model, prefill: prefill, clients: clients)
                times = set(point, replicas: 1)
            } else {
                let each = max(1, clients / side.replicaCount)
                point = model.closedLoop(side.layout, concurrency: each)
                times = set(point, replicas: min(side.replicaCount, clients))
                // A mean over a run counts the first wave, in which all wait for each other.
                if found.countsFirstWave {
                    times.0 += 1_000 * point.firstWaveWait.value * Self.firstWaveShare
                }
                // Fewer clients than stated are busy while a run begins and ends.
                times.2 *= Self.steadyShare
                times.3 *= Self.steadyShare
            }
        case .saturated(let requests):
            point =
                requests.map { model.run(side.layout, requests: $0 / side.replicaCount) }
                ?? model.saturated(side.layout)
            times = set(point, replicas: side.replicaCount)
        case .batch(let sequences):
            let all = sequences * Double(side.layout.dataParallel)
            point = model.decoding(side.layout, batch: all)
            let prefill = model.prefilling(side.layout, prompts: sequences)
            let first = prefill.time.value
            let token = point.timePerOutputToken.value
            let rate = all / (first + (answer - 1) * token)
            times = (first * 1_000, token * 1_000, rate * answer, rate * prompt)
        case .decode(let sequences):
            let each = sequences.map { max(1, $0 / side.replicaCount) }
            point = Self.decoding(model, side.layout, each, found.timePerOutputToken)
            times = set(point, replicas: side.replicaCount)
        case .prefill(let prompts):
            let layout = side.layout
            let chunk = Double(max(1, demand.engine.prefillChunk))
            let groups = Double(layout.dataParallel * layout.pipelineParallel)
            let each =
                prompts.map { max(1, $0 / side.replicaCount / groups) } ?? max(1, chunk / prompt)
            let prefill = model.prefilling(layout, prompts: each)
            point = model.decoding(layout, batch: 1)
            times = (
                prefill.time.value * 1_000, 0, 0, prefill.throughput.value * side.replicaCount
            )
        }
        (firstTokenMilliseconds, tokenMilliseconds, outputRate, inputRate) = times
    }

    /// Clients of the usual benchmark send ten requests each: one in ten is of the first wave.
    private static let firstWaveShare = 0.1
    /// Throughput of such a run over that of the steady loop; median of 259 runs of InferenceX that
    /// publish throughput and both times.
    private static let steadyShare = 0.975

    /// As many sequences as memory holds, or as the limit on the time per output token allows.
    private static func decoding(
        _ model: ServingModel, _ layout: ServingLayout, _ batch: Double?, _ limit: Double?
    ) -> ServingPoint {
        let most = Double(max(1, model.saturated(layout).batchLimit))
        guard let limit, batch == nil else {
            return model.decoding(layout, batch: batch ?? most)
        }
        var (low, high) = (1.0, most)
        if model.decoding(layout, batch: high).timePerOutputToken.value > limit {
            for _ in 0..<40 {
                let middle = (low + high) / 2
                if model.decoding(layout, batch: middle).timePerOutputToken.value <= limit {
                    low = middle
                } else {
                    high = middle
                }
            }
            return model.decoding(layout, batch: low)
        }
        return model.decoding(layout, batch: high)
    }

    /// Part of the first wave's queue that is left between prefill and decode apart.
    private static let bunchingApart = 0.25

    /// Prefill on one pool and decode on another, driven by `clients`: the slower of the two sets the
    /// pace, and requests pile up in front of it.
    ///
    /// Clients that start together stay in bunches: prefill alone has no long steps of others that would
    /// spread them.
    private static func split(
        _ found: ServingCase, _ model: ServingModel, prefill: ServingCase.Side, clients: Double
    ) -> ServingPoint {
        let side = found.side
        let engine = found.demand.engine
        let prompt = Double(max(1, found.demand.promptTokens))
        let together = max(1, (Double(engine.prefillChunk) / prompt).rounded(.down))
        let alone = model.prefilling(prefill.layout, prompts: 1).time.value
        let full = model.prefilling(prefill.layout, prompts: together)
        let most = full.throughput.value / prompt * prefill.replicaCount
        let steps = Double(max(1, found.demand.outputTokens - 1))
        func decode(_ batch: Double) -> ServingPoint {
            model.decoding(side.layout, batch: max(1, batch / side.replicaCount))
        }
        // Requests per second that decode takes with so many sequences in it.
        func rate(_ batch: Double) -> Double {
            batch / (steps * decode(batch).timePerOutputToken.value)
        }
        func first(_ rate: Double) -> Double {
            let busy = min(rate / most, 0.999)
            let bunch = bunchingApart * (clients - 1) / (2 * most)
            return engine.hostPerRequest.value + alone
                + max(bunch, busy * alone / (2 * (1 - busy)))
        }
        let held = Double(max(1, decode(1).batchLimit)) * side.replicaCount
        var (low, high) = (0.0, min(clients, held))
        for _ in 0..<40 {
            let middle = (low + high) / 2
            let pace = rate(middle)
            if pace < most, middle + pace * first(pace) < clients {
                low = middle
            } else {
                high = middle
            }
        }
        var point = decode(high)
        let pace = min(most, rate(high))
        point.requestRate = RequestRate(pace)
        let waiting = clients - high
        point.timeToFirstToken = Seconds(max(first(min(pace, most * 0.999)), waiting / pace))
        return point
    }
}
