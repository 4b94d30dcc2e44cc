import TangramModels
import TangramUnits

/// A model's shape in words.
enum ModelText {
    /// "7.8 B", "671 B".
    static func parameters(_ count: Int) -> String {
        let value = Double(count)
        if value >= 1e12 { return formatNumber(value / 1e12, digits: 4) + " T" }
        if value >= 1e9 { return formatNumber(value / 1e9, digits: 4) + " B" }
        return formatNumber(value / 1e6, digits: 4) + " M"
    }

    /// "MLA, 128 heads, latent 512 + 64".
    static func attention(_ attention: Attention) -> String {
        switch attention {
        case .grouped(let grouped):
            let heads = "\(grouped.headCount) heads"
            let window =
                grouped.window.map { ", \(grouped.isChunked ? "chunks" : "window") of \($0)" } ?? ""
            switch grouped.keyValueHeadCount {
            case grouped.headCount: return "MHA, \(heads) of \(grouped.headDimension)" + window
            case 1: return "MQA, \(heads) of \(grouped.headDimension)" + window
            default:
                return "GQA, \(heads) of \(grouped.headDimension), "
                    + "\(grouped.keyValueHeadCount) KV heads" + window
            }
        case .latent(let latent):
            return "\(kind(attention)), \(latent.headCount) heads, "
                + "latent \(latent.keyValueRank) + \(latent.ropeDimension)"
        case .compressed(let compressed):
            let reads =
                compressed.ratio > 0
                ? "\(compressed.ratio) tokens an entry, window of \(compressed.window)"
                : "window of \(compressed.window) only"
            return "compressed, \(compressed.headCount) heads, \(reads)"
        case .stateSpace(let mixer):
            return "Mamba-2, \(mixer.headCount) heads of \(mixer.headDimension), "
                + "state of \(mixer.stateDimension), \(mixer.groupCount) groups"
        }
    }

    /// "MLA", "GQA"…
    static func kind(_ attention: Attention) -> String {
        switch attention {
        case .grouped(let grouped):
            grouped.keyValueHeadCount == grouped.headCount
                ? "MHA" : grouped.keyValueHeadCount == 1 ? "MQA" : "GQA"
        case .latent(let latent): latent.indexer == nil ? "MLA" : "sparse MLA"
        case .compressed: "compressed"
        case .stateSpace: "Mamba-2"
        }
    }

    /// "GQA" or "GQA and compressed": every kind once.
    static func kinds(_ model: TransformerModel) -> String {
        var seen: [String] = []
        for group in model.layerGroups where !seen.contains(kind(group.attention)) {
            seen.append(kind(group.attention))
        }
        return seen.joined(separator: " and ")
    }

    /// "8 of 256 experts of width 2,048, shared 2,048", "dense of width 18,432".
    static func feedForward(_ feedForward: FeedForward) -> String {
        switch feedForward {
        case .dense(let dense):
            return dense.width > 0 ? "dense of width \(Figures.count(dense.width))" : "none"
        case .mixtureOfExperts(let block):
            return "\(block.activeExpertCount) of \(block.expertCount) experts of width "
                + Figures.count(block.expertWidth)
                + (block.latentWidth.map { " on a latent of \(Figures.count($0))" } ?? "")
                + (block.sharedWidth > 0 ? ", shared \(Figures.count(block.sharedWidth))" : "")
        }
    }

    /// The components with their parameters, those that are there.
    static func components(_ counts: ParameterCounts) -> [(name: String, count: Int)] {
        [
            ("embedding", counts.embedding), ("head", counts.head),
            ("attention", counts.attention), ("indexer", counts.indexer),
            ("dense feed-forward", counts.denseFeedForward),
            ("routed experts", counts.routedExperts), ("shared experts", counts.sharedExperts),
            ("router", counts.router), ("norms", counts.norms), ("other", counts.other),
        ].filter { $0.1 > 0 }
    }
}
