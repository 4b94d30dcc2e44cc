/// What the feed-forward half of each layer is made from.
extension ConfigurationReader {
    /// The feed-forward half of every layer, bottom first.
    func feedForwards(of family: ModelFamily, hiddenSize: Int, layerCount: Int) -> [FeedForward] {
        guard let rule = family.experts, !(rule.isOptional && !contains(rule.countKey)) else {
            let block = denseBlock(of: family, key: "intermediate_size", hiddenSize: hiddenSize)
            return [FeedForward](repeating: .dense(block), count: layerCount)
        }
        let mixture = mixture(rule, isGated: family.isGated)
        let hasExperts = placement(rule, layerCount: layerCount)
        let dense =
            hasExperts.contains(false)
            ? denseBlock(of: family, key: rule.denseWidthKey, hiddenSize: hiddenSize) : nil
        let hashed =
            optional("num_hash_layers", from: 0, upTo: ConfigurationLimits.layerCount) ?? 0
        return hasExperts.enumerated().map { layer, hasExperts in
            if let dense, !hasExperts { return .dense(dense) }
            var block = mixture
            if layer < hashed {
                // Experts follow from the token: scores only weigh them, without a correction.
                block.isHashRouted = true
                block.hasRouterBias = false
            }
            return .mixtureOfExperts(block)
        }
    }

    func denseBlock(
        of family: ModelFamily, key: String, hiddenSize: Int
    ) -> DenseFeedForward {
        var width = optional(key, upTo: ConfigurationLimits.width)
        if width == nil && !contains(key) {
            width =
                family.hasDefaultWidth
                ? 4 * hiddenSize : required(key, upTo: ConfigurationLimits.width)
        }
        return DenseFeedForward(
            width: width ?? 1, isGated: family.isGated, hasBias: holds(family.feedForwardBias))
    }

    func mixture(_ rule: ExpertRule, isGated: Bool) -> MixtureOfExperts {
        let count = required(rule.countKey, upTo: ConfigurationLimits.expertCount)
        let active = required("num_experts_per_tok", upTo: ConfigurationLimits.expertCount)
        let width = required(rule.widthKey, upTo: ConfigurationLimits.width)
        if active > count {
            fail("num_experts_per_tok", "\(active) experts per token of only \(count)")
        }
        var mixture = MixtureOfExperts(
            expertCount: count, activeExpertCount: min(active, count), expertWidth: width,
            isGated: isGated, hasExpertBias: rule.hasExpertBias, hasRouterBias: rule.hasRouterBias)
        switch rule.shared {
        case .none: break
        case .count(let fallback):
            let shared =
                optional("n_shared_experts", from: 0, upTo: ConfigurationLimits.expertCount)
            mixture.sharedWidth = (shared ?? fallback) * width
            if mixture.sharedWidth > ConfigurationLimits.width {
                fail(
                    "n_shared_experts",
                    "shared experts are \(mixture.sharedWidth) wide together",
                    note: "at most \(ConfigurationLimits.width)")
            }
        case .width(let key):
            mixture.sharedWidth = required(
                key, from: 0, upTo: ConfigurationLimits.width)
        }
        mixture.latentWidth = optional("moe_latent_size", upTo: ConfigurationLimits.width)
        readGroups(into: &mixture)
        return mixture
    }

    private func readGroups(into mixture: inout MixtureOfExperts) {
        guard let groups = optional("n_group", upTo: ConfigurationLimits.expertCount), groups > 1
        else { return }
        mixture.groupCount = groups
        mixture.activeGroupCount = optional("topk_group", upTo: ConfigurationLimits.expertCount)
        if !mixture.expertCount.isMultiple(of: groups) {
            fail("n_group", "\(mixture.expertCount) experts cannot form \(groups) equal groups")
        }
        if let active = mixture.activeGroupCount, active > groups {
            fail("topk_group", "\(active) groups per token of only \(groups)")
        }
    }

    /// Whether each layer has experts.
    private func placement(_ rule: ExpertRule, layerCount: Int) -> [Bool] {
        let limit = ConfigurationLimits.layerCount
        switch rule.placement {
        case .everyLayer: return [Bool](repeating: true, count: layerCount)
        case .afterFirstDense:
            let first = optional("first_k_dense_replace", from: 0, upTo: limit) ?? 0
            let step = optional("moe_layer_freq", upTo: limit) ?? 1
            return (0..<layerCount).map { $0 >= first && $0.isMultiple(of: step) }
        case .sparseStep:
            let step = optional("decoder_sparse_step", upTo: limit) ?? 1
            let dense = Set(integers("mlp_only_layers", in: 0...limit) ?? [])
            return (0..<layerCount).map { ($0 + 1).isMultiple(of: step) && !dense.contains($0) }
        case .interleaved:
            let step = optional("interleave_moe_layer_step", upTo: limit) ?? 1
            if let listed = integers("moe_layers", in: 0...limit) {
                let listed = Set(listed)
                return (0..<layerCount).map { listed.contains($0) }
            }
            return (0..<layerCount).map { ($0 + 1).isMultiple(of: step) }
        }
    }
}
