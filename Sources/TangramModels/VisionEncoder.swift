/// The transformer that turns patches of images into tokens of a language model.
public struct VisionEncoder: Hashable, Sendable {
    /// Layers.
    public var layerCount: Int
    /// The width of a patch.
    public var hiddenSize: Int
    /// The width inside a feed-forward block.
    public var feedForwardWidth: Int
    /// Attention heads.
    public var headCount: Int
    /// Patches that are merged into one token of the language model.
    public var patchesPerToken: Int
    /// Whether feed-forward blocks are gated, with three matrices instead of two.
    public var isGated: Bool
    /// The width of the language model.
    public var outputSize: Int

    /// Creates an encoder.
    public init(
        layerCount: Int, hiddenSize: Int, feedForwardWidth: Int, headCount: Int,
        patchesPerToken: Int = 1, isGated: Bool = false, outputSize: Int
    ) {
        self.layerCount = layerCount
        self.hiddenSize = hiddenSize
        self.feedForwardWidth = feedForwardWidth
        self.headCount = headCount
        self.patchesPerToken = patchesPerToken
        self.isGated = isGated
        self.outputSize = outputSize
    }

    /// Parameters of its matrices: 4 h² and 2 or 3 times h × inner a layer, and the two matrices that
    /// merge patches into tokens; norms, biases and the embedding of patches are left out.
    public var parameterCount: Int {
        let merged = hiddenSize * patchesPerToken
        let layer =
            4 * hiddenSize * hiddenSize + (isGated ? 3 : 2) * hiddenSize * feedForwardWidth
        return layerCount * layer + merged * merged + merged * outputSize
    }
}
