import TangramCost
import TangramHardware
import TangramUnits

/// A row of serving results as the estimator can be asked.
struct ServingCase {
    /// How the replicas were driven.
    enum Load {
        /// Clients that send the next request when the last is answered, over all replicas.
        case closedLoop(Double)
        /// So many requests over all replicas, all at once; nil for more than ever end.
        case saturated(requests: Double?)
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
    func uncertainty(of metric: String, _ model: ServingModel) -> Double {
        let run: ServingUncertainty.Run
        if prefillSide != nil {
            run = .apart
        } else {
            switch load {
            case .closedLoop: run = demand.speculation == nil ? .together : .drafting
            case .saturated: run = .together
            case .batch: run = .batch
            case .decode, .prefill: run = .phase
            }
        }
        let all = ServingUncertainty(run, base: model.baseUncertainty)
        if metric == "ttft_ms" { return all.firstToken }
        return metric.contains("tok_per_s") ? all.rate : all.token
    }
}
