/// Which workers this process would start, and why those.
public struct WorkerPlan: Hashable, Sendable, CustomStringConvertible {
    /// A kind of pool.
    public enum Kind: Hashable, Sendable {
        /// The calling thread only.
        case serial
        /// Threads that the system schedules.
        case threads
        /// Threads each kept on one CPU, with memory on that CPU's node.
        case pinned
    }

    /// A worker's place.
    public struct Placement: Hashable, Sendable {
        /// The CPU that the worker stays on.
        public let cpu: Int
        /// The NUMA node that has the CPU and the worker's memory.
        public let node: Int
    }

    /// The kind of pool.
    public let kind: Kind
    /// How many workers, at least 1.
    public let workerCount: Int
    /// The place of each worker, by node and then CPU; empty unless ``kind-swift.property`` is
    /// pinned.
    public let placements: [Placement]
    /// Why this kind and this number.
    public let reason: String

    /// "2 threads, not pinned (one NUMA node)".
    public var description: String {
        switch kind {
        case .serial: "1 thread, not pinned (\(reason))"
        case .threads: "\(workerCount) threads, not pinned (\(reason))"
        case .pinned: "\(workerCount) threads, one per CPU, memory on its node (\(reason))"
        }
    }

    /// Places for `count` workers: one per CPU, the nodes taking turns so that all of their memory
    /// bandwidth is used; fewer where there are fewer CPUs.
    static func placements(count: Int, nodes: [HostTopology.Node]) -> [Placement] {
        var taken = [Int](repeating: 0, count: nodes.count)
        var left = min(count, nodes.reduce(0) { $0 + $1.cpus.count })
        while left > 0 {
            for (index, node) in nodes.enumerated() where left > 0 && taken[index] < node.cpus.count
            {
                taken[index] += 1
                left -= 1
            }
        }
        return zip(nodes, taken).flatMap { node, count in
            node.cpus.prefix(count).map { Placement(cpu: $0, node: node.id) }
        }
    }
}
