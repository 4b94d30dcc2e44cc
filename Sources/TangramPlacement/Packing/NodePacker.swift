import TangramHardware

/// Gives blocks of accelerators to nodes of one part of a pool.
///
/// Blocks nest (accelerators in a PCIe switch, a NUMA node, a node; nodes in a scale-up domain or
/// under a leaf switch), so that largest first and tightest first leaves no room unused where sizes
/// divide each other.
struct NodePacker {
    private let nodes: [Int]
    let perNode: Int
    private let nodesPerDomain: Int
    /// Accelerators of a PCIe switch and of a NUMA node, the smaller first; blocks that fit into
    /// one are not laid across two.
    private let regions: [Int]
    /// Positions (in `nodes`) of wholly free nodes by group, lowest last. A group is a scale-up
    /// domain that spans nodes, else the nodes of a leaf switch, else all nodes.
    private var freeNodes: [[Int]]
    /// The group of each position, by index in `freeNodes`.
    private var groupOfPosition: [Int]
    /// Groups before this one have no free nodes.
    private var nextGroup = 0
    /// Nodes that are partly taken, with what is free of them.
    private var partial: [(position: Int, free: [Bool], freeCount: Int)] = []

    /// Blocks of at most so many nodes must stay in one group.
    private let boundSize: Int

    /// All nodes of `part` free.
    init(_ part: PoolPart) {
        // Nodes in reserve are known, but not free.
        nodes = part.reserved.isEmpty ? part.nodes : (part.nodes + part.reserved).sorted()
        perNode = part.group.acceleratorsPerNode
        nodesPerDomain = part.nodesPerDomain
        regions = part.regions
        boundSize =
            part.nodesPerDomain > 1
            ? .max : part.hasUplinkLimit ? part.acceleratorsPerLeaf / max(1, perNode) : 0
        var groups: [Int: [Int]] = [:]
        let size = nodesPerDomain > 1 ? nodesPerDomain : part.nodesPerLeaf ?? .max
        let reserved = Set(part.reserved)
        for (position, node) in nodes.enumerated() {
            groups[node / size, default: []].append(position)
        }
        let sorted = groups.sorted { $0.key < $1.key }
        let all = nodes
        freeNodes = sorted.map { group in
            group.value.reversed().filter { reserved.isEmpty || !reserved.contains(all[$0]) }
        }
        groupOfPosition = [Int](repeating: 0, count: nodes.count)
        for (index, group) in sorted.enumerated() {
            for position in group.value { groupOfPosition[position] = index }
        }
    }

    /// The blocks that `count` accelerators in replicas of `unit` are cut into: what must share a
    /// node or a domain, and how many of those.
    func blocks(unit: Int, count: Int) -> (size: Int, count: Int) {
        let domain = nodesPerDomain * perNode
        let size = nodesPerDomain > 1 && unit > domain ? domain : unit
        return (size, count / max(1, size))
    }

    /// Takes `count` blocks of `size` accelerators, all or none.
    ///
    /// - Returns: The nodes in ascending order, or nil where they cannot be had.
    mutating func take(size: Int, count: Int, rules: BlockRules? = nil) -> [NodeAssignment]? {
        var taken: [NodeAssignment] = []
        var rules = rules
        // Rules are counted from the first block on.
        rules?.note([])
        for _ in 0..<count {
            guard let block = takeBlock(size, rules) else {
                release(taken)
                return nil
            }
            rules?.note(block)
            taken += block
        }
        return Self.merged(taken)
    }

    /// Takes exactly these accelerators, all or none.
    mutating func take(exactly wanted: [NodeAssignment]) -> Bool {
        var taken: [NodeAssignment] = []
        for assignment in wanted {
            guard takeExactly(assignment) else {
                release(taken)
                return false
            }
            taken.append(assignment)
        }
        return true
    }

    /// Whether the part has this node.
    func has(_ node: Int) -> Bool { position(of: node) != nil }

    /// Nodes of which nothing is taken.
    var freeNodeCount: Int { freeNodes.reduce(0) { $0 + $1.count } }

    private mutating func takeExactly(_ wanted: NodeAssignment) -> Bool {
        guard let position = position(of: wanted.node), wanted.accelerators.lowerBound >= 0,
            wanted.accelerators.upperBound < perNode
        else { return false }
        let group = groupOfPosition[position]
        if let place = freeNodes[group].firstIndex(of: position) {
            freeNodes[group].remove(at: place)
            guard wanted.accelerators.count < perNode else { return true }
            partial.append((position, [Bool](repeating: true, count: perNode), perNode))
        }
        guard let index = partial.firstIndex(where: { $0.position == position }),
            wanted.accelerators.allSatisfy({ partial[index].free[$0] })
        else { return false }
        mark(wanted.accelerators, at: index)
        return true
    }

    private mutating func takeBlock(_ size: Int, _ rules: BlockRules?) -> [NodeAssignment]? {
        guard size >= perNode else { return takeWithinNode(size, rules).map { [$0] } }
        let wanted = size / perNode
        if let rules, !rules.isEmpty { return takeNodes(wanted, rules) }
        if let group = tightestGroup(wanted) { return pop(wanted, from: group) }
        guard wanted > boundSize, freeNodeCount >= wanted else { return nil }
        // No leaf has so many: the emptiest first, so that few are used.
        var left = wanted
        var taken: [NodeAssignment] = []
        while left > 0 {
            guard
                let group = freeNodes.indices.max(by: { a, b in
                    freeNodes[a].count != freeNodes[b].count
                        ? freeNodes[a].count < freeNodes[b].count : a > b
                })
            else { break }
            let count = min(left, freeNodes[group].count)
            guard count > 0 else { break }
            taken += pop(count, from: group)
            left -= count
        }
        return taken
    }

    private mutating func pop(_ count: Int, from group: Int) -> [NodeAssignment] {
        (0..<count).compactMap { _ in freeNodes[group].popLast().map(whole) }
    }

    private func whole(_ position: Int) -> NodeAssignment {
        NodeAssignment(node: nodes[position], accelerators: 0...(perNode - 1))
    }

    /// Whole nodes that rules allow, of as few groups as can be.
    private mutating func takeNodes(_ wanted: Int, _ rules: BlockRules) -> [NodeAssignment]? {
        let allowed = freeNodes.map { group in group.filter { rules.allows(nodes[$0]) } }
        var chosen: [Int] = []
        let fitting = allowed.indices.filter { allowed[$0].count >= wanted }
        if let group = fitting.min(by: { allowed[$0].count < allowed[$1].count }) {
            chosen = Array(allowed[group].suffix(wanted))
        } else if wanted > boundSize {
            for group in allowed.sorted(by: { $0.count > $1.count }) {
                chosen += group.suffix(wanted - chosen.count)
            }
        }
        guard chosen.count == wanted else { return nil }
        for position in chosen {
            freeNodes[groupOfPosition[position]].removeAll { $0 == position }
        }
        return chosen.sorted().map(whole)
    }

    /// The group with the fewest free nodes that still has `wanted`.
    private mutating func tightestGroup(_ wanted: Int) -> Int? {
        while nextGroup < freeNodes.count && freeNodes[nextGroup].isEmpty { nextGroup += 1 }
        var best: Int?
        for group in nextGroup..<freeNodes.count where freeNodes[group].count >= wanted {
            if freeNodes[group].count < best.map({ freeNodes[$0].count }) ?? .max {
                best = group
                if freeNodes[group].count == wanted { break }
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

    /// Takes a node out for good; what runs on it must have been given back.
    mutating func withdraw(_ node: Int) {
        guard let position = position(of: node) else { return }
        freeNodes[groupOfPosition[position]].removeAll { $0 == position }
        partial.removeAll { $0.position == position }
    }

    /// Puts a node back that was withdrawn.
    mutating func restore(_ node: Int) {
        guard let position = position(of: node) else { return }
        if !freeNodes[groupOfPosition[position]].contains(position) { putBack(position) }
    }

    /// Puts a wholly free node back into its group, the lowest last.
    private mutating func putBack(_ position: Int) {
        let group = groupOfPosition[position]
        let place = freeNodes[group].firstIndex { $0 < position } ?? freeNodes[group].count
        freeNodes[group].insert(position, at: place)
        nextGroup = min(nextGroup, group)
    }

    private func position(of node: Int) -> Int? {
        var (low, high) = (0, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle] < node { low = middle + 1 } else { high = middle }
        }
        return low < nodes.count && nodes[low] == node ? low : nil
    }

    // MARK: Parts of nodes

    /// A slot of a partly taken node, the tightest first, else of a free one. Slots that keep to a
    /// PCIe switch and a NUMA node come before those that do not.
    private mutating func takeWithinNode(_ size: Int, _ rules: BlockRules?) -> NodeAssignment? {
        for isStrict in [true, false] {
            var best: (index: Int, start: Int)?
            for index in partial.indices where partial[index].freeCount >= size {
                if let best, partial[index].freeCount >= partial[best.index].freeCount { continue }
                if let rules, !rules.allows(nodes[partial[index].position]) { continue }
                if let start = slot(size, in: partial[index].free, isStrict) {
                    best = (index, start)
                }
            }
            if best == nil, let position = takeFree(rules) {
                partial.append((position, [Bool](repeating: true, count: perNode), perNode))
                best = (partial.count - 1, 0)
            }
            guard let best else { continue }
            let node = nodes[partial[best.index].position]
            let range = best.start...(best.start + size - 1)
            mark(range, at: best.index)
            return NodeAssignment(node: node, accelerators: range)
        }
        return nil
    }

    private mutating func takeFree(_ rules: BlockRules?) -> Int? {
        guard let rules, !rules.isEmpty else {
            return tightestGroup(1).flatMap { freeNodes[$0].popLast() }
        }
        for group in freeNodes.indices {
            if let place = freeNodes[group].lastIndex(where: { rules.allows(nodes[$0]) }) {
                return freeNodes[group].remove(at: place)
            }
        }
        return nil
    }

    private mutating func mark(_ range: ClosedRange<Int>, at index: Int) {
        for accelerator in range { partial[index].free[accelerator] = false }
        partial[index].freeCount -= range.count
        if partial[index].freeCount == 0 { partial.remove(at: index) }
    }

    /// Where `size` free accelerators start: within one region of each kind that is large enough
    /// where `isStrict`, at any multiple of the size else.
    private func slot(_ size: Int, in free: [Bool], _ isStrict: Bool) -> Int? {
        guard isStrict, let region = regions.first(where: { $0 >= size }) else {
            return stride(from: 0, through: free.count - size, by: size).first { start in
                free[start..<start + size].allSatisfy { $0 }
            }
        }
        for base in stride(from: 0, to: free.count, by: region) {
            let end = min(base + region, free.count)
            for start in stride(from: base, through: end - size, by: size)
            where free[start..<start + size].allSatisfy({ $0 }) { return start }
        }
        return nil
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
