public import TangramUnits

/// What happens to a cluster over time: failures, slow nodes, maintenance, changes of price and the
/// swing of traffic. The simulator plays it; plans do not look at it.
public struct OperatingConditions: Hashable, Sendable {
    /// Pools by name or label; all where both are empty.
    public struct Pools: Hashable, Sendable {
        /// Names of pools.
        public var ids: [String]
        /// Labels of pools.
        public var labels: [String]

        /// Names pools.
        public init(ids: [String] = [], labels: [String] = []) {
            self.ids = ids
            self.labels = labels
        }

        /// Whether a pool of this name and these labels is meant.
        public func contains(id: String, labels own: [String]) -> Bool {
            (ids.isEmpty && labels.isEmpty) || ids.contains(id)
                || labels.contains { own.contains($0) }
        }
    }

    /// Failures of nodes as a Poisson process.
    public struct Failures: Hashable, Sendable {
        /// Where; of several that name a pool the last counts.
        public var pools: Pools
        /// Mean time from one failure of a node to its next.
        public var every: Seconds
        /// Mean time that it is out.
        public var repair: Seconds

        /// Creates a process.
        public init(pools: Pools, every: Seconds, repair: Seconds) {
            self.pools = pools
            self.every = every
            self.repair = repair
        }
    }

    /// Nodes that run slowly for a while, as a Poisson process.
    public struct Stragglers: Hashable, Sendable {
        /// Where; of several that name a pool the last counts.
        public var pools: Pools
        /// Mean time from one such spell of a node to its next.
        public var every: Seconds
        /// Mean length of a spell.
        public var lasting: Seconds
        /// Speed of a job that holds the node, over its own.
        public var speed: Double

        /// Creates a process.
        public init(pools: Pools, every: Seconds, lasting: Seconds, speed: Double) {
            self.pools = pools
            self.every = every
            self.lasting = lasting
            self.speed = speed
        }
    }

    /// Something that is known beforehand.
    public struct Event: Hashable, Sendable {
        /// What it is.
        public enum Change: Hashable, Sendable {
            /// So many nodes are out: maintenance.
            case nodesOut(Int)
            /// All nodes run at this speed, 1 being their own.
            case speed(Double)
            /// An accelerator costs this.
            case price(MoneyRate)
        }

        /// The pool, by name.
        public var pool: String
        /// From when on, from the start.
        public var start: Seconds
        /// Until when; for ever where nil.
        public var end: Seconds?
        /// What happens.
        public var change: Change

        /// Creates an event.
        public init(pool: String, start: Seconds, end: Seconds? = nil, change: Change) {
            self.pool = pool
            self.start = start
            self.end = end
            self.change = change
        }
    }

    /// The load of services over the day: demand × (1 + swing × cos(2π (t − peak) ÷ day)).
    public struct TrafficSwing: Hashable, Sendable {
        /// How far the load swings about its mean, 0...1.
        public var swing: Double
        /// When in the day it is highest.
        public var peak: Seconds
        /// Load that replicas are provided for beyond the load at the time, over that.
        public var headroom: Double

        /// Creates a swing.
        public init(swing: Double, peak: Seconds, headroom: Double) {
            self.swing = swing
            self.peak = peak
            self.headroom = headroom
        }
    }

    /// Speed at which a job's checkpoint is saved and loaded; nil where nothing is said.
    public var storage: Bandwidth?
    /// The swing of traffic; nil where nothing is said.
    public var traffic: TrafficSwing?
    /// Failures of nodes.
    public var failures: [Failures]
    /// Slow nodes.
    public var stragglers: [Stragglers]
    /// What is known beforehand.
    public var events: [Event]

    /// Creates conditions.
    public init(
        storage: Bandwidth? = nil, traffic: TrafficSwing? = nil, failures: [Failures] = [],
        stragglers: [Stragglers] = [], events: [Event] = []
    ) {
        self.storage = storage
        self.traffic = traffic
        self.failures = failures
        self.stragglers = stragglers
        self.events = events
    }
}
