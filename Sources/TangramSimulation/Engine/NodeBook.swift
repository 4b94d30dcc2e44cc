/// Which nodes of a pool are up, and which jobs are on them.
///
/// Pools whose devices are only counted (see ``NodeRoom``) have no nodes here, just a number of
/// devices, which may be below 0 while more are out than there are left.
struct NodeBook {
    /// Devices of each node when it is up.
    private var sizes: [Int] = []
    private var failed: [Bool] = []
    private var out: [Bool] = []
    /// Numbers of the jobs on each node.
    private var jobs: [[Int]] = []
    /// Devices that are only counted.
    private var counted = 0

    init(_ room: NodeRoom) {
        if room.isByNode {
            sizes = room.freeOnNode
            failed = sizes.map { _ in false }
            out = failed
            jobs = sizes.map { _ in [] }
        } else {
            counted = room.freeCount
        }
    }

    var nodeCount: Int { sizes.count }

    func isUp(_ node: Int) -> Bool { !failed[node] && !out[node] }

    func isOut(_ node: Int) -> Bool { out[node] }

    func size(_ node: Int) -> Int { sizes[node] }

    func jobs(on node: Int) -> [Int] { jobs[node] }

    /// Nodes that are up.
    var upNodes: [Int] { sizes.indices.filter { isUp($0) } }

    /// The node that is up at `draw`, 0..<1, of them; nil where none is.
    func upNode(_ draw: Double) -> Int? {
        let up = upNodes
        return up.isEmpty ? nil : up[min(up.count - 1, Int(draw * Double(up.count)))]
    }

    /// Devices that are up.
    var presentCount: Int {
        sizes.isEmpty
            ? max(0, counted) : sizes.indices.reduce(0) { $0 + (isUp($1) ? sizes[$1] : 0) }
    }

    mutating func addCounted(_ count: Int) { counted += count }

    mutating func seat(_ number: Int, on node: Int) {
        if !jobs[node].contains(number) { jobs[node].append(number) }
    }

    mutating func unseat(_ number: Int, from node: Int) { jobs[node].removeAll { $0 == number } }

    mutating func setFailed(_ node: Int, _ value: Bool) { failed[node] = value }
    mutating func setOut(_ node: Int, _ value: Bool) { out[node] = value }

    /// Nodes that are out, the last first.
    var outNodes: [Int] { sizes.indices.reversed().filter { out[$0] } }

    /// Another node.
    mutating func append(size: Int) -> Int {
        sizes.append(size)
        failed.append(false)
        out.append(false)
        jobs.append([])
        return sizes.count - 1
    }
}
