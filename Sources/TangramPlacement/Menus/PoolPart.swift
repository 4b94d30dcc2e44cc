import TangramCost
import TangramHardware

/// Nodes of one pool in one state of health: what a job is placed on.
struct PoolPart: Sendable {
    /// The pool, by index in the cluster.
    let poolIndex: Int
    /// What estimates are made for.
    let group: DeviceGroup
    /// The nodes, by index in the pool, ascending.
    var nodes: [Int]
    /// Nodes of the same health that are kept free.
    var reserved: [Int]
    /// Nodes of one scale-up domain.
    let nodesPerDomain: Int
    /// Nodes of one leaf switch; nil where the pool names none.
    let nodesPerLeaf: Int?
    /// Accelerators of a PCIe switch and of a NUMA node, the smaller first.
    let regions: [Int]
    /// Whether any one node may fail and service levels hold.
    let survivesNodeFailure: Bool
    /// Whether what crosses leaves is limited, so that blocks which fit into one must lie in one.
    let hasUplinkLimit: Bool

    /// Accelerators of all nodes.
    var acceleratorCount: Int { nodes.count * group.acceleratorsPerNode }

    /// The parts of `pool`, best first; nodes that are out are in none.
    ///
    /// - Parameters:
    ///   - mayTrain: Whether training may run there, for which a pool that survives the loss of a
    ///     node keeps one free.
    ///   - occupied: Nodes on which jobs run now; others are kept in reserve first.
    static func parts(
        of pool: Pool, index: Int, mayTrain: Bool = false, occupied: Set<Int> = []
    ) -> [PoolPart] {
        struct State: Hashable, Comparable {
            var speed: Double
            var memory: Double

            static func < (left: State, right: State) -> Bool {
                (left.speed, left.memory) < (right.speed, right.memory)
            }
        }
        var states = [State](repeating: State(speed: 1, memory: 1), count: pool.nodeCount)
        let all = 0...max(0, pool.nodeCount - 1)
        for health in pool.health where health.nodes.overlaps(all) {
            for node in health.nodes.clamped(to: all) where states.indices.contains(node) {
                states[node] = State(speed: health.speed, memory: health.memory)
            }
        }
        var nodes: [State: [Int]] = [:]
        for (node, state) in states.enumerated() where state.speed > 0 && state.memory > 0 {
            nodes[state, default: []].append(node)
        }
        let perNode = max(1, pool.acceleratorsPerNode)
        let spare = pool.survivesNodeFailure && mayTrain ? 1 : 0
        let reserved = reserve(
            pool, max(pool.reservedNodeCount, spare), perNode, occupied, &nodes)
        let regions = [
            pool.host.acceleratorsPerSwitch, perNode / max(1, pool.host.numaNodeCount),
        ].compactMap { $0 }.filter { $0 > 1 && $0 < perNode }.sorted()
        return nodes.sorted { $0.key > $1.key }.map { state, nodes in
            var group = DeviceGroup(
                accelerator: pool.accelerator, acceleratorsPerNode: perNode,
                scaleUp: pool.scaleUp, scaleOut: pool.scaleOut, speed: state.speed,
                memoryFraction: state.memory)
            group.hostMemory = DeviceGroup.hostMemory(of: pool)
            return PoolPart(
                poolIndex: index, group: group,
                nodes: nodes, reserved: reserved[state] ?? [],
                nodesPerDomain: max(1, pool.scaleUp.size / perNode),
                nodesPerLeaf: pool.scaleOut.nodesPerLeaf.map { max(1, $0) }, regions: regions,
                survivesNodeFailure: pool.survivesNodeFailure,
                hasUplinkLimit: pool.scaleOut.uplinkBandwidth != nil)
        }
    }

    /// Takes the nodes in reserve out, the last of each domain or of the pool, healthy ones first: a
    /// node in reserve must do for any other.
    private static func reserve<State: Comparable>(
        _ pool: Pool, _ count: Int, _ perNode: Int, _ occupied: Set<Int>,
        _ nodes: inout [State: [Int]]
    ) -> [State: [Int]] {
        guard count > 0 else { return [:] }
        var reserved: [State: [Int]] = [:]
        let perDomain = max(1, pool.scaleUp.size / perNode)
        var left: [Int: Int] = [:]
        for (state, own) in nodes.sorted(by: { $0.key > $1.key }) {
            var taken: Set<Int> = []
            // Nodes on which nothing runs first.
            let order =
                own.reversed().filter { !occupied.contains($0) }
                + own.reversed().filter { occupied.contains($0) }
            for node in order {
                let domain = perDomain > 1 ? node / perDomain : 0
                let wanted = left[domain] ?? count
                left[domain] = max(0, wanted - 1)
                if wanted > 0 { taken.insert(node) }
            }
            let kept = own.filter { !taken.contains($0) }
            nodes[state] = kept.isEmpty ? nil : kept
            reserved[state] = taken.sorted()
        }
        return reserved
    }

    /// Counts of accelerators that can be packed so that the estimator's assumption holds, namely
    /// that neighbouring ranks share nodes and domains: divisors of a node, whole nodes within a
    /// domain, and whole domains. Ascending, no more than there are.
    func acceleratorCounts(from minimum: Int, through maximum: Int) -> [Int] {
        let perNode = group.acceleratorsPerNode
        var counts: Set<Int> = []
        for size in 1...perNode where perNode % size == 0 { counts.insert(size) }
        for nodes in Self.roundCounts(upTo: min(nodesPerDomain, nodes.count)) {
            counts.insert(nodes * perNode)
        }
        for domains in Self.roundCounts(upTo: nodes.count / nodesPerDomain) {
            counts.insert(domains * nodesPerDomain * perNode)
        }
        // The most that takes nothing of limited uplinks.
        if hasUplinkLimit { counts.insert(acceleratorsPerLeaf) }
        return counts.filter { $0 >= minimum && $0 <= min(maximum, acceleratorCount) }.sorted()
    }

    /// Accelerators that reach each other without the uplinks of leaves: those of a leaf, or of a
    /// scale-up domain over several nodes; of a node where the pool names no leaves.
    var acceleratorsPerLeaf: Int {
        (nodesPerDomain > 1 ? nodesPerDomain : nodesPerLeaf ?? 1) * group.acceleratorsPerNode
    }

    /// Whether `count` accelerators are a block that ``acceleratorCounts(from:through:)`` allows.
    func isBlock(_ count: Int) -> Bool {
        let perNode = group.acceleratorsPerNode
        if count <= perNode { return perNode % count == 0 }
        guard count % perNode == 0 else { return false }
        let nodes = count / perNode
        return nodes <= nodesPerDomain || nodes % nodesPerDomain == 0
    }

    /// Numbers of the form 2ᵃ, 3·2ᵃ and 5·2ᵃ, which layouts divide well, and the limit itself.
    private static func roundCounts(upTo limit: Int) -> [Int] {
        guard limit > 0 else { return [] }
        var result: Set<Int> = [limit]
        for factor in [1, 3, 5] {
            var count = factor
            while count <= limit {
                result.insert(count)
                count *= 2
            }
        }
        return result.sorted()
    }
}
