import TangramDocument
import TangramHardware
import TangramPlacement
import TangramUnits

/// Reads the `placed:` of jobs and the `migration:` of a scenario.
struct PlacedReader {
    let cluster: Cluster?

    func placed(_ cursor: Cursor) -> [CurrentPlacement] {
        cursor.itemsOrSelf().compactMap(place)
    }

    private func place(_ cursor: Cursor) -> CurrentPlacement? {
        guard cursor.allowKeys(["pool", "nodes", "accelerators"]) else { return nil }
        let name = cursor.required("pool")
        let nodes = cursor.required("nodes")
        guard let name, let nodes, let id = name.string(), let cluster else { return nil }
        guard let pool = cluster.pools.first(where: { $0.id == id }) else {
            name.failUnknown("pool", id, among: cluster.pools.map(\.id))
            return nil
        }
        let perNode = pool.acceleratorsPerNode
        let own =
            cursor.optional("accelerators").map { accelerators($0, perNode: perNode) }
            ?? 0...(perNode - 1)
        let ranges = nodes.itemsOrSelf().map {
            HealthReader.range($0, nodeCount: pool.nodeCount)
        }
        guard let own, !ranges.contains(nil) else { return nil }
        return CurrentPlacement(
            poolID: id,
            nodes: ranges.compactMap { $0 }.flatMap { range in
                range.map { NodeAssignment(node: $0, accelerators: own) }
            })
    }

    private func accelerators(_ cursor: Cursor, perNode: Int) -> ClosedRange<Int>? {
        guard let range = HealthReader.range(cursor, nodeCount: nil) else { return nil }
        guard range.upperBound < perNode else {
            cursor.fail(
                "there is no accelerator \(range.upperBound)",
                note: "a node has \(perNode), 0 to \(perNode - 1)")
            return nil
        }
        return range
    }

    static func migration(_ cursor: Cursor) -> Migration? {
        guard cursor.allowKeys(["downtime", "over"]) else { return nil }
        let limit = Seconds.day * 3_660
        let downtime = cursor.required("downtime")?.positive(Seconds.self, upTo: limit)
        let period = cursor.required("over")?.positive(Seconds.self, upTo: limit)
        guard let downtime, let period else { return nil }
        return Migration(downtime: downtime, period: period)
    }

    /// Accelerators that two jobs are said to be on.
    static func report(_ jobs: [LocatedJob]) {
        var owners: [String: [Int: [(range: ClosedRange<Int>, job: LocatedJob)]]] = [:]
        for job in jobs {
            for place in job.job.placed {
                var isReported = false
                for entry in place.nodes {
                    let known = owners[place.poolID]?[entry.node] ?? []
                    if !isReported,
                        let other = known.first(where: { $0.range.overlaps(entry.accelerators) })
                    {
                        let line =
                            other.job.cursor.node.location.map { " (line \($0.line))" } ?? ""
                        job.cursor.optional("placed")?.fail(
                            "node \(entry.node) of \(place.poolID) is held by "
                                + "\(other.job.job.id) already",
                            note: "see \(other.job.cursor.path)\(line)")
                        isReported = true
                    }
                    owners[place.poolID, default: [:]][entry.node, default: []]
                        .append((entry.accelerators, job))
                }
            }
        }
    }
}
