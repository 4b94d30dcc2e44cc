import TangramDocument
import TangramHardware

/// Reads a pool's `health:`.
enum HealthReader {
    /// The records; `nodeCount` is nil where the pool does not say how many nodes it has.
    static func read(_ cursor: Cursor, nodeCount: Int?) -> [NodeHealth] {
        var records: [(record: NodeHealth, cursor: Cursor)] = []
        for item in cursor.items() ?? [] {
            guard item.allowKeys(["nodes", "speed", "memory", "reason"]),
                let nodes = item.required("nodes")
            else { continue }
            let speed = item.optional("speed").map { $0.fraction() } ?? 1
            let memory = item.optional("memory").map { $0.fraction(above: 0) } ?? 1
            let reason = item.optional("reason")?.string()
            for place in nodes.itemsOrSelf() {
                guard let range = range(place, nodeCount: nodeCount), let speed, let memory else {
                    continue
                }
                let record = NodeHealth(
                    nodes: range, speed: speed, memory: memory, reason: reason)
                records.append((record, place))
            }
        }
        reportOverlaps(records)
        return records.map(\.record)
    }

    /// Nodes written `5` or `0-3`.
    static func range(_ cursor: Cursor, nodeCount: Int?) -> ClosedRange<Int>? {
        guard let text = cursor.string() else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { Int($0.filter { $0 != " " }) }
        guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1]
        else {
            cursor.fail("\"\(text)\" names no nodes", note: "write for example 5 or 0-3")
            return nil
        }
        guard first <= last else {
            cursor.fail("\"\(text)\" runs backwards", note: "write \(last)-\(first)")
            return nil
        }
        if let nodeCount, last >= nodeCount {
            cursor.fail(
                "there is no node \(last)",
                note: "the pool has \(nodeCount) nodes, 0 to \(nodeCount - 1)")
            return nil
        }
        return first...last
    }

    private static func reportOverlaps(_ records: [(record: NodeHealth, cursor: Cursor)]) {
        let order = records.sorted { $0.record.nodes.lowerBound < $1.record.nodes.lowerBound }
        var widest: (record: NodeHealth, cursor: Cursor)?
        for entry in order {
            if let widest, entry.record.nodes.lowerBound <= widest.record.nodes.upperBound {
                let node = entry.record.nodes.lowerBound
                let line = widest.cursor.node.location.map { " (line \($0.line))" } ?? ""
                entry.cursor.fail(
                    "node \(node) is described twice", note: "also by \(widest.cursor.path)\(line)")
            }
            if entry.record.nodes.upperBound > widest?.record.nodes.upperBound ?? -1 {
                widest = entry
            }
        }
    }
}
