/// How a number is stored or multiplied: the precision of weights, activations, KV cache or
/// arithmetic.
public enum NumberFormat: String, CaseIterable, Hashable, Sendable, Comparable {
    /// IEEE 754 binary32.
    case fp32
    /// NVIDIA's 19-bit format, stored in 32 bits.
    case tf32
    /// bfloat16.
    case bf16
    /// IEEE 754 binary16.
    case fp16
    /// 8-bit floating point (E4M3 or E5M2), with scales.
    case fp8
    /// 8-bit integer, with scales.
    case int8
    /// 4-bit floating point (MXFP4 or NVFP4), with scales.
    case fp4
    /// 4-bit integer weights, with scales.
    case int4

    /// The storage of one element in bits, without scales.
    public var bits: Int {
        switch self {
        case .fp32, .tf32: 32
        case .bf16, .fp16: 16
        case .fp8, .int8: 8
        case .fp4, .int4: 4
        }
    }

    /// The storage of one element in bytes, without scales; half a byte for 4-bit formats.
    public var bytesPerElement: Double { Double(bits) / 8 }

    /// Wider formats first.
    public static func < (left: NumberFormat, right: NumberFormat) -> Bool {
        let order = NumberFormat.allCases
        return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
}
