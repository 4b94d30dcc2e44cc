/// Which nodes of a pool are up, and which jobs are on them.
///
/// Pools whose devices are only counted (see ``NodeRoom``) have no nodes here, just a number of
/// devices, which may be below 0 while more are out than there are left.
struct NodeBook {
    /// Devices of each node when it is up.
    private var sizes: [Int] = []
    private var isFailed: [Bool] = []
    private var isOut: [Bool] = []
    /// Numbers of the jobs on each node.
    private var jobs: [[Int]] = []
    /// Devices that are only counted.
    private var counted = 0

    init(_ room: NodeRoom) {
        if room.isByNode {
            sizes = room.freeOnNode
            isFailed = sizes.map { _ in false }
            isOut = isFailed
            jobs = sizes.map { _ in [] }
        } else {
            counted = room.freeCount
        }
    }

    var nodeCount: Int { sizes.count }

    func isUp(_ node: Int) -> Bool { !isFailed[node] && !isOut[node] }

    func size(_ node: Int) -> Int { sizes[node] }

    func jobs(on node: Int) -> [Int] { jobs[node] }

    /// Nodes that are up.
    var upNodes: [Int] { sizes.indices.filter { isUp($0) } }

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

    mutating func setFailed(_ node: Int, _ value: Bool) { isFailed[node] = value }
    mutating func setOut(_ node: Int, _ value: Bool) { isOut[node] = value }

    /// Nodes that are out, the last first.
    var outNodes: [Int] { sizes.indices.reversed().filter { isOut[$0] } }

    /// Another node.
    mutating func append(size: Int) -> Int {
        sizes.append(size)
        isFailed.append(false)
        isOut.append(false)
        jobs.append([])
        return sizes.count - 1
    }
}
