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
        var maxflow_exact_match: Double
        var maxflow_partial_inference: Double
    }

    var num_layers: Int
    var nodes: [Node]
    var links: [Link]
    var solutions: [String: Solution]
    var combinatorial_upper_bound_tokens_per_s: Double

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
    /// Flow by repeated depth-first search over nodes in order of their ranges: independent of the
    /// solver's own.
    private func flow(_ problem: LayerPlacementProblem, _ ranges: [Range<Int>]) -> Double {
        var room = problem.nodes.indices.map {
            ranges[$0].isEmpty ? 0 : problem.nodes[$0].throughputs[ranges[$0].count - 1]
        }
        // Links of these instances never bind, so a flow is a flow through boundaries of layers.
        var total = 0.0
        var back = [Double](repeating: 0, count: ranges.count)
        while true {
            var arrival = [Int?](repeating: nil, count: problem.layerCount + 1)
            var stack = [0]
            while let at = stack.popLast() {
                for (node, range) in ranges.enumerated() where !range.isEmpty {
                    if range.lowerBound == at, room[node] > 1e-9, range.upperBound != 0,
                        arrival[range.upperBound] == nil
                    {
                        arrival[range.upperBound] = node
                        stack.append(range.upperBound)
                    }
                    if range.upperBound == at, back[node] > 1e-9, range.lowerBound != 0,
                        arrival[range.lowerBound] == nil
                    {
                        arrival[range.lowerBound] = node
                        stack.append(range.lowerBound)
                    }
                }
            }
            guard arrival[problem.layerCount] != nil else { return total }
            var path: [(node: Int, isForward: Bool)] = []
            var at = problem.layerCount
            while at != 0, let node = arrival[at] {
                let isForward = ranges[node].upperBound == at
                path.append((node, isForward))
                at = isForward ? ranges[node].lowerBound : ranges[node].upperBound
            }
            let pushed = path.map { $0.isForward ? room[$0.node] : back[$0.node] }.min() ?? 0
            for step in path {
                room[step.node] += step.isForward ? -pushed : pushed
                back[step.node] += step.isForward ? pushed : -pushed
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
        let placement = LayerPlacementSolver(stepLimit: 2_000).solve(problem)
        let best = instance.solutions.values.reduce(0) {
            max($0, $1.maxflow_exact_match, $1.maxflow_partial_inference)
        }
        #expect(placement.throughput >= best * (1 - 1e-9), "\(placement.throughput) of \(best)")
        #expect(placement.throughput <= placement.bound * (1 + 1e-9))
        #expect(
            placement.bound <= instance.combinatorial_upper_bound_tokens_per_s * (1 + 1e-9),
            "\(placement.bound)")
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
