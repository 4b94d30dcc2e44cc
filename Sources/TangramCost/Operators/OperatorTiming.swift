import CCostKernel
public import TangramHardware
public import TangramModels
public import TangramUnits

/// How long single operators take on an accelerator, by the curves that jobs are costed with: to
/// compare with a micro-benchmark.
public struct OperatorTiming: Sendable {
    private let times: OperatorTimes
    private let accelerator: Accelerator

    /// Prepares the operators of `accelerator`, as its calibration has them.
    public init(_ accelerator: Accelerator) {
        self.accelerator = accelerator
        times = OperatorTimes(accelerator)
    }

    /// (M × K) · (K × N) with operands in `format`, the cast of 16-bit activations included; nil
    /// where the accelerator has no such arithmetic.
    public func matrix(
        rows: Int, columns: Int, inner: Int, format: NumberFormat, hasBlockScales: Bool = false
    ) -> Seconds? {
        guard let computed = accelerator.computeFormat(for: format, isTraining: false) else {
            return nil
        }
        var curve = times.matrix(
            computed, hasBlockScales: hasBlockScales, weights: format,
            storedBytes: format.bytesPerElement)
        let cast = times.cast(computed, hasBlockScales: hasBlockScales, isFused: true)
        let (m, n, k) = (Double(max(1, rows)), Double(max(1, columns)), Double(max(1, inner)))
        return Seconds(tangram_matrix_s(&curve, m, n, k) + cast * m * k)
    }

    /// Grouped attention of `batch` causal prompts of `length` tokens.
    public func prefill(
        batch: Int, length: Int, attention: GroupedQueryAttention, cache: NumberFormat = .bf16
    ) -> Seconds {
        let shape = Attention.grouped(attention)
        var curve = times.prefill(shape, cache: cache)
        let (sequences, tokens) = (Double(max(1, batch)), Double(max(1, length)))
        let heads = Double(attention.headCount)
        let width = 2 * Double(attention.keyValueHeadCount * attention.headDimension)
        let perToken =
            (times.headBytes(shape, cache: cache)
                ?? 2 * heads * Double(attention.headDimension) * MixedPrecision.activation)
            + width * cache.bytesPerElement
        return Seconds(
            tangram_attention_s(
                &curve, sequences * shape.prefillCoreFLOP(newTokens: length).value,
                sequences * tokens * perToken, tokens,
                sequences * heads * tokens / ModelTable.queryTile))
    }

    /// Grouped attention of one new token of `batch` sequences over `context` tokens each.
    public func decode(
        batch: Int, context: Int, attention: GroupedQueryAttention, cache: NumberFormat = .bf16
    ) -> Seconds {
        let shape = Attention.grouped(attention)
        let decode = times.decode(shape, cache: cache, context: context)
        var curve = decode.curve
        let (sequences, tokens) = (Double(max(1, batch)), Double(max(1, context)))
        let groups = Double(attention.keyValueHeadCount)
        let bytes =
            sequences
            * (2 * tokens * groups * Double(attention.headDimension) * cache.bytesPerElement
                + decode.headBytes)
        // What a short cache loses, it loses of bandwidth: the arithmetic has no ramp of its own.
        let ramp = 1 + curve.tile_ramp * Self.tileTokens / (sequences * tokens * groups)
        curve.tile_ramp = 0
        return Seconds(
            tangram_attention_s(
                &curve, sequences * shape.decodeCoreFLOP(context: context).value,
                bytes * (decode.curve.tile_ramp > 0 ? ramp : 1), tokens, 1))
    }

    /// Tokens of a block of the cache that one multiprocessor reads.
    private static let tileTokens = 64.0
}
