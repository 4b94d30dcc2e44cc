/// Gives blocks of accelerators to nodes of one part of a pool.
///
/// Blocks nest (accelerators in a node, nodes in a scale-up domain), so that largest first and
/// tightest first leaves no room unused where sizes divide each other.
struct NodePacker {
    private let nodes: [Int]
    private let perNode: Int
    private let nodesPerDomain: Int
    /// Positions (in `nodes`) of wholly free nodes by domain, lowest last.
    private var freeNodes: [[Int]]
    /// The domain of each position, by index in `freeNodes`.
    private var domainOfPosition: [Int]
    /// Domains that have free nodes, as a cursor for the case of one node per domain.
    private var nextDomain = 0
    /// Nodes that are partly taken, with what is free of them.
    private var partial: [(position: Int, free: [Bool], freeCount: Int)] = []

    /// All nodes of `part` free.
    init(_ part: PoolPart) {
        nodes = part.nodes
        perNode = part.group.acceleratorsPerNode
        nodesPerDomain = part.nodesPerDomain
        var domains: [Int: [Int]] = [:]
        for (position, node) in part.nodes.enumerated() {
            domains[node / part.nodesPerDomain, default: []].append(position)
        }
        let sorted = domains.sorted { $0.key < $1.key }
        freeNodes = sorted.map { $0.value.reversed() }
        domainOfPosition = [Int](repeating: 0, count: nodes.count)
        for (index, domain) in sorted.enumerated() {
            for position in domain.value { domainOfPosition[position] = index }
        }
    }

    /// The blocks that `count` accelerators in replicas of `unit` are cut into: what must share a
    /// node or a domain, and how many of those.
    func blocks(unit: Int, count: Int) -> (size: Int, count: Int) {
        let domain = nodesPerDomain * perNode
        let size = unit > domain ? domain : unit
        return (size, count / max(1, size))
    }

    /// Takes `count` blocks of `size` accelerators, all or none.
    ///
    /// - Returns: The nodes in ascending order, or nil where they cannot be had.
    mutating func take(size: Int, count: Int) -> [NodeAssignment]? {
        var trial = self
        var taken: [NodeAssignment] = []
        for _ in 0..<count {
            guard let block = trial.takeBlock(size) else { return nil }
            taken += block
        }
        self = trial
        return Self.merged(taken)
    }

    private mutating func takeBlock(_ size: Int) -> [NodeAssignment]? {
        guard size >= perNode else { return takeWithinNode(size).map { [$0] } }
        let wanted = size / perNode
        guard let domain = tightestDomain(wanted) else { return nil }
        return (0..<wanted).compactMap { _ in
            freeNodes[domain].popLast().map {
                NodeAssignment(node: nodes[$0], accelerators: 0...(perNode - 1))
            }
        }
    }

    /// The domain with the fewest free nodes that still has `wanted`.
    private mutating func tightestDomain(_ wanted: Int) -> Int? {
        if nodesPerDomain == 1 {
            while nextDomain < freeNodes.count && freeNodes[nextDomain].isEmpty { nextDomain += 1 }
            return nextDomain < freeNodes.count ? nextDomain : nil
        }
        var best: Int?
        for domain in freeNodes.indices where freeNodes[domain].count >= wanted {
            if freeNodes[domain].count < best.map({ freeNodes[$0].count }) ?? .max {
                best = domain
                if freeNodes[domain].count == wanted { break }
            }
        }
        return best
    }

    /// Gives back what was taken.
    mutating func release(_ taken: [NodeAssignment]) {
        for assignment in taken {
            guard let position = position(of: assignment.node) else { continue }
            if assignment.accelerators.count == perNode {
                putBack(position)
                continue
            }
            var index = partial.firstIndex { $0.position == position }
            if index == nil {
                // A node that was taken whole in pieces is in neither list.
                partial.append((position, [Bool](repeating: false, count: perNode), 0))
                index = partial.count - 1
            }
            guard let index else { continue }
            for accelerator in assignment.accelerators where !partial[index].free[accelerator] {
                partial[index].free[accelerator] = true
                partial[index].freeCount += 1
            }
            if partial[index].freeCount == perNode {
                partial.remove(at: index)
                putBack(position)
            }
        }
    }

    /// Puts a wholly free node back into its domain, the lowest last.
    private mutating func putBack(_ position: Int) {
        let domain = domainOfPosition[position]
        let place = freeNodes[domain].firstIndex { $0 < position } ?? freeNodes[domain].count
        freeNodes[domain].insert(position, at: place)
        nextDomain = min(nextDomain, domain)
    }

    private func position(of node: Int) -> Int? {
        var (low, high) = (0, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle] < node { low = middle + 1 } else { high = middle }
        }
        return low < nodes.count && nodes[low] == node ? low : nil
    }

    /// An aligned slot of a partly taken node, the tightest first, else of a free one.
    private mutating func takeWithinNode(_ size: Int) -> NodeAssignment? {
        var best: (index: Int, start: Int)?
        for index in partial.indices where partial[index].freeCount >= size {
            if let best, partial[index].freeCount >= partial[best.index].freeCount { continue }
            if let start = Self.slot(size, in: partial[index].free) { best = (index, start) }
        }
        if best == nil {
            guard let domain = tightestDomain(1), let position = freeNodes[domain].popLast()
            else { return nil }
            partial.append((position, [Bool](repeating: true, count: perNode), perNode))
            best = (partial.count - 1, 0)
        }
        guard let best else { return nil }
        for accelerator in best.start..<best.start + size {
            partial[best.index].free[accelerator] = false
        }
        partial[best.index].freeCount -= size
        let node = nodes[partial[best.index].position]
        if partial[best.index].freeCount == 0 { partial.remove(at: best.index) }
        return NodeAssignment(node: node, accelerators: best.start...(best.start + size - 1))
    }

    private static func slot(_ size: Int, in free: [Bool]) -> Int? {
        stride(from: 0, through: free.count - size, by: size).first { start in
            free[start..<start + size].allSatisfy { $0 }
        }
    }

    /// Neighbouring ranges of one node as one, nodes ascending.
    private static func merged(_ taken: [NodeAssignment]) -> [NodeAssignment] {
        let sorted = taken.sorted {
            ($0.node, $0.accelerators.lowerBound) < ($1.node, $1.accelerators.lowerBound)
        }
        var result: [NodeAssignment] = []
        for assignment in sorted {
            if let last = result.last, last.node == assignment.node,
                last.accelerators.upperBound + 1 == assignment.accelerators.lowerBound
            {
                result[result.count - 1].accelerators =
                    last.accelerators.lowerBound...assignment.accelerators.upperBound
            } else {
                result.append(assignment)
            }
        }
        return result
    }
}
