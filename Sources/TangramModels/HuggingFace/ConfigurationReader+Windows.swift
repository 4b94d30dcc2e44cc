import TangramDocument

/// Which layers see a window of the context only.
extension ConfigurationReader {
    /// The window of one layer.
    struct Window {
        /// Tokens; nil where all are seen.
        var size: Int?
        /// Whether windows are chunks.
        var isChunked = false
    }

    func windows(of family: ModelFamily, layerCount: Int) -> [Window] {
        if let kinds = texts("layer_types") {
            return windows(kinds: kinds, layerCount: layerCount)
        }
        switch family.window {
        case .none: return [Window](repeating: Window(), count: layerCount)
        case .all:
            let window = Window(size: slidingWindow())
            return [Window](repeating: window, count: layerCount)
        case .upper:
            guard flag("use_sliding_window", default: false) else {
                return [Window](repeating: Window(), count: layerCount)
            }
            let size = requiredWindow("sliding_window")
            let first =
                optional("max_window_layers", from: 0, upTo: ConfigurationLimits.layerCount) ?? 0
            return (0..<layerCount).map { Window(size: $0 >= first ? size : nil) }
        case .alternating:
            let size = requiredWindow("sliding_window")
            return (0..<layerCount).map { Window(size: $0.isMultiple(of: 2) ? size : nil) }
        case .chunked: return chunkedWindows(layerCount: layerCount)
        }
    }

    private func slidingWindow() -> Int? {
        optional("sliding_window", upTo: ConfigurationLimits.context)
    }

    private func requiredWindow(_ key: String) -> Int {
        required(key, upTo: ConfigurationLimits.context)
    }

    private func windows(kinds: [Cursor], layerCount: Int) -> [Window] {
        if kinds.count != layerCount {
            fail("layer_types", "\(kinds.count) layer types for \(layerCount) layers")
            return [Window](repeating: Window(), count: layerCount)
        }
        let choices = [
            ("full_attention", 0), ("sliding_attention", 1), ("chunked_attention", 2),
        ]
        let found = kinds.map { checked($0.choice(choices)) ?? 0 }
        let sliding = found.contains(1) ? requiredWindow("sliding_window") : nil
        let chunk = found.contains(2) ? requiredWindow("attention_chunk_size") : nil
        return found.map {
            switch $0 {
            case 1: Window(size: sliding)
            case 2: Window(size: chunk, isChunked: true)
            default: Window()
            }
        }
    }

    /// Llama 4: layers without rotary positions see everything, the others their chunk.
    private func chunkedWindows(layerCount: Int) -> [Window] {
        let chunk = optional("attention_chunk_size", upTo: ConfigurationLimits.context)
        let interval =
            optional("no_rope_layer_interval", upTo: ConfigurationLimits.layerCount) ?? 4
        let hasRope = integers("no_rope_layers", in: 0...1) ?? []
        if !hasRope.isEmpty && hasRope.count != layerCount {
            fail("no_rope_layers", "\(hasRope.count) entries for \(layerCount) layers")
        }
        return (0..<layerCount).map { layer in
            let isChunked =
                hasRope.indices.contains(layer)
                ? hasRope[layer] == 1 : !(layer + 1).isMultiple(of: interval)
            return isChunked && chunk != nil ? Window(size: chunk, isChunked: true) : Window()
        }
    }
}
