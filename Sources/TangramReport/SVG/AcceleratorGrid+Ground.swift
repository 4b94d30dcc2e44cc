import TangramPlacement
import TangramUnits

extension AcceleratorGrid {
    /// Shaded ground under accelerators that one scale-up domain joins; none under loose cards.
    func grounds() -> String {
        let size = occupancy.pool.scaleUp.size
        guard size > 1 else { return "" }
        let path = size < occupancy.perNode ? bridges(size) : domains(size / occupancy.perNode)
        return "<path class=\"g\" d=\"\(path)\"/>\n"
    }

    /// Domains of whole nodes, a piece per line that they reach over.
    private func domains(_ nodesInDomain: Int) -> String {
        var path = ""
        var first = 0
        for node in 0..<occupancy.pool.nodeCount {
            let next = node + 1
            let isLast =
                next == occupancy.pool.nodeCount || next % nodesInLine == 0
                || next / nodesInDomain != node / nodesInDomain
            guard isLast else { continue }
            let (left, right) = (corner(first), corner(node))
            path += Self.rectangle(
                left.x, left.y, width: right.x + nodeWidth - left.x, height: nodeHeight)
            first = next
        }
        return path
    }

    /// Domains within a node: the ground shows in the gaps between their accelerators.
    private func bridges(_ size: Int) -> String {
        var path = ""
        for node in 0..<occupancy.pool.nodeCount {
            for first in stride(from: 0, to: occupancy.perNode, by: size) {
                let last = min(first + size, occupancy.perNode) - 1
                let (a, b) = (origin(node, first), origin(node, last))
                let isColumn = first / rows == last / rows
                let (top, bottom) =
                    isColumn ? (a.y, b.y) : (origin(node, 0).y, origin(node, rows - 1).y)
                path += Self.rectangle(
                    a.x, top, width: b.x + Self.cell - a.x, height: bottom + Self.cell - top)
            }
        }
        return path
    }

    /// Outlines of accelerators that no job has.
    func idle(_ taken: [Bool]) -> String {
        var path = ""
        for (index, isTaken) in taken.enumerated() where !isTaken {
            let (x, y) = origin(index / occupancy.perNode, index % occupancy.perNode)
            path += "M\(x).5 \(y).5h\(Self.cell - 1)v\(Self.cell - 1)h-\(Self.cell - 1)z"
        }
        return path.isEmpty ? "" : "<path class=\"e\" d=\"\(path)\"/>\n"
    }

    /// A bar under each node that is slower or has less memory, a cross over each that is out.
    func health() -> String {
        var text = ""
        for health in occupancy.pool.health {
            let all = 0...(occupancy.pool.nodeCount - 1)
            guard health.nodes.overlaps(all) else { continue }
            let isOut = health.speed <= 0 || health.memory <= 0
            guard isOut || health.speed < 1 || health.memory < 1 else { continue }
            var path = ""
            for node in health.nodes.clamped(to: all) {
                let (x, y) = corner(node)
                let (width, height) = (nodeWidth, nodeHeight)
                path +=
                    isOut
                    ? "M\(x) \(y)l\(width) \(height)M\(x + width) \(y)l-\(width) \(height)"
                    : Self.rectangle(x, y + height + 1, width: width, height: 3)
            }
            text +=
                "<path class=\"\(isOut ? "x" : "w")\" d=\"\(path)\"><title>"
                + SVGText.escape(Self.describe(health)) + "</title></path>\n"
        }
        return text
    }

    private static func describe(_ health: NodeHealth) -> String {
        var parts: [String] = []
        if health.speed <= 0 || health.memory <= 0 {
            parts.append("out")
        } else {
            if health.speed < 1 { parts.append("speed \(Figures.percent(health.speed))") }
            if health.memory < 1 { parts.append("memory \(Figures.percent(health.memory))") }
        }
        if let reason = health.reason { parts.append(reason) }
        return parts.joined(separator: ", ")
    }

    static func rectangle(_ x: Int, _ y: Int, width: Int, height: Int) -> String {
        "M\(x) \(y)h\(width)v\(height)h-\(width)z"
    }
}
