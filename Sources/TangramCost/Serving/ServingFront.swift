import CCostKernel
public import TangramUnits

/// One way of running a replica on the front of throughput against speed for one user.
public struct ServingFrontPoint: Hashable, Sendable {
    /// The layout of the replica.
    public var layout: ServingLayout
    /// Sequences decoded at the same time.
    public var batch: Double
    /// Output tokens per second of one accelerator.
    public var tokensPerAccelerator: Double
    /// Tokens per second that one user sees.
    public var tokensPerUser: Double
    /// Mean time to the first token.
    public var timeToFirstToken: Seconds
    /// Mean time between output tokens.
    public var timePerOutputToken: Seconds
}

extension ServingSearch {
    /// Ways that no other beats both in output tokens per second of an accelerator and in tokens per
    /// second of a user, fastest for the user first; limits of the demand do not matter.
    ///
    /// All layouts of up to `acceleratorLimit` accelerators at batches of powers of two.
    public func throughputFront(acceleratorLimit: Int) -> [ServingFrontPoint] {
        var points: [ServingFrontPoint] = []
        for layout in allLayouts(limit: acceleratorLimit) {
            let state = ReplicaState(model: model, layout: layout)
            guard state.batchLimit >= 1 else { continue }
            var batch = 1
            while true {
                let size = min(batch, state.batchLimit)
                let point = state.point(batch: Double(size))
                let rate =
                    point.rate * Double(model.demand.outputTokens)
                    / Double(layout.acceleratorCount)
                points.append(
                    ServingFrontPoint(
                        layout: layout, batch: Double(size), tokensPerAccelerator: rate,
                        tokensPerUser: 1 / point.token_s,
                        timeToFirstToken: Seconds(point.first_token_s),
                        timePerOutputToken: Seconds(point.token_s)))
                if batch >= state.batchLimit { break }
                batch *= 2
            }
        }
        points.sort {
            ($0.tokensPerUser, $0.tokensPerAccelerator) > (
                $1.tokensPerUser, $1.tokensPerAccelerator
            )
        }
        var front: [ServingFrontPoint] = []
        for point in points
        where point.tokensPerAccelerator > front.last?.tokensPerAccelerator ?? 0 {
            front.append(point)
        }
        return front
    }
}
