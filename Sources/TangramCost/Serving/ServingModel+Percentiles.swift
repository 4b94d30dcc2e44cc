import CCostKernel
public import TangramUnits

/// Times that a half, nine in ten and ninety-nine in a hundred requests stay below.
public struct LatencyPercentiles: Hashable, Sendable {
    /// The median.
    public var half: Seconds
    /// Nine in ten.
    public var ninetieth: Seconds
    /// Ninety-nine in a hundred.
    public var ninetyNinth: Seconds

    init(_ quantile: (Double) -> Double) {
        half = Seconds(quantile(0.5))
        ninetieth = Seconds(quantile(0.9))
        ninetyNinth = Seconds(quantile(0.99))
    }

    /// The percentile of 50, 90 or 99 that is no lower than `percent`.
    public subscript(percent: Int) -> Seconds {
        percent <= 50 ? half : percent <= 90 ? ninetieth : ninetyNinth
    }
}

/// How a replica answers requests that arrive at random.
public struct ServingLatency: Hashable, Sendable {
    /// Requests that arrive per second.
    public var load: RequestRate
    /// Sequences being decoded on average.
    public var batch: Double
    /// Time to the first token.
    public var timeToFirstToken: LatencyPercentiles
    /// Mean time between the tokens of one answer.
    public var timePerOutputToken: LatencyPercentiles
}

extension ServingModel {
    /// Percentiles of one replica under Poisson arrivals.
    ///
    /// Prefill comes first: a prompt waits for the rest of the running decode step (uniform), for
    /// prompts before it (M/G/1 with vacations: Pollaczek–Khinchine, with an exponential tail), and
    /// for its own prefill. An answer is prolonged by the prompts that come while it is written.
    ///
    /// - Parameters:
    ///   - capacity: The replica at capacity, from ``estimate(_:)``.
    ///   - load: Requests per second of the replica.
    /// - Returns: nil where the load is at or beyond the capacity.
    public func latency(
        _ capacity: ServingEstimate, load: RequestRate
    ) -> ServingLatency? {
        guard load.value > 0, load < capacity.capacity else { return nil }
        let state = ReplicaState(model: self, layout: capacity.layout)
        let mean = estimate(capacity, at: load)
        let point = state.point(batch: max(1e-9, mean.batch))
        let prompts = promptTimes(state)
        // Each group is a queue of its own.
        let service = state.prefillPerRequest
        let busy = min(load.value * service, 0.999)
        let variation = Self.secondMoment(prompts)
        let waiting = state.promptTime * variation / (2 * (1 - busy))
        let step = point.step_s / Double(capacity.layout.pipelineParallel)
        let alone = state.promptTime
        let fixed = demand.engine.hostPerRequest.value
        var first = TimeDistribution(
            longest: step + (prompts.last?.time ?? alone) + waiting * Self.longestWait)
        // Nothing runs on an idle replica.
        let running = min(1, mean.batch)
        first.addUniform(from: 0, to: step * running)
        first.addParts(prompts)
        first.addWaiting(share: busy, mean: waiting)
        // An answer is a busy period: it starts with its own decode steps and with the prompts that
        // came while it waited for its first token, and every further prompt prolongs it: mean
        // w/(1 − ρ), variance λS²w/(1 − ρ)³ (Cox and Smith 1961, §5.2).
        let tokens = Double(max(1, demand.outputTokens - 1))
        let steps = tokens / (demand.speculation?.keptTokens ?? 1)
        let rate = load.value
        let sojourn = waiting * busy + alone
        let behind = service * rate * sojourn
        let behindVariance =
            service * service * variation * rate
            * (sojourn + rate * waiting * waiting * busy * (2 - busy))
        let free = 1 - busy
        func answer(_ share: Double, batch: Double) -> Double {
            let work = steps * state.point(batch: batch).step_s
            let variance =
                rate * service * service * variation * (work + behind) / (free * free * free)
                + behindVariance / (free * free)
            return work
                + Self.gammaQuantile(
                    share, mean: (work + behind) / free - work, variance: variance)
        }
        return ServingLatency(
            load: load, batch: mean.batch,
            timeToFirstToken: LatencyPercentiles { fixed + first.quantile($0) },
            timePerOutputToken: LatencyPercentiles { share in
                // Answers that last long do so among many others: as many as come meanwhile.
                var time = answer(share, batch: max(1e-9, mean.batch))
                guard share > 0.5 else { return time / tokens }
                for _ in 0..<Self.rounds {
                    let batch = min(Double(state.batchLimit), max(mean.batch, rate * time))
                    time = answer(share, batch: max(1e-9, batch))
                }
                return time / tokens
            })
    }

    /// Prefill times of prompts of all lengths with their weights, ascending: matrices in proportion to
    /// the length, attention to its square.
    private func promptTimes(_ state: ReplicaState) -> [(time: Double, weight: Double)] {
        let parts = demand.promptLengths.parts
        guard parts.count > 1 else { return [(state.promptTime, 1)] }
        let terms = state.table.prefill(state.layout, prompts: 1)
        let others = state.promptTime - terms.total
        let square = parts.reduce(0) { $0 + $1.weight * $1.ratio * $1.ratio }
        return parts.map {
            let linear = (terms.total - terms.attention) * $0.ratio
            let core = terms.attention * $0.ratio * $0.ratio / square
            return (others + linear + core, $0.weight)
        }
    }

    /// E[t²] / E[t]².
    private static func secondMoment(_ times: [(time: Double, weight: Double)]) -> Double {
        let mean = times.reduce(0) { $0 + $1.weight * $1.time }
        let square = times.reduce(0) { $0 + $1.weight * $1.time * $1.time }
        return mean > 0 ? max(1, square / (mean * mean)) : 1
    }

    /// Why no load meets the limits for `percent` of the requests: the best of an all but idle replica.
    func rejection(_ capacity: ServingEstimate, percent: Int) -> Rejection? {
        let idle = 1e-3
        return latency(capacity, load: capacity.capacity * idle).flatMap {
            missed($0, percent: percent)
        }
    }

    /// The limit of the demand that `percent` of the requests do not keep to; nil where they do.
    private func missed(_ latency: ServingLatency, percent: Int) -> Rejection? {
        let (first, each) = (
            latency.timeToFirstToken[percent], latency.timePerOutputToken[percent]
        )
        if let limit = demand.timeToFirstToken, first > limit {
            return .timeToFirstToken(best: first, limit: limit)
        }
        if let limit = demand.timePerOutputToken, each > limit {
            return .timePerOutputToken(best: each, limit: limit)
        }
        return nil
    }

    /// Rounds after which the batch of long answers no longer changes to three digits.
    private static let rounds = 8

    /// A quantile of a gamma distribution (Wilson and Hilferty 1931), for 0.5, 0.9 and 0.99.
    private static func gammaQuantile(_ share: Double, mean: Double, variance: Double) -> Double {
        guard mean > 0, variance > 0 else { return max(0, mean) }
        let normal = share < 0.6 ? 0 : share < 0.95 ? 1.2816 : 2.3263
        let inverseShape = variance / (mean * mean)
        let root = max(0, 1 - inverseShape / 9 + normal * inverseShape.squareRoot() / 3)
        return mean * root * root * root
    }

    /// Waits beyond so many mean waits are rarer than one in ten thousand.
    private static let longestWait = 9.5

    /// The highest load of one replica at which `percent` of requests meet the demand's limits: the
    /// knee of its latency over load.
    ///
    /// - Parameters:
    ///   - capacity: The replica at capacity, from ``estimate(_:)``.
    ///   - percent: 50, 90 or 99.
    /// - Returns: nil where no load does.
    public func knee(
        _ capacity: ServingEstimate, percent: Int = 90
    ) -> ServingLatency? {
        // Beyond 98 % of the capacity queues are longer than any run.
        let most = capacity.capacity * 0.98
        if let all = latency(capacity, load: most), missed(all, percent: percent) == nil {
            return all
        }
        var (low, high) = (0.0, most.value)
        var best: ServingLatency?
        for _ in 0..<24 {
            let middle = (low + high) / 2
            if let found = latency(capacity, load: RequestRate(middle)),
                missed(found, percent: percent) == nil
            {
                (low, best) = (middle, found)
            } else {
                high = middle
            }
        }
        return best
    }
}
