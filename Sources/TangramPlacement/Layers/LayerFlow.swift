/// The most tokens per second that a layer placement lets through: maximum flow by shortest
/// augmenting paths (Edmonds and Karp 1972, doi:10.1145/321694.321699) over nodes and the links
/// between those where one ends and another starts.
struct LayerFlow {
    let problem: LayerPlacementProblem
    private let count: Int
    // Vertices: 0 the source, 1 the sink, then two per node, what enters and what leaves.
    private var targets: [[Int]]
    private var edgeTo: [Int] = []
    private var edgeRoom: [Double] = []

    init(_ problem: LayerPlacementProblem) {
        self.problem = problem
        count = 2 + 2 * problem.nodes.count
        targets = [[Int]](repeating: [], count: count)
    }

    /// The flow of a placement.
    mutating func value(of ranges: [Range<Int>]) -> Double {
        for vertex in 0..<count { targets[vertex].removeAll(keepingCapacity: true) }
        edgeTo.removeAll(keepingCapacity: true)
        edgeRoom.removeAll(keepingCapacity: true)
        for (node, range) in ranges.enumerated() where !range.isEmpty {
            add(2 + 2 * node, 3 + 2 * node, problem.nodes[node].throughputs[range.count - 1])
            if range.lowerBound == 0 { add(0, 2 + 2 * node, problem.entries[node]) }
            if range.upperBound == problem.layerCount { add(3 + 2 * node, 1, problem.exits[node]) }
            for (next, other) in ranges.enumerated()
            where other.lowerBound == range.upperBound && !other.isEmpty && next != node {
                add(3 + 2 * node, 2 + 2 * next, problem.links[node][next])
            }
        }
        var total = 0.0
        while let pushed = augment() { total += pushed }
        return total
    }

    private mutating func add(_ from: Int, _ to: Int, _ room: Double) {
        guard room > 0 else { return }
        targets[from].append(edgeTo.count)
        edgeTo.append(to)
        edgeRoom.append(room)
        targets[to].append(edgeTo.count)
        edgeTo.append(from)
        edgeRoom.append(0)
    }

    private mutating func augment() -> Double? {
        var arrival = [Int](repeating: -1, count: count)
        var queue = [0]
        var head = 0
        while head < queue.count, arrival[1] < 0 {
            let vertex = queue[head]
            head += 1
            for edge in targets[vertex] where edgeRoom[edge] > 1e-9 {
                let next = edgeTo[edge]
                if next != 0 && arrival[next] < 0 {
                    arrival[next] = edge
                    queue.append(next)
                }
            }
        }
        guard arrival[1] >= 0 else { return nil }
        var pushed = Double.infinity
        var vertex = 1
        while vertex != 0 {
            pushed = min(pushed, edgeRoom[arrival[vertex]])
            vertex = edgeTo[arrival[vertex] ^ 1]
        }
        vertex = 1
        while vertex != 0 {
            edgeRoom[arrival[vertex]] -= pushed
            edgeRoom[arrival[vertex] ^ 1] += pushed
            vertex = edgeTo[arrival[vertex] ^ 1]
        }
        return pushed
    }
}
