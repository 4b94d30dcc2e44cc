import TangramDocument

/// Stacks of state-space layers, attention and feed-forward blocks, in the order that a pattern of
/// letters gives (Nemotron-H, arXiv 2504.03624).
extension ConfigurationReader {
    /// One block of a hybrid stack, by its letter.
    private enum Block: Character {
        case stateSpace = "M"
        case attention = "*"
        case dense = "-"
        case experts = "E"

        var mixes: Bool { self == .stateSpace || self == .attention }
    }

    /// The layers of a hybrid stack: a block that mixes tokens and the feed-forward block behind it,
    /// or the former alone.
    func hybridLayers(of family: ModelFamily, hiddenSize: Int, blockCount: Int) -> [LayerGroup] {
        let key = "hybrid_override_pattern"
        guard let blocks = blocks(key, isRequired: true) else { return [] }
        if blocks.count != blockCount {
            fail(key, "\(blocks.count) letters for \(blockCount) layers")
        }
        return layers(blocks, key: key, of: family, hiddenSize: hiddenSize)
    }

    /// The layer that predicts a further token; nil where nothing is said of it.
    func hybridPredictionLayer(of family: ModelFamily, hiddenSize: Int) -> LayerGroup? {
        let key = "mtp_hybrid_override_pattern"
        guard let blocks = blocks(key, isRequired: false) else { return nil }
        return layers(blocks, key: key, of: family, hiddenSize: hiddenSize).last
    }

    private func blocks(_ key: String, isRequired: Bool) -> [Block]? {
        guard let found = isRequired ? cursor.required(key) : cursor.optional(key),
            let text = checked(found.string())
        else {
            if isRequired { _ = checked(Block?.none) }
            return nil
        }
        if text.count > ConfigurationLimits.layerCount || text.isEmpty {
            fail(key, "\(text.count) letters", note: "1 to \(ConfigurationLimits.layerCount)")
            return nil
        }
        var blocks: [Block] = []
        for letter in text {
            guard let block = Block(rawValue: letter) else {
                fail(
                    key, "\"\(letter)\" is no kind of layer",
                    note: "M is a state-space layer, * attention, E experts, - a dense block")
                return nil
            }
            blocks.append(block)
        }
        return blocks
    }

    private func layers(
        _ blocks: [Block], key: String, of family: ModelFamily, hiddenSize: Int
    ) -> [LayerGroup] {
        let attention =
            blocks.contains(.attention)
            ? Attention.grouped(groupedAttention(of: family, hiddenSize: hiddenSize)) : nil
        let mixer = blocks.contains(.stateSpace) ? Attention.stateSpace(stateSpaceMixer()) : nil
        var experts: FeedForward?
        if blocks.contains(.experts), let rule = family.experts {
            experts = .mixtureOfExperts(mixture(rule, isGated: family.isGated))
        }
        let dense =
            blocks.contains(.dense)
            ? FeedForward.dense(
                denseBlock(of: family, key: "intermediate_size", hiddenSize: hiddenSize)) : nil
        let none = FeedForward.dense(DenseFeedForward(width: 0, isGated: family.isGated))
        var layers: [LayerGroup] = []
        for (index, block) in blocks.enumerated() {
            if let own = block == .attention ? attention : block == .stateSpace ? mixer : nil {
                layers.append(
                    LayerGroup(
                        count: 1, attention: own, feedForward: none, normCount: 1,
                        hasNormBias: family.hasLayerNorm))
            } else if let own = block == .experts ? experts : dense {
                guard index > 0, blocks[index - 1].mixes else {
                    fail(
                        key,
                        "letter \(index + 1) is a feed-forward block without a layer that mixes",
                        note: "each E or - needs an M or a * in front of it")
                    return layers
                }
                layers[layers.count - 1].feedForward = own
                layers[layers.count - 1].normCount = 2
            }
        }
        return layers
    }

    private func stateSpaceMixer() -> StateSpaceMixer {
        let heads = required("mamba_num_heads", upTo: ConfigurationLimits.headCount)
        let groups = required("n_groups", upTo: ConfigurationLimits.headCount)
        if !heads.isMultiple(of: groups) {
            fail("n_groups", "\(heads) heads cannot form \(groups) equal groups")
        }
        return StateSpaceMixer(
            headCount: heads,
            headDimension: required("mamba_head_dim", upTo: ConfigurationLimits.headDimension),
            stateDimension: required("ssm_state_size", upTo: ConfigurationLimits.headDimension),
            groupCount: groups,
            convolutionWidth: optional("conv_kernel", upTo: ConfigurationLimits.headDimension) ?? 4,
            chunkLength: optional("chunk_size", upTo: ConfigurationLimits.headDimension) ?? 128)
    }
}
