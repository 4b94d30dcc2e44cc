/// Random numbers that are the same on every platform for the same seed: SplitMix64 (Steele, Lea and
/// Flood, OOPSLA 2014, doi:10.1145/2660193.2660195).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number from 0 up to, but not, 1.
    public mutating func unit() -> Double {
        // The 53 bits that a double holds.
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number from 0 up to, but not, `limit` (at least 1).
    public mutating func index(below limit: Int) -> Int {
        min(limit - 1, Int(unit() * Double(limit)))
    }
}
