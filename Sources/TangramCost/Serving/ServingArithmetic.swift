public import TangramUnits

/// `base` to the power `exponent` for 0 ≤ base ≤ 1 and exponent ≥ 0, by squaring and square roots
/// of the fraction left over, so that no math library is linked.
func pow(_ base: Double, _ exponent: Double) -> Double {
    guard base > 0, exponent >= 0 else { return exponent == 0 ? 1 : 0 }
    var result = 1.0
    var factor = base
    var whole = UInt64(min(exponent, 1e15))
    let fraction = min(exponent, 1e15) - Double(whole)
    while whole > 0 {
        if whole & 1 == 1 { result *= factor }
        factor *= factor
        whole >>= 1
    }
    var root = base.squareRoot()
    var rest = fraction
    for _ in 0..<24 where rest > 0 {
        rest *= 2
        if rest >= 1 {
            result *= root
            rest -= 1
        }
        root = root.squareRoot()
    }
    return result
}

extension NumberFormat {
    /// Bytes of one stored weight with its scales: NVFP4 adds an 8-bit scale per 16 elements
    /// (NVIDIA, NVFP4 format), 8-bit formats a 32-bit scale per 128 × 128 block (DeepSeek-V3,
    /// arXiv 2412.19437, §3.3.2), int4 a 16-bit scale per 128.
    public var storedBytes: Double {
        switch self {
        case .fp4: 0.5 + 1.0 / 16
        case .int4: 0.5 + 2.0 / 128
        case .fp8, .int8: 1 + 4.0 / (128 * 128)
        default: bytesPerElement
        }
    }
}
