import CCostKernel
import TangramModels
import TangramUnits

extension OperatorTimes {
    /// Seconds of encoding the images of one prompt on one accelerator, in 16 bits: the matrices of
    /// every layer over all patches, and attention of each patch to all of its image.
    ///
    /// Engines run one encoder for a batch of images, each rank on images of its own.
    func seconds(_ encoder: VisionEncoder, images: ImageInput) -> Double {
        let patches = Double(images.tokens * encoder.patchesPerToken)
        let own = max(1, patches / Double(max(1, images.count)))
        var curve = matrix(wideFormat, weights: .bf16, storedBytes: MixedPrecision.weight)
        curve.launch_s = launch
        let width = Double(encoder.hiddenSize)
        let inner = Double(encoder.feedForwardWidth)
        var layer = 0.0
        for (columns, depth, count) in [
            (3 * width, width, 1.0), (width, width, 1.0),
            (inner, width, encoder.isGated ? 2.0 : 1.0), (width, inner, 1.0),
        ] {
            layer += count * tangram_matrix_s(&curve, patches, columns, depth)
        }
        let heads = max(1, encoder.headCount)
        let attention = Attention.grouped(
            GroupedQueryAttention(
                headCount: heads, keyValueHeadCount: heads,
                headDimension: max(1, encoder.hiddenSize / heads)))
        var core = prefill(attention, cache: .bf16)
        // Scores and sums, each 2 FLOP a channel and pair of patches.
        let flop = 4 * patches * own * width
        let bytes = 4 * patches * width * MixedPrecision.activation
        layer += tangram_attention_s(
            &core, flop, bytes, own, max(1, patches / ModelTable.queryTile) * Double(heads))
        // The projection into the language model.
        let out = Double(encoder.outputSize)
        let merged = width * Double(encoder.patchesPerToken)
        let tokens = Double(max(1, images.tokens))
        let joint =
            tangram_matrix_s(&curve, tokens, merged, merged)
            + tangram_matrix_s(&curve, tokens, out, merged)
        return Double(encoder.layerCount) * layer + joint
    }
}
