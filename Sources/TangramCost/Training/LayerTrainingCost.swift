/// Times and kept activations of one layer for one micro-batch on one rank.
struct LayerTrainingCost: Sendable {
    /// The forward pass.
    var forward = TimeTerms()
    /// The backward pass without anything recomputed.
    var backward = TimeTerms()
    /// Computation that selective recomputation repeats, in seconds.
    var selectiveRepeat = 0.0
    /// Bytes kept for the backward pass under none, selective and full recomputation.
    var kept: (none: Double, selective: Double, full: Double) = (0, 0, 0)

    /// Bytes kept under `recompute`.
    func keptBytes(_ recompute: TrainingLayout.Recompute) -> Double {
        switch recompute {
        case .none: kept.none
        case .selective: kept.selective
        case .full: kept.full
        }
    }

    /// Compute seconds repeated under `recompute`; full recomputation repeats the tensor-parallel
    /// collectives of the forward pass too.
    func repeated(_ recompute: TrainingLayout.Recompute) -> TimeTerms {
        switch recompute {
        case .none: return TimeTerms()
        case .selective:
            var terms = TimeTerms()
            terms.elementwise = selectiveRepeat
            return terms
        case .full: return forward
        }
    }
}
