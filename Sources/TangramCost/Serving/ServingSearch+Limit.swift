import CCostKernel
import TangramUnits

extension ServingSearch {
    /// What the best time of all layouts is made of, as a sentence; nil where no layout fits.
    ///
    /// - Parameter ofFirstToken: Of the time to the first token; otherwise of the time per token.
    public func limit(acceleratorLimit: Int, ofFirstToken: Bool) -> String? {
        var best: (time: Double, layout: ServingLayout, state: ReplicaState)?
        for layout in allLayouts(limit: acceleratorLimit) {
            let state = ReplicaState(model: model, layout: layout)
            guard state.batchLimit >= 1 else { continue }
            let point = state.point(batch: 1)
            let time = ofFirstToken ? point.first_token_s : point.token_s
            if time < best?.time ?? .infinity { best = (time, layout, state) }
        }
        guard let best else { return nil }
        let estimate = best.state.estimate(batch: 1, capacity: 1)
        let parts = ofFirstToken ? estimate.prefillBreakdown : estimate.decodeBreakdown
        guard let largest = parts.max(by: { $0.time < $1.time }) else { return nil }
        let share = formatNumber(100 * largest.time.value / max(best.time, 1e-12), digits: 2)
        return
            "reached by \(best.layout.summary) with one sequence, where \(largest.cause.rawValue) "
            + "takes \(share) % of it"
    }
}
