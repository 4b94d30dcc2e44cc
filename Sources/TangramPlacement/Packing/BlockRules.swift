import TangramHardware

/// What the blocks of one item must keep to besides having room: how many may share a node or a
/// larger domain, whom they must not meet there, and where they must be.
struct BlockRules {
    /// Domains of which jobs hold some, with the job that does.
    typealias Occupants = [ApartPlace: Int]

    /// A domain of one pool as one rule of the scenario sees it.
    struct ApartPlace: Hashable {
        var rule: Int
        var pool: Int
        var index: Int
    }

    /// A limit on blocks of one domain.
    struct Limit: Hashable {
        var domain: FailureDomain
        var most: Int
    }

    /// Who asks: the job, by index.
    let item: Int
    let poolIndex: Int
    let pool: Pool
    var limits: [Limit] = []
    /// Rules of the scenario that keep this item apart from others.
    var apart: [(rule: Int, domain: FailureDomain)] = []
    var occupants: Occupants = [:]
    /// The only domain it may be in.
    var confined: (domain: FailureDomain, index: Int)?

    private var counts: [[Int: Int]] = []

    init(item: Int, poolIndex: Int, pool: Pool) {
        self.item = item
        self.poolIndex = poolIndex
        self.pool = pool
    }

    /// Whether there is anything to ask.
    var isEmpty: Bool { limits.isEmpty && apart.isEmpty && confined == nil }

    /// Whether a block may use `node`.
    func allows(_ node: Int) -> Bool {
        if let confined, confined.domain.index(ofNode: node, in: pool) != confined.index {
            return false
        }
        for entry in apart {
            let place = ApartPlace(
                rule: entry.rule, pool: poolIndex,
                index: entry.domain.index(ofNode: node, in: pool))
            if let other = occupants[place], other != item { return false }
        }
        for (limit, own) in zip(limits, counts) {
            if own[limit.domain.index(ofNode: node, in: pool), default: 0] >= limit.most {
                return false
            }
        }
        return limits.allSatisfy { $0.most > 0 }
    }

    /// Whether an item that is on `nodes` may stay there; its limits were checked before.
    func mayStay(_ nodes: [NodeAssignment]) -> Bool {
        var rules = self
        rules.limits = []
        return nodes.allSatisfy { rules.allows($0.node) }
    }

    /// Counts a block that was placed.
    mutating func note(_ block: [NodeAssignment]) {
        while counts.count < limits.count { counts.append([:]) }
        for (index, limit) in limits.enumerated() {
            let touched = Set(block.map { limit.domain.index(ofNode: $0.node, in: pool) })
            for domain in touched { counts[index][domain, default: 0] += 1 }
        }
    }

    /// The domains that `nodes` make this item hold.
    func places(_ nodes: [NodeAssignment]) -> [ApartPlace] {
        apart.flatMap { entry in
            Set(nodes.map { entry.domain.index(ofNode: $0.node, in: pool) }).map {
                ApartPlace(rule: entry.rule, pool: poolIndex, index: $0)
            }
        }
    }
}
