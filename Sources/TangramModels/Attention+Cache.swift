extension Attention {
    /// Whether the layer's cache grows with every token of the context; false where it reads a
    /// window only.
    public var readsFullContext: Bool {
        switch self {
        case .grouped(let attention): attention.window == nil
        case .latent: true
        case .compressed(let attention): attention.ratio > 0
        case .stateSpace: false
        }
    }

    /// Values cached per token and layer while no window is full; without the fixed window of
    /// compressed attention, so possibly a fraction, and without the indexer.
    public var cachedValuesPerToken: Double {
        switch self {
        case .grouped(let attention):
            2 * Double(attention.keyValueHeadCount) * Double(attention.headDimension)
        case .latent(let attention): Double(attention.cachedWidth)
        case .compressed(let attention):
            attention.ratio > 0 ? Double(attention.headDimension) / Double(attention.ratio) : 0
        case .stateSpace: 0
        }
    }

    /// The indexer's values cached per token and layer.
    public var indexerValuesPerToken: Double {
        switch self {
        case .grouped, .stateSpace: 0
        case .latent(let attention): Double(attention.indexer?.headDimension ?? 0)
        case .compressed(let attention):
            attention.ratio > 0
                ? Double(attention.indexer?.headDimension ?? 0) / Double(attention.ratio) : 0
        }
    }

    /// Values cached by one layer for one sequence of `context` tokens, without the indexer.
    ///
    /// Windows cap it. A chunked window is counted full once the context reaches it, which is its
    /// peak. Entries of compressed attention are whole.
    public func cachedValues(context: Int) -> Double {
        let tokens = Double(max(0, context))
        switch self {
        case .grouped(let attention):
            let kept = attention.window.map { min(tokens, Double($0)) } ?? tokens
            return kept * cachedValuesPerToken
        case .latent: return tokens * cachedValuesPerToken
        case .compressed(let attention):
            let entries = attention.ratio > 0 ? max(0, context) / attention.ratio : 0
            let window = min(tokens, Double(attention.window))
            return (Double(entries) + window) * Double(attention.headDimension)
        // Its state, which does not grow.
        case .stateSpace(let mixer): return tokens > 0 ? Double(mixer.stateValueCount) : 0
        }
    }

    /// Values that one layer's indexer caches for one sequence of `context` tokens.
    public func indexerValues(context: Int) -> Double {
        switch self {
        case .grouped, .latent, .stateSpace:
            return Double(max(0, context)) * indexerValuesPerToken
        case .compressed(let attention):
            let entries = attention.ratio > 0 ? max(0, context) / attention.ratio : 0
            return Double(entries) * Double(attention.indexer?.headDimension ?? 0)
        }
    }
}
