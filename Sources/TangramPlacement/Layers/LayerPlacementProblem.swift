/// Which layers of one model each of many unlike nodes holds, so that most tokens flow from the first
/// layer to the last (the problem of Helix, ASPLOS 2025, doi:10.1145/3669940.3707215, §4).
///
/// A node holds consecutive layers. Tokens leave it for nodes that start where it ends, over links.
public struct LayerPlacementProblem: Sendable {
    /// One node.
    public struct Node: Hashable, Sendable {
        /// Tokens per second with 1, 2, … layers; as many entries as layers fit.
        public var throughputs: [Double]

        /// Creates a node.
        public init(throughputs: [Double]) { self.throughputs = throughputs }
    }

    /// Layers of the model.
    public let layerCount: Int
    /// The nodes.
    public let nodes: [Node]
    /// Tokens per second from node to node, `links[from][to]`.
    public let links: [[Double]]
    /// Tokens per second that can enter at each node, and leave from it.
    public let entries: [Double]
    /// Tokens per second that can leave from each node.
    public let exits: [Double]

    /// Creates a problem.
    ///
    /// - Throws: ``LayerPlacementError`` where numbers are NaN or negative, or sizes do not match.
    public init(
        layerCount: Int, nodes: [Node], links: [[Double]], entries: [Double], exits: [Double]
    ) throws(LayerPlacementError) {
        guard layerCount >= 1, layerCount <= 100_000 else { throw .layerCount(layerCount) }
        guard links.count == nodes.count, links.allSatisfy({ $0.count == nodes.count }),
            entries.count == nodes.count, exits.count == nodes.count
        else { throw .sizes(nodes: nodes.count) }
        for (index, node) in nodes.enumerated() {
            let all = node.throughputs + links[index] + [entries[index], exits[index]]
            guard all.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .node(index) }
        }
        self.layerCount = layerCount
        self.nodes = nodes
        self.links = links
        self.entries = entries
        self.exits = exits
    }

    /// No placement lets more tokens per second through than this.
    ///
    /// Let F be a flow. A layer is covered either by a node that passes all of F, or by at least two
    /// that pass a part, parts that add up to F. Nodes of the first kind cover at most the most
    /// layers a(i) at which they still pass F; those of the second kind, with k layers and a part c,
    /// cover at most Σ k ÷ 2 layers and at most Σ k c ÷ F. So for every λ in [0, 1]
    ///
    ///     Σ_i max(a(i), max_k (λ k ÷ 2 + (1 − λ) k min(c(i,k), F) ÷ F)) ≥ layers,
    ///
    /// and what a flow fulfils, every smaller one does.
    public var bound: Double {
        let most = nodes.reduce(0) { $0 + ($1.throughputs.max() ?? 0) }
        var (low, high) = (0.0, min(most, min(entries.reduce(0, +), exits.reduce(0, +))))
        guard high > 0 else { return 0 }
        if mayFlow(high) { return high }
        for _ in 0..<100 {
            let middle = 0.5 * (low + high)
            if mayFlow(middle) { low = middle } else { high = middle }
        }
        return high
    }

    private func mayFlow(_ flow: Double) -> Bool {
        guard flow > 0 else { return true }
        let needed = Double(layerCount) - 1e-9
        return stride(from: 0.0, through: 1.0, by: 0.0625).allSatisfy { weight in
            var covered = 0.0
            for node in nodes {
                var best = 0.0
                for (index, throughput) in node.throughputs.enumerated() {
                    let layers = Double(index + 1)
                    if throughput >= flow {
                        best = max(best, layers)
                    } else {
                        let part = layers * throughput / flow
                        best = max(best, weight * layers / 2 + (1 - weight) * part)
                    }
                }
                covered += best
            }
            return covered >= needed
        }
    }
}

/// Why numbers make no layer placement.
public enum LayerPlacementError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number of layers is not between 1 and 100,000.
    case layerCount(Int)
    /// There is not one link per pair, and one entry and exit per node.
    case sizes(nodes: Int)
    /// A throughput or a link of this node is NaN, infinite or negative.
    case node(Int)

    /// What is wrong, and what is allowed.
    public var description: String {
        switch self {
        case .layerCount(let count): "\(count) layers; allowed are 1 to 100,000"
        case .sizes(let nodes):
            "\(nodes) nodes need \(nodes) × \(nodes) links, \(nodes) entries and \(nodes) exits"
        case .node(let index):
            "node \(index): throughputs and links are finite numbers of at least 0"
        }
    }
}
