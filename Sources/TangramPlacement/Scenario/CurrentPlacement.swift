public import TangramUnits

/// Where a job runs now, on nodes of one pool.
public struct CurrentPlacement: Hashable, Sendable {
    /// The pool.
    public var poolID: String
    /// Its nodes, with the accelerators it holds on each.
    public var nodes: [NodeAssignment]

    /// Creates a placement.
    public init(poolID: String, nodes: [NodeAssignment]) {
        self.poolID = poolID
        self.nodes = nodes
    }

    /// Accelerators of all nodes.
    public var acceleratorCount: Int { nodes.reduce(0) { $0 + $1.accelerators.count } }
}

/// What it costs to move a job that runs: it stands still for a while and is paid for all the same.
public struct Migration: Hashable, Sendable {
    /// How long a job that moves does nothing: saving, copying, loading, warming up.
    public var downtime: Seconds
    /// How long the new plan is expected to last; a move pays where what it wins over that time is
    /// more than what is lost in `downtime`.
    public var period: Seconds

    /// Creates a cost of migration.
    public init(downtime: Seconds, period: Seconds) {
        self.downtime = downtime
        self.period = period
    }

    /// The part of the period that a move takes, 0...1.
    public var share: Double { period.value > 0 ? min(1, downtime / period) : 0 }
}
