/// A rule that says which node, and which of its accelerators, a pod goes to.
public enum PackingPolicy: String, Hashable, Sendable, CaseIterable {
    /// Any node with room, any accelerator of it.
    case random
    /// The first node with room (Johnson, 1973).
    case firstFit = "first-fit"
    /// The node with the least left of CPUs and accelerators, the fullest accelerator of it.
    case bestFit = "best-fit"
    /// The node and accelerator where the least more becomes useless to what is expected (Weng et
    /// al., Beware of Fragmentation, USENIX ATC 2023, §4).
    case fragmentationGradient = "fgd"
    /// Ours: FGD's gradient without its rounding, and that of accelerators which the CPUs left beside
    /// them cannot feed.
    case tangram

    /// The paper that it is from.
    public var source: String {
        switch self {
        case .random: "uniform choice"
        case .firstFit, .bestFit: "Johnson, Near-optimal bin packing algorithms, MIT 1973"
        case .fragmentationGradient:
            "Weng et al., Beware of Fragmentation, USENIX ATC 2023"
        case .tangram: "this repository"
        }
    }
}
