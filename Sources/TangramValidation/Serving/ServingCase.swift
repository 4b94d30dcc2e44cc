import TangramCost
import TangramHardware
import TangramUnits

/// A row of serving results as the estimator can be asked.
struct ServingCase {
    /// How the replicas were driven.
    enum Load {
        /// Clients that send the next request when the last is answered, over all replicas.
        case closedLoop(Double)
        /// More requests than fit, all at once.
        case saturated
        /// This many sequences in every group of a replica: all prefilled, then all decoded.
        case batch(Double)
        /// Decode steps alone, of this many sequences over all replicas; nil for as many as the time
        /// per output token or memory allows.
        case decode(Double?)
        /// Prefill alone, of this many prompts over all replicas; nil for full steps.
        case prefill(Double?)
    }

    /// Replicas of one layout.
    struct Side {
        var layout: ServingLayout
        var replicaCount: Double

        var acceleratorCount: Double { replicaCount * Double(layout.acceleratorCount) }
    }

    var demand: ServingDemand
    var group: DeviceGroup
    /// What decodes, or does both.
    var side: Side
    /// What prefills, where other accelerators do.
    var prefillSide: Side?
    var load: Load
    /// Seconds per output token that decode was driven at.
    var timePerOutputToken: Double?
    /// Whether times are means over a run from its start.
    var countsFirstWave = false
    /// Devices that one accelerator of the table is: two dies of a package.
    var devicesPerAccelerator = 1.0
    var assumptions: [String] = []

    /// Eight in ten measurements lie within a factor of 1 plus this.
    ///
    /// An engine states it for the time of a token of runs without drafts, in a loop of clients. The
    /// factors for other figures and runs are quantiles over half of inference.csv; the other half
    /// judges them (docs/accuracy.md).
    func uncertainty(of metric: String) -> Double {
        let base =
            demand.engine.uncertainty ?? group.accelerator.efficiency.relativeUncertainty
        let isFirst = metric == "ttft_ms"
        let isRate = metric.contains("tok_per_s")
        if prefillSide != nil { return base * (isFirst ? 15 : isRate ? 2.8 : 1.6) }
        switch load {
        case .closedLoop where demand.speculation != nil: return base * (isFirst ? 7.7 : 2.1)
        case .closedLoop, .saturated: return base * (isFirst ? 3.3 : 1.2)
        case .batch: return base
        case .decode, .prefill: return base * 2
        }
    }
}
