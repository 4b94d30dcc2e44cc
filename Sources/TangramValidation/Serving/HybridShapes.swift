import TangramModels

/// Models with linear attention that tables of serving results name and the catalogue lacks.
///
/// A gated delta net (arXiv 2412.06464) keeps a state of one matrix a head instead of a cache. It is
/// costed as attention over a window whose keys and values fill as many bytes as that state, with
/// projections of the same width.
enum HybridShapes {
    /// Qwen3.5-397B-A17B, Hugging Face config.json: three delta nets of 64 value and 16 key heads of
    /// 128, then one attention of 32 heads of 256 over 2; 512 experts of 1,024, ten of them active,
    /// and a shared one.
    private static let qwen35: TransformerModel = {
        let block = FeedForward.mixtureOfExperts(
            MixtureOfExperts(
                expertCount: 512, activeExpertCount: 10, expertWidth: 1_024, sharedWidth: 1_024))
        // 64 × 128 × 128 values of the state over 2 × 32 × 128 of a token; queries stand for values
        // and gates, keys and values for the rest of the 20,480 columns.
        let linear = GroupedQueryAttention(
            headCount: 64, keyValueHeadCount: 32, headDimension: 128, window: 128)
        let full = GroupedQueryAttention(
            headCount: 32, keyValueHeadCount: 2, headDimension: 256, queryKeyNorm: .perHead)
        var model = TransformerModel(
            id: "qwen3.5-397b-a17b", name: "Qwen3.5 397B-A17B", family: "qwen3_5_moe",
            hiddenSize: 4_096, vocabularySize: 248_320, maximumContext: 262_144,
            layerGroups: [
                LayerGroup(count: 45, attention: .grouped(linear), feedForward: block),
                LayerGroup(count: 15, attention: .grouped(full), feedForward: block),
            ])
        model.layerOrder = (0..<60).map { $0 % 4 == 3 ? 1 : 0 }
        return model
    }()

    /// The model of a key of ``PublishedNames``.
    static func model(_ key: String) -> TransformerModel? {
        key == "qwen35397ba17b" ? qwen35 : nil
    }
}
