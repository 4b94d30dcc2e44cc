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
    /// for its own prefill. The number being decoded is that of M/G/∞, Poisson; over the lifetime of
    /// one answer two thirds of its variance are left, because the number changes while it lasts.
    ///
    /// - Parameters:
    ///   - spread: Prompts are uniform within this part of their mean length, 0 to below 1.
    ///   - capacity: The replica at capacity, from ``estimate(_:)``.
    /// - Returns: nil where the load is at or beyond the capacity.
    public func latency(
        _ capacity: ServingEstimate, load: RequestRate, spread: Double = 0
    ) -> ServingLatency? {
        guard load.value > 0, load < capacity.capacity else { return nil }
        let state = ReplicaState(model: self, layout: capacity.layout)
        let mean = estimate(capacity, at: load)
        let point = state.point(batch: max(1e-9, mean.batch))
        let spread = min(max(0, spread), 0.99)
        // Each group is a queue of its own.
        let service = state.prefillPerRequest
        let busy = min(load.value * service, 0.999)
        let variation = 1 + spread * spread / 3
        let waiting = state.promptTime * variation / (2 * (1 - busy))
        let step = point.step_s / Double(capacity.layout.pipelineParallel)
        let alone = state.promptTime
        let fixed = demand.engine.hostPerRequest.value
        var first = TimeDistribution(
            longest: step + alone * (1 + spread) + waiting * Self.longestWait)
        // Nothing runs on an idle replica.
        let running = min(1, mean.batch)
        first.addUniform(from: 0, to: step * running)
        first.addUniform(from: alone * (1 - spread), to: alone * (1 + spread))
        first.addWaiting(share: busy, mean: waiting)
        let deviation = (2 * mean.batch / 3).squareRoot()
        let least = max(1e-9, mean.batch)
        return ServingLatency(
            load: load, batch: mean.batch,
            timeToFirstToken: LatencyPercentiles { fixed + first.quantile($0) },
            timePerOutputToken: LatencyPercentiles { share in
                let deviations = share < 0.6 ? 0 : share < 0.95 ? 1.2816 : 2.3263
                let batch = min(
                    Double(state.batchLimit), max(least, least + deviations * deviation))
                return state.point(batch: batch).token_s
            })
    }

    /// Waits beyond so many mean waits are rarer than one in ten thousand.
    private static let longestWait = 9.5

    /// The highest load of one replica at which `percent` of requests meet the demand's limits: the
    /// knee of its latency over load.
    ///
    /// - Parameters:
    ///   - capacity: The replica at capacity, from ``estimate(_:)``.
    ///   - percent: 50, 90 or 99.
    ///   - spread: As in ``latency(_:load:spread:)``.
    /// - Returns: nil where no load does.
    public func knee(
        _ capacity: ServingEstimate, percent: Int = 90, spread: Double = 0
    ) -> ServingLatency? {
        func meets(_ latency: ServingLatency) -> Bool {
            if let limit = demand.timeToFirstToken, latency.timeToFirstToken[percent] > limit {
                return false
            }
            if let limit = demand.timePerOutputToken, latency.timePerOutputToken[percent] > limit {
                return false
            }
            return true
        }
        // Beyond 98 % of the capacity queues are longer than any run.
        let most = capacity.capacity * 0.98
        if let all = latency(capacity, load: most, spread: spread), meets(all) { return all }
        var (low, high) = (0.0, most.value)
        var best: ServingLatency?
        for _ in 0..<24 {
            let middle = (low + high) / 2
            if let found = latency(capacity, load: RequestRate(middle), spread: spread),
                meets(found)
            {
                (low, best) = (middle, found)
            } else {
                high = middle
            }
        }
        return best
    }
}
