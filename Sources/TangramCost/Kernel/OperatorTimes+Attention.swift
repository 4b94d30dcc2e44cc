import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

extension OperatorTimes {
    /// Seconds per FLOP of attention cores, as this site's calibration has it.
    private func attentionCost(_ fraction: Double) -> Double {
        flopCost(wideFormat, fraction) / accelerator.calibration.attention
    }

    /// What attention over new tokens was measured as.
    private func prefillCurve(_ attention: Attention, cache: NumberFormat) -> OperatorCurve? {
        let width = cache.bits < 16 ? "fp8" : "bf16"
        switch attention {
        case .latent: return curve(.latentPrefill, ["kv \(width)", "kv bf16"])
        default:
            return curve(.attentionPrefill, ["bf16, kv \(width)", "bf16, kv bf16"])
        }
    }

    /// Attention cores of `attention` over new tokens, with a cache in `cache`.
    func prefill(_ attention: Attention, cache: NumberFormat) -> tangram_attention_curve {
        var curve = tangram_attention_curve()
        guard let measured = prefillCurve(attention, cache: cache) else {
            curve.launch_s = launch
            curve.flop_cost_s = attentionCost(profile.attention)
            curve.byte_cost_s = byteCost
            return curve
        }
        curve.launch_s = measured[.launch] * 1e-6
        curve.flop_cost_s = attentionCost(measured[.compute])
        curve.byte_cost_s = byteCost(measured[.memory])
        // Blocks of queries and keys are padded; a causal one pays for half a block more a row.
        curve.length_ramp = measured[.lengthRamp] + Self.blockTokens * measured[.wave]
        curve.tile_ramp = measured[.tileRamp]
        curve.power = Int32(measured[.power])
        return curve
    }

    /// Bytes per token that a core over new tokens reads and writes beside the cache, as the
    /// measured curve counts them: queries and outputs, and MLA's expanded keys and values; nil
    /// where nothing was measured.
    func headBytes(_ attention: Attention, cache: NumberFormat) -> Double? {
        guard prefillCurve(attention, cache: cache) != nil else { return nil }
        let heads = Double(attention.headCount)
        let width = Double(attention.queryKeyDimension + attention.valueDimension)
        let queries = heads * width * MixedPrecision.activation
        if case .latent = attention { return queries + heads * width * cache.bytesPerElement }
        return queries
    }

    /// Tokens of a block of queries and of keys, as measured curves pad them.
    private static let blockTokens = 128.0

    /// How a core of one new token over its cache behaves.
    struct Decode {
        var curve = tangram_attention_curve()
        /// Whether a short cache slows its arithmetic down too.
        var rampsArithmetic = false
        /// Bytes of queries and outputs of one token.
        var headBytes = 0.0
        /// Seconds of the loop over the context, where a kernel does not cut it.
        var loop = 0.0
        /// Part by which few heads on a rank slow the arithmetic down, for all heads on one.
        var headRamp = 0.0
    }

    /// Attention cores of `attention` of one new token over `context` tokens in a cache in `cache`.
    func decode(_ attention: Attention, cache: NumberFormat, context: Int) -> Decode {
        let width = cache.bits < 16 ? "fp8" : "bf16"
        var decode = Decode()
        let heads = Double(attention.headCount)
        let measured: OperatorCurve?
        if case .latent(let latent) = attention {
            measured = curve(.latentDecode, ["kv \(width)", "kv bf16"])
            decode.rampsArithmetic = true
            decode.headBytes =
                MixedPrecision.activation * heads
                * Double(latent.cachedWidth + latent.keyValueRank)
        } else {
            measured = curve(.attentionDecode, ["kv \(width)", "kv bf16"])
            decode.headBytes =
                MixedPrecision.activation * heads
                * Double(attention.queryKeyDimension + attention.valueDimension)
        }
        guard let measured else {
            var fallback = Decode()
            fallback.curve = prefill(attention, cache: cache)
            return fallback
        }
        let tokens = Double(max(0, context))
        // Tokens at which half of the cost of joining a divided context is paid.
        let splitTokens = 512.0
        // Both the number of parts of a cut context and their length grow with its root.
        let unitTokens = 1024.0
        let serial =
            measured[.launch] + measured[.split] * tokens / (tokens + splitTokens)
            + measured[.length] * (tokens / unitTokens).squareRoot()
        decode.curve.launch_s = serial * 1e-6
        decode.curve.flop_cost_s = attentionCost(measured[.compute])
        decode.curve.byte_cost_s = byteCost(measured[.memory])
        decode.curve.tile_ramp = measured[.tileRamp]
        decode.curve.power = Int32(measured[.power])
        decode.loop = measured[.depth] * 1e-9 * tokens
        decode.headRamp = measured[.headRamp] / max(1, heads)
        return decode
    }
}
