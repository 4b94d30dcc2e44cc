/// Devices of one node that a job holds.
public struct NodeShare: Hashable, Sendable {
    /// The pool, by index.
    public var pool: Int
    /// The node, by index in the pool.
    public var node: Int
    /// How many devices.
    public var deviceCount: Int
    /// Which of the job's units they belong to.
    public var block: Int

    /// Creates a share.
    public init(pool: Int, node: Int, deviceCount: Int, block: Int = 0) {
        self.pool = pool
        self.node = node
        self.deviceCount = deviceCount
        self.block = block
    }
}

/// Which node with room is taken.
public enum NodeChoice: Hashable, Sendable {
    /// The first.
    case first
    /// The one with the least room that is enough.
    case tightest
    /// Any: the given part, 0..<1, of those with room.
    case drawn(Double)
    /// The one whose free devices cost least, by how many are free; the tightest of equal ones.
    case cheapest([Double])
}

/// Which devices of a pool are free, by node.
///
/// A block of devices that must lie together takes part of one node, or whole nodes and part of one
/// more; all of them lie in one scale-up domain where the block is no larger than that. Where nodes
/// have one device each and domains one node, devices are only counted.
public struct NodeRoom: Hashable, Sendable {
    /// The pool, by index.
    public let pool: Int
    /// Devices of a node.
    public let devicesPerNode: Int
    /// Nodes of a scale-up domain.
    public let nodesPerDomain: Int
    /// Devices that are free on all nodes.
    public private(set) var freeCount: Int
    /// Free devices of each node; empty where devices are only counted.
    public private(set) var freeOnNode: [Int]
    /// How many nodes have 0, 1, … free devices.
    private var levels: [Int]

    /// All devices free, the last node smaller where they are no multiple.
    public init(pool: Int, deviceCount: Int, devicesPerNode: Int = 1, nodesPerDomain: Int = 1) {
        self.pool = pool
        self.devicesPerNode = max(1, devicesPerNode)
        self.nodesPerDomain = max(1, nodesPerDomain)
        freeCount = max(0, deviceCount)
        freeOnNode = []
        levels = []
        guard isByNode else { return }
        var left = freeCount
        levels = [Int](repeating: 0, count: self.devicesPerNode + 1)
        while left > 0 {
            let size = min(left, self.devicesPerNode)
            freeOnNode.append(size)
            levels[size] += 1
            left -= size
        }
    }

    /// Whether nodes are told apart.
    public var isByNode: Bool { devicesPerNode > 1 || nodesPerDomain > 1 }

    /// Whether blocks of `unit` devices, `count` devices in all, have room.
    ///
    /// - Complexity: O(devices of a node) for one block within a node or without domains, else
    ///   O(nodes).
    public func hasRoom(_ count: Int, unit: Int) -> Bool {
        guard count <= freeCount else { return false }
        guard isByNode, count > 0 else { return true }
        if unit >= count { return hasRoomForOne(count) }
        var trial = self
        return trial.take(count, unit: unit, .tightest) != nil
    }

    private func hasRoomForOne(_ size: Int) -> Bool {
        if size <= devicesPerNode {
            return (size...devicesPerNode).contains { levels[$0] > 0 }
        }
        let (whole, rest) = size.quotientAndRemainder(dividingBy: devicesPerNode)
        if nodesPerDomain > 1, size <= nodesPerDomain * devicesPerNode {
            return ranges(for: size, whole, .first).contains { range in
                let full = range.count { freeOnNode[$0] == devicesPerNode }
                return rest == 0 || full > whole
                    || range.contains { (rest..<devicesPerNode).contains(freeOnNode[$0]) }
            }
        }
        guard levels[devicesPerNode] >= whole else { return false }
        guard rest > 0, levels[devicesPerNode] == whole else { return true }
        return (rest..<devicesPerNode).contains { levels[$0] > 0 }
    }

    /// Numbers of free devices, at least so many, that some node has; ascending.
    func levels(atLeast size: Int) -> [Int] {
        size <= devicesPerNode ? (size...devicesPerNode).filter { levels[$0] > 0 } : []
    }

    /// Takes blocks of `unit` devices, `count` devices in all, or nothing.
    ///
    /// - Returns: The nodes, none where devices are only counted; nil where there is no room.
    public mutating func take(_ count: Int, unit: Int, _ choice: NodeChoice) -> [NodeShare]? {
        guard count <= freeCount else { return nil }
        guard isByNode else {
            freeCount -= count
            return []
        }
        var shares: [NodeShare] = []
        var (left, block) = (count, 0)
        while left > 0 {
            guard let own = takeBlock(min(left, max(1, unit)), choice, block) else {
                release(shares)
                return nil
            }
            shares += own
            left -= max(1, unit)
            block += 1
        }
        return shares
    }

    /// Takes exactly these devices, or nothing; whether they were free.
    public mutating func take(exactly shares: [NodeShare]) -> Bool {
        for (index, share) in shares.enumerated() {
            guard freeOnNode.indices.contains(share.node),
                freeOnNode[share.node] >= share.deviceCount
            else {
                release(Array(shares[..<index]))
                return false
            }
            add(-share.deviceCount, to: share.node)
        }
        return true
    }

    /// Gives devices of nodes back.
    public mutating func release(_ shares: [NodeShare]) {
        for share in shares { add(share.deviceCount, to: share.node) }
    }

    /// Devices that are only counted come or go.
    mutating func addCounted(_ count: Int) { freeCount += count }

    /// Devices of a node come or go.
    mutating func add(_ count: Int, to node: Int) {
        while freeOnNode.count <= node {
            freeOnNode.append(0)
            levels[0] += 1
        }
        levels[freeOnNode[node]] -= 1
        freeOnNode[node] += count
        levels[freeOnNode[node]] += 1
        freeCount += count
    }

    private mutating func takeBlock(
        _ size: Int, _ choice: NodeChoice, _ block: Int
    ) -> [NodeShare]? {
        if size <= devicesPerNode {
            guard let node = node(for: size, choice, in: freeOnNode.indices) else { return nil }
            add(-size, to: node)
            return [NodeShare(pool: pool, node: node, deviceCount: size, block: block)]
        }
        let (whole, rest) = size.quotientAndRemainder(dividingBy: devicesPerNode)
        for range in ranges(for: size, whole, choice) {
            var nodes: [Int] = []
            for node in range where freeOnNode[node] == devicesPerNode && nodes.count < whole {
                nodes.append(node)
            }
            guard nodes.count == whole else { continue }
            var shares = nodes.map {
                NodeShare(pool: pool, node: $0, deviceCount: devicesPerNode, block: block)
            }
            for node in nodes { add(-devicesPerNode, to: node) }
            guard rest > 0 else { return shares }
            if let node = node(for: rest, choice, in: range) {
                add(-rest, to: node)
                shares.append(
                    NodeShare(pool: pool, node: node, deviceCount: rest, block: block))
                return shares
            }
            release(shares)
        }
        return nil
    }

    /// Where whole nodes are looked for: in one domain after the other, those with the fewest whole
    /// free nodes first, for a block that a domain can hold; else among all nodes.
    private func ranges(for size: Int, _ whole: Int, _ choice: NodeChoice) -> [Range<Int>] {
        let all = freeOnNode.indices
        guard nodesPerDomain > 1, size <= nodesPerDomain * devicesPerNode else { return [all] }
        var domains: [(free: Int, range: Range<Int>)] = []
        for start in stride(from: 0, to: all.count, by: nodesPerDomain) {
            let range = start..<min(all.count, start + nodesPerDomain)
            let free = range.reduce(0) { $0 + (freeOnNode[$1] == devicesPerNode ? 1 : 0) }
            if free >= whole { domains.append((free, range)) }
        }
        if choice != .first {
            domains.sort { ($0.free, $0.range.lowerBound) < ($1.free, $1.range.lowerBound) }
        }
        return domains.map(\.range)
    }

    /// The node of `range` for so many devices.
    private func node(for size: Int, _ choice: NodeChoice, in range: Range<Int>) -> Int? {
        switch choice {
        case .first: return range.first { freeOnNode[$0] >= size }
        case .drawn(let draw):
            let fitting = range.filter { freeOnNode[$0] >= size }
            return fitting.isEmpty
                ? nil : fitting[min(fitting.count - 1, Int(draw * Double(fitting.count)))]
        case .tightest:
            let level = levels(atLeast: size).first { level in
                range.count == freeOnNode.count || range.contains { freeOnNode[$0] == level }
            }
            return level.flatMap { level in range.first { freeOnNode[$0] == level } }
        case .cheapest(let costs):
            var best: (cost: Double, free: Int, node: Int)?
            for node in range where freeOnNode[node] >= size {
                let free = freeOnNode[node]
                let cost = free < costs.count ? costs[free] : 0
                if best.map({ (cost, free) < ($0.cost, $0.free) }) ?? true {
                    best = (cost, free, node)
                }
            }
            return best?.node
        }
    }
}
