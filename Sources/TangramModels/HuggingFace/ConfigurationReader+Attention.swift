import TangramDocument

/// What the attention of each layer is made from.
extension ConfigurationReader {
    /// The attention of every layer, bottom first.
    func attentions(of family: ModelFamily, hiddenSize: Int, layerCount: Int) -> [Attention] {
        switch family.attention {
        case .grouped:
            let base = groupedAttention(of: family, hiddenSize: hiddenSize)
            return windows(of: family, layerCount: layerCount).map { window in
                var attention = base
                attention.window = window.size
                attention.isChunked = window.isChunked
                return .grouped(attention)
            }
        case .latent:
            let attention = latentAttention(of: family)
            return [Attention](repeating: .latent(attention), count: layerCount)
        case .compressed: return compressedAttentions(layerCount: layerCount)
        case .hybrid: return []
        }
    }

    func holds(_ rule: ModelFamily.Rule) -> Bool {
        switch rule {
        case .never: false
        case .always: true
        case .key(let key): flag(key, default: false)
        }
    }

    func groupedAttention(
        of family: ModelFamily, hiddenSize: Int
    ) -> GroupedQueryAttention {
        let heads = required("num_attention_heads", upTo: ConfigurationLimits.headCount)
        let groups =
            optional("num_key_value_heads", upTo: ConfigurationLimits.headCount) ?? heads
        if !heads.isMultiple(of: groups) {
            fail(
                "num_key_value_heads",
                "\(heads) attention heads cannot share \(groups) key-value heads evenly",
                note: "num_key_value_heads must divide num_attention_heads")
        }
        let width = optional("head_dim", upTo: ConfigurationLimits.headDimension)
        if width == nil && !contains("head_dim") && !hiddenSize.isMultiple(of: heads) {
            fail(
                "num_attention_heads",
                "\(heads) heads do not divide the hidden size \(hiddenSize)",
                note: "say head_dim where heads are not hidden_size / num_attention_heads wide")
        }
        return GroupedQueryAttention(
            headCount: heads, keyValueHeadCount: groups,
            headDimension: width ?? max(1, hiddenSize / heads),
            hasQueryKeyValueBias: holds(family.queryKeyValueBias),
            hasOutputBias: holds(family.outputBias), queryKeyNorm: queryKeyNorm(of: family),
            hasSinks: family.hasSinks)
    }

    private func queryKeyNorm(of family: ModelFamily) -> GroupedQueryAttention.QueryKeyNorm {
        switch family.queryKeyNorm {
        case .none: return .none
        case .perHead: return .perHead
        case .key(let fallback):
            guard flag("use_qk_norm", default: false) else { return .none }
            guard let kind = cursor.optional("qk_norm_type") else { return fallback }
            return checked(kind.choice([("per_layer", .perLayer), ("per_head", .perHead)]))
                ?? fallback
        }
    }

    private func latentAttention(of family: ModelFamily) -> LatentAttention {
        LatentAttention(
            headCount: required("num_attention_heads", upTo: ConfigurationLimits.headCount),
            queryRank: optional("q_lora_rank", upTo: ConfigurationLimits.rank),
            keyValueRank: required("kv_lora_rank", upTo: ConfigurationLimits.rank),
            nopeDimension: required("qk_nope_head_dim", upTo: ConfigurationLimits.headDimension),
            ropeDimension: required(
                "qk_rope_head_dim", from: 0, upTo: ConfigurationLimits.headDimension),
            valueDimension: required("v_head_dim", upTo: ConfigurationLimits.headDimension),
            hasBias: holds(family.queryKeyValueBias),
            indexer: contains("index_n_heads") ? indexer() : nil)
    }

    private func indexer() -> SparseIndexer {
        let sharing = optional("index_topk_freq", upTo: ConfigurationLimits.layerCount) ?? 1
        if sharing > 1 {
            cursor.optional("index_topk_freq")?.warn(
                "\(sharing) layers share one indexer, but each is counted with its own")
        }
        return SparseIndexer(
            headCount: required("index_n_heads", upTo: ConfigurationLimits.headCount),
            headDimension: required("index_head_dim", upTo: ConfigurationLimits.headDimension),
            selectedCount: required("index_topk", upTo: ConfigurationLimits.context))
    }

    /// DeepSeek-V4: layers of ratio 4 have an indexer and overlapping entries.
    private func compressedAttentions(layerCount: Int) -> [Attention] {
        let heads = required("num_attention_heads", upTo: ConfigurationLimits.headCount)
        let groups = required("o_groups", upTo: ConfigurationLimits.headCount)
        if !heads.isMultiple(of: groups) {
            fail("o_groups", "\(heads) heads cannot form \(groups) equal output groups")
        }
        let base = CompressedAttention(
            headCount: heads,
            headDimension: required("head_dim", upTo: ConfigurationLimits.headDimension),
            queryRank: required("q_lora_rank", upTo: ConfigurationLimits.rank),
            outputGroupCount: groups,
            outputRank: required("o_lora_rank", upTo: ConfigurationLimits.rank),
            window: required("sliding_window", upTo: ConfigurationLimits.context),
            ratio: 0, isOverlapping: false, indexer: indexer())
        return compressionRatios(layerCount: layerCount).map { ratio in
            var attention = base
            attention.ratio = ratio
            attention.isOverlapping = ratio == 4
            if ratio != 4 { attention.indexer = nil }
            return .compressed(attention)
        }
    }

    /// One ratio per layer; a ratio beyond the layers is that of the prediction layer.
    private func compressionRatios(layerCount: Int) -> [Int] {
        let range = 0...ConfigurationLimits.compressionRatio
        guard let ratios = integers("compress_ratios", in: range) else {
            if !contains("compress_ratios") { _ = checked(cursor.required("compress_ratios")) }
            return [Int](repeating: 0, count: layerCount)
        }
        if ratios.count < layerCount {
            fail(
                "compress_ratios", "\(ratios.count) ratios for \(layerCount) layers",
                note: "one per layer, and one per prediction layer")
            return [Int](repeating: 0, count: layerCount)
        }
        return Array(ratios.prefix(layerCount + 1))
    }
}
