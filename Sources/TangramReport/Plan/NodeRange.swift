import TangramPlacement

/// Consecutive nodes of a placement with the same accelerators in use.
struct NodeRange: Hashable {
    var nodes: ClosedRange<Int>
    var accelerators: ClosedRange<Int>

    /// The nodes of a placement in as few ranges as they allow, in order.
    static func ranges(_ assignments: [NodeAssignment]) -> [NodeRange] {
        let sorted = assignments.sorted {
            ($0.node, $0.accelerators.lowerBound) < ($1.node, $1.accelerators.lowerBound)
        }
        var ranges: [NodeRange] = []
        for assignment in sorted {
            if let last = ranges.last, last.nodes.upperBound + 1 == assignment.node,
                last.accelerators == assignment.accelerators
            {
                ranges[ranges.count - 1].nodes = last.nodes.lowerBound...assignment.node
            } else {
                ranges.append(
                    NodeRange(
                        nodes: assignment.node...assignment.node,
                        accelerators: assignment.accelerators))
            }
        }
        return ranges
    }

    /// "nodes 0-15", "node 3 [0-3]"; accelerators are named where not all of a node are used.
    static func text(
        _ assignments: [NodeAssignment], acceleratorsPerNode: Int?, limit: Int = 4
    ) -> String {
        text(ranges(assignments), acceleratorsPerNode: acceleratorsPerNode, limit: limit)
    }

    /// The same of ranges.
    static func text(
        _ ranges: [NodeRange], acceleratorsPerNode: Int?, limit: Int = 4
    ) -> String {
        guard !ranges.isEmpty else { return Figures.none }
        let isMany = ranges.count > 1 || ranges[0].nodes.count > 1
        let parts = ranges.prefix(limit).map { range in
            let isWhole = acceleratorsPerNode.map { range.accelerators == 0...max(0, $0 - 1) }
            return span(range.nodes)
                + (isWhole ?? false ? "" : " [\(span(range.accelerators))]")
        }
        let rest = ranges.dropFirst(limit).reduce(0) { $0 + $1.nodes.count }
        return (isMany ? "nodes " : "node ") + parts.joined(separator: ", ")
            + (rest > 0 ? " and \(Figures.count(rest)) more" : "")
    }

    private static func span(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}
