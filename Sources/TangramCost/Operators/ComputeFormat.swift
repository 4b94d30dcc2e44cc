package import TangramHardware
package import TangramUnits

extension Accelerator {
    /// The format attention cores are computed in: 16 bits where the card has them.
    var attentionFormat: NumberFormat? {
        [NumberFormat.bf16, .fp16, .fp8, .tf32, .fp32, .int8, .fp4, .int4].first {
            peaks[$0].map { $0.value > 0 } ?? false
        }
    }

    /// The format that matrix multiplications asked for in `format` are computed in here: itself,
    /// its twin of the same width (bf16 and fp16), 16 bits for 4-bit weights that are unpacked, or
    /// nil.
    package func computeFormat(for format: NumberFormat, isTraining: Bool) -> NumberFormat? {
        func has(_ format: NumberFormat) -> Bool { peaks[format].map { $0.value > 0 } ?? false }
        if has(format) { return format }
        switch format {
        case .bf16: return has(.fp16) ? .fp16 : nil
        case .fp16: return has(.bf16) ? .bf16 : nil
        case .fp32: return has(.tf32) ? .tf32 : nil
        case .fp4, .int4:
            // Weight-only: unpacked on the fly, multiplied in 16 bits.
            return isTraining ? nil : [NumberFormat.bf16, .fp16].first(where: has)
        default: return nil
        }
    }
}
