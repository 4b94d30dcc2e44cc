import TangramPlacement
import TangramUnits
import Testing

/// An instance of Helix's layer placement, with what its own solvers found.
private struct HelixInstance: Decodable {
    struct Node: Decodable {
        var id: Int
        var max_num_layers: Int
        var throughput_tokens_per_s: [String: Double]
    }
    enum End: Decodable {
        case node(Int)
        case named(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let index = try? container.decode(Int.self) {
                self = .node(index)
            } else {
                self = .named(try container.decode(String.self))
            }
        }
    }
    struct Link: Decodable {
        var a: End
        var b: End
        var throughput_tokens_per_s: Double
    }
    struct Solution: Decodable {
        var maxflow_exact_match: Double?
        var maxflow_partial_inference: Double?
    }

    var num_layers: Int
    var nodes: [Node]
    var links: [Link]
    var solutions: [String: Solution]?
    var combinatorial_upper_bound_tokens_per_s: Double?

    func problem() throws -> LayerPlacementProblem {
        let none = [Double](repeating: 0, count: nodes.count)
        var (links, entries, exits) = (nodes.map { _ in none }, none, none)
        for link in self.links {
            let rate = link.throughput_tokens_per_s
            switch (link.a, link.b) {
            case (.node(let a), .node(let b)):
                links[a][b] = rate
                links[b][a] = rate
            case (.named("source"), .node(let node)): entries[node] = rate
            case (.node(let node), .named("sink")): exits[node] = rate
            default: break
            }
        }
        return try LayerPlacementProblem(
            layerCount: num_layers,
            nodes: nodes.map { node in
                .init(
                    throughputs: (1...node.max_num_layers).map {
                        node.throughput_tokens_per_s["\($0)"] ?? 0
                    })
            }, links: links, entries: entries, exits: exits)
    }
}

@Suite("Helix vectors: Vector instances of layer placement")
struct HelixVectorTests {
    /// Most flow by shortest augmenting paths (Edmonds and Karp 1972) over nodes cut in two and links:
    /// independent of the solver's own.
    private func flow(_ problem: LayerPlacementProblem, _ ranges: [Range<Int>]) -> Double {
        let count = problem.nodes.count
        let (source, sink) = (2 * count, 2 * count + 1)
        var room = [[Double]](
            repeating: [Double](repeating: 0, count: 2 * count + 2), count: 2 * count + 2)
        for (node, range) in ranges.enumerated() where !range.isEmpty {
            room[node][count + node] = problem.nodes[node].throughputs[range.count - 1]
            if range.lowerBound == 0 { room[source][node] = problem.entries[node] }
            if range.upperBound == problem.layerCount {
                room[count + node][sink] = problem.exits[node]
            }
            for (next, other) in ranges.enumerated()
            where !other.isEmpty && other.lowerBound == range.upperBound && next != node {
                room[count + node][next] = problem.links[node][next]
            }
        }
        var total = 0.0
        while true {
            var parent = [Int?](repeating: nil, count: room.count)
            var queue = [source]
            var head = 0
            while head < queue.count, parent[sink] == nil {
                let at = queue[head]
                head += 1
                for next in room.indices
                where next != source && parent[next] == nil && room[at][next] > 1e-9 {
                    parent[next] = at
                    queue.append(next)
                }
            }
            guard parent[sink] != nil else { return total }
            var (at, pushed) = (sink, Double.infinity)
            while let from = parent[at] {
                pushed = min(pushed, room[from][at])
                at = from
            }
            at = sink
            while let from = parent[at] {
                room[from][at] -= pushed
                room[at][from] += pushed
                at = from
            }
            total += pushed
        }
    }

    @Test(
        "throughput is at least the best on record, and the bound at most the one given",
        arguments: VectorFiles.named("helix_"))
    func throughput(_ name: String) throws {
        let instance = try VectorFiles.read(name, as: HelixInstance.self)
        let problem = try instance.problem()
        let best = (instance.solutions ?? [:]).values.reduce(0) {
            max($0, $1.maxflow_exact_match ?? 0, $1.maxflow_partial_inference ?? 0)
        }
        var placement = LayerPlacementSolver(stepLimit: 2_000).solve(problem)
        // The published ones need no more; others may.
        for steps in [20_000, 100_000] where placement.throughput < best * (1 - 1e-9) {
            placement = LayerPlacementSolver(stepLimit: steps).solve(problem)
        }
        #expect(placement.throughput >= best * (1 - 1e-9), "\(placement.throughput) of \(best)")
        #expect(placement.throughput <= placement.bound * (1 + 1e-9))
        let given = instance.combinatorial_upper_bound_tokens_per_s ?? .infinity
        #expect(placement.bound <= given * (1 + 1e-9), "\(placement.bound)")
        for (node, range) in zip(problem.nodes, placement.ranges) {
            #expect(range.count <= node.throughputs.count)
            #expect(range.lowerBound >= 0 && range.upperBound <= instance.num_layers)
        }
        let recomputed = flow(problem, placement.ranges)
        #expect(abs(recomputed / placement.throughput - 1) <= 1e-9, "\(recomputed)")
        print(name, placement.throughput, "of", placement.bound, "Helix", best)
    }

    @Test("two nodes in a row pass the slower one's flow; side by side they add up")
    func byHand() throws {
        func problem(_ layers: Int, _ throughputs: [[Double]]) throws -> LayerPlacementProblem {
            let wide = throughputs.map { _ in 1e9 }
            return try LayerPlacementProblem(
                layerCount: layers, nodes: throughputs.map { .init(throughputs: $0) },
                links: throughputs.map { _ in wide }, entries: wide, exits: wide)
        }
        let row = LayerPlacementSolver().solve(try problem(2, [[5], [3]]))
        #expect(row.throughput == 3 && row.bound >= 3)
        let beside = LayerPlacementSolver().solve(try problem(1, [[5], [3]]))
        #expect(beside.throughput == 8)
        #expect(LayerPlacementSolver().solve(try problem(3, [[5], [3]])).throughput == 0)
        #expect(throws: LayerPlacementError.node(0)) { try problem(1, [[.nan]]) }
    }

    @Test("brute force over all ranges of 3 small nodes lies between placement and bound")
    func bruteForce() throws {
        var random = SeededGenerator(seed: 77)
        for _ in 0..<60 {
            let layers = Int.random(in: 2...4, using: &random)
            let nodes = (0..<3).map { _ in
                (0..<Int.random(in: 1...3, using: &random)).map { k in
                    Double.random(in: 2...10, using: &random) / Double(k + 1)
                }
            }
            let wide = nodes.map { _ in 1e9 }
            let problem = try LayerPlacementProblem(
                layerCount: layers, nodes: nodes.map { .init(throughputs: $0) },
                links: nodes.map { _ in wide }, entries: wide, exits: wide)
            var best = 0.0
            var menus = nodes.map { _ in [0..<0] }
            for (node, throughputs) in nodes.enumerated() {
                for start in 0..<layers {
                    for end in (start + 1)...layers where end - start <= throughputs.count {
                        menus[node].append(start..<end)
                    }
                }
            }
            for a in menus[0] {
                for b in menus[1] {
                    for c in menus[2] { best = max(best, flow(problem, [a, b, c])) }
                }
            }
            let placement = LayerPlacementSolver(stepLimit: 600).solve(problem)
            #expect(placement.throughput <= best + 1e-9)
            #expect(best <= placement.bound * (1 + 1e-9))
        }
    }
}
