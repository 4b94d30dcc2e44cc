public import TangramUnits

/// One exchange with experts of one layer as an estimate takes it: with which library's measured
/// curves, and how long each direction is.
public struct ExpertExchangeUse: Hashable, Sendable {
    /// The library: `deepep-normal`, `deepep-ll`, `trtllm-nvlink-alltoall`.
    public var library: String
    /// Ranks of one node or scale-up domain, or nodes where there are several.
    public var placeCount: Int
    /// Whether several nodes take part.
    public var isBetweenNodes: Bool
    /// The accelerator that the curves were measured on, by catalogue name.
    public var measuredOn: String
    /// Whether that is another one, so that the times are less certain.
    public var isInherited: Bool
    /// Tokens to their experts.
    public var dispatch: Seconds
    /// What experts made of them, back.
    public var combine: Seconds
    /// The error that nine in ten points of these curves stay within, on points or, where they are
    /// inherited, accelerators that they were not fitted to.
    public var relativeUncertainty: Double

    /// Both directions.
    public var total: Seconds { dispatch + combine }

    /// One line: library, places, source, times.
    public var summary: String {
        let places = isBetweenNodes ? "\(placeCount) nodes" : "\(placeCount) ranks"
        return "\(library), \(places), measured on \(measuredOn): "
            + "\(dispatch) there, \(combine) back in a layer"
    }

    /// The uncertainty of a time of which `share` is this exchange, where `others` is that of all
    /// parts together: independent errors add as squares.
    func widened(_ others: Double, share: Double) -> Double {
        guard isInherited else { return others }
        let own = min(max(share, 0), 1) * relativeUncertainty
        return (others * others + own * own).squareRoot()
    }
}
