import TangramHardware

/// How far measurements may be from predictions: eight in ten lie within a factor of 1 plus this.
///
/// An engine states it for the time of a token of runs without drafts, in a loop of clients. The
/// factors for other figures and runs are quantiles over half of the published runs; the other half
/// judges them (docs/accuracy.md).
public struct ServingUncertainty: Hashable, Sendable {
    /// Of the time to the first token.
    public var firstToken: Double
    /// Of the time per output token.
    public var token: Double
    /// Of throughput.
    public var rate: Double

    /// What runs.
    public enum Run: Hashable, Sendable {
        /// Prefill and decode together, driven by clients.
        case together
        /// The same with drafts that are checked.
        case drafting
        /// Prefill and decode on accelerators of their own.
        case apart
        /// One batch, prefilled and then decoded.
        case batch
        /// Prefill or decode alone.
        case phase
    }

    /// The uncertainty of `run` where that of the time of a token is `base`.
    public init(_ run: Run, base: Double) {
        let (first, token, rate) =
            switch run {
            case .together: (3.3, 1.2, 1.2)
            case .drafting: (7.7, 2.1, 2.1)
            case .apart: (15.0, 1.6, 2.8)
            case .batch: (1.0, 1.0, 1.0)
            case .phase: (2.0, 2.0, 2.0)
            }
        firstToken = base * first
        self.token = base * token
        self.rate = base * rate
    }
}

extension ServingModel {
    /// The uncertainty of a time per token of this engine on this accelerator.
    ///
    /// What was fitted to runs on the accelerator's architecture is as wide as the runs that judged
    /// it. Elsewhere the engine is as on others, and the accelerator's own uncertainty is independent
    /// of it: the root of both squares.
    public var baseUncertainty: Double {
        let own = group.accelerator.efficiency.relativeUncertainty
        guard let known = demand.engine.uncertainty else { return own }
        return demand.engine.isFitted ? known : (known * known + own * own).squareRoot()
    }

    /// The uncertainty of a replica that does both, driven by clients.
    var uncertainty: ServingUncertainty {
        ServingUncertainty(
            demand.speculation == nil ? .together : .drafting, base: baseUncertainty)
    }
}
