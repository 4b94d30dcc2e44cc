import TangramHardware

/// What fails together, from small to large.
public enum FailureDomain: String, CaseIterable, Hashable, Sendable, Comparable {
    /// A node.
    case node
    /// A scale-up domain that spans nodes; where domains end at the node, the node.
    case scaleUp = "scale-up"
    /// The nodes of a leaf switch; where the pool names no leaves, the pool.
    case leaf
    /// A pool.
    case pool
    /// A site; a pool of no site is its own.
    case site

    /// Smaller first.
    public static func < (left: FailureDomain, right: FailureDomain) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Whether it is a part of a pool, which packing sees, and not a whole pool or more.
    var isWithinPool: Bool { self < .pool }

    /// The domain of a node, by index within its pool.
    func index(ofNode node: Int, in pool: Pool) -> Int {
        switch self {
        case .node: node
        case .scaleUp: node / max(1, pool.scaleUp.size / max(1, pool.acceleratorsPerNode))
        case .leaf: pool.scaleOut.nodesPerLeaf.map { node / max(1, $0) } ?? 0
        case .pool, .site: 0
        }
    }

    /// The name of the domain of a whole pool, for ``pool`` and ``site``.
    func name(of pool: Pool) -> String {
        if self == .site, let site = pool.siteID { return "site \(site)" }
        return "pool \(pool.id)"
    }
}
