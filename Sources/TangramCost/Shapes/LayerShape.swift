import TangramModels

/// What the cost model needs of one kind of layer.
final class LayerShape: Sendable {
    /// How many layers of this kind there are.
    let count: Int
    /// Width of the residual stream.
    let hidden: Double
    /// Residual streams.
    let streamCount: Int
    /// Attention.
    let attention: AttentionShape
    /// The block after it.
    let feedForward: FeedForwardShape

    /// The shape of `group` in a model of width `hidden`; `count` layers of it, or the group's.
    init(_ group: LayerGroup, hidden: Int, count: Int? = nil) {
        self.count = count ?? group.count
        self.hidden = Double(hidden)
        streamCount = group.hyperConnections?.streamCount ?? 1
        attention = AttentionShape(group.attention, hidden: hidden)
        feedForward = FeedForwardShape(group.feedForward)
    }

    /// Kernels of a served layer that memory bounds, beside norms, rotary embedding, activation and
    /// routing: an indexer's keys are rotated and quantised, its best entries selected and looked up;
    /// compressed entries are pooled and written; hyper-connections mix streams, read them in and write
    /// them back at two sites (DeepSeek-V3.2's and V4's reports).
    var extraKernelCount: Double {
        var count = attention.attention.indexer == nil ? 0.0 : 3
        if case .compressed = attention.attention { count += 2 }
        return streamCount > 1 ? count + 6 : count
    }

    /// Values per token that hyper-connections read and write: all streams for the mix, to read in and
    /// to write back, at two sites.
    var streamWidth: Double { streamCount > 1 ? 6 * Double(streamCount) * hidden : 0 }

    /// Matrix multiplications of a layer with routed experts as frameworks launch them: queries, keys
    /// and values of grouped attention in one, gates with what they gate; 0 without experts.
    var expertOperatorCount: Double {
        guard feedForward.expertCount > 0 else { return 0 }
        let attentionCount: Int
        if case .grouped = attention.attention {
            attentionCount = 2
        } else {
            attentionCount = attention.projections.count + attention.expansion.count
        }
        // The router, two of the experts, two of the shared expert.
        return Double(attentionCount) + 3 + (feedForward.denseWidth > 0 ? 2 : 0)
    }
}

/// The block after attention.
struct FeedForwardShape: Sendable {
    /// Width of the dense (or shared) path, 0 without one.
    let denseWidth: Double
    /// Matrices of a feed-forward network: 3 with a gate, 2 without.
    let matrixCount: Double
    /// Routed experts, 0 in a dense layer.
    let expertCount: Int
    /// Experts that each token visits.
    let activeExpertCount: Int
    /// Width of one routed expert.
    let expertWidth: Double
    /// Width of what routed experts read and write, where it is not the residual stream's; else 0.
    let latentWidth: Double
    /// Most groups of experts, each on one node, that a token visits; nil where unlimited.
    let nodeLimit: Int?
    /// Groups that experts are divided into.
    let groupCount: Int

    init(_ feedForward: FeedForward) {
        switch feedForward {
        case .dense(let dense):
            denseWidth = Double(dense.width)
            matrixCount = dense.isGated ? 3 : 2
            expertCount = 0
            activeExpertCount = 0
            expertWidth = 0
            latentWidth = 0
            nodeLimit = nil
            groupCount = 1
        case .mixtureOfExperts(let mixture):
            denseWidth = Double(mixture.sharedWidth)
            matrixCount = mixture.isGated ? 3 : 2
            expertCount = mixture.expertCount
            activeExpertCount = mixture.activeExpertCount
            expertWidth = Double(mixture.expertWidth)
            latentWidth = Double(mixture.latentWidth ?? 0)
            nodeLimit = (mixture.groupCount ?? 1) > 1 ? mixture.activeGroupCount : nil
            groupCount = max(1, mixture.groupCount ?? 1)
        }
    }

    /// The part of the copies for other nodes that crosses the fabric when experts are spread over
    /// `nodeCount` nodes and copies for one node travel once; 1 without node-limited routing.
    func farShare(nodeCount: Int) -> Double {
        guard let nodeLimit, activeExpertCount > 0 else { return 1 }
        // A group that is spread over several nodes is reached on each of them.
        let reached = nodeLimit * max(1, nodeCount / groupCount)
        return min(1, Double(min(reached, nodeCount)) / Double(activeExpertCount))
    }

    /// Weights of one routed expert.
    func expertWeightCount(hidden: Double) -> Double {
        matrixCount * expertStreamWidth(hidden: hidden) * expertWidth
    }

    /// Width of what routed experts read and write in a model of width `hidden`.
    func expertStreamWidth(hidden: Double) -> Double { latentWidth > 0 ? latentWidth : hidden }
}
