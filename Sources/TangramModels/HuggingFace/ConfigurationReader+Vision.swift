import TangramDocument

extension ConfigurationReader {
    /// The encoder of images that `vision_config` describes; nil where there is none, or where it is of
    /// a shape that is not known (a warning says so).
    ///
    /// Keys differ: Qwen-VL writes `depth`, `embed_dim` and `num_heads`, others those of text models.
    func visionEncoder(outputSize: Int) -> VisionEncoder? {
        guard let vision = root.optional("vision_config") else { return nil }
        func size(_ keys: [String], upTo limit: Int) -> Int? {
            for key in keys {
                if let found = vision.optional(key) { return found.integer(in: 1...limit) }
            }
            return nil
        }
        guard
            let layers = size(
                ["depth", "num_hidden_layers"], upTo: ConfigurationLimits.layerCount),
            let width = size(["embed_dim", "hidden_size"], upTo: ConfigurationLimits.hiddenSize),
            let heads = size(
                ["num_heads", "num_attention_heads"], upTo: ConfigurationLimits.headCount)
        else {
            vision.warn("the encoder of images is not counted: depth, width or heads are not said")
            return nil
        }
        let ratio = vision.optional("mlp_ratio")?.number(in: 0.1...100) ?? 4
        let inner =
            size(["intermediate_size"], upTo: ConfigurationLimits.width)
            ?? Int(Double(width) * ratio)
        var side = size(["spatial_merge_size"], upTo: 64) ?? 1
        // Llama 4 and InternVL shuffle pixels: a ratio of 1/2 merges 2 × 2 patches.
        let shuffle = vision.optional("pixel_shuffle_ratio") ?? root.optional("downsample_ratio")
        if let found = shuffle?.number(in: 0.05...1) { side = Int((1 / found).rounded()) }
        return VisionEncoder(
            layerCount: layers, hiddenSize: width, feedForwardWidth: inner, headCount: heads,
            patchesPerToken: side * side,
            isGated: vision.optional("hidden_act")?.string() == "silu", outputSize: outputSize)
    }
}
