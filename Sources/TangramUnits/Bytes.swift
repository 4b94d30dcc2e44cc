/// An exact number of bytes.
///
/// Memory is counted, not estimated, so it is an integer; a byte is eight bits, a GB is 10⁹ bytes
/// and a GiB is 2³⁰. Arithmetic saturates at the ends of the range instead of trapping.
public struct Bytes: Hashable, Sendable, Comparable, AdditiveArithmetic, CustomStringConvertible {
    /// The count of bytes.
    public let count: Int

    /// Creates an amount of `count` bytes.
    public init(_ count: Int) { self.count = count }

    /// The nearest whole number of bytes, saturating; NaN becomes zero.
    public init(rounding value: Double) {
        if value.isNaN {
            count = 0
        } else if value >= 0x1p63 {
            count = .max
        } else if value <= -0x1p63 {
            count = .min
        } else {
            count = Int(value.rounded())
        }
    }

    /// `count` × 2³⁰ bytes.
    public static func gibibytes(_ count: Double) -> Bytes { Bytes(rounding: count * 0x1p30) }
    /// `count` × 10⁹ bytes.
    public static func gigabytes(_ count: Double) -> Bytes { Bytes(rounding: count * 1e9) }

    /// No bytes.
    public static let zero = Bytes(0)

    /// The amount as a floating-point count of bytes.
    public var value: Double { Double(count) }
    /// The amount in GiB (2³⁰ bytes).
    public var gibibytes: Double { value / 0x1p30 }
    /// The amount as traffic over a link or to memory.
    public var traffic: Traffic { Traffic(value) }

    /// The sum, saturating.
    public static func + (left: Bytes, right: Bytes) -> Bytes {
        let (sum, overflow) = left.count.addingReportingOverflow(right.count)
        return overflow ? Bytes(right.count > 0 ? .max : .min) : Bytes(sum)
    }
    /// The difference, saturating.
    public static func - (left: Bytes, right: Bytes) -> Bytes {
        let (difference, overflow) = left.count.subtractingReportingOverflow(right.count)
        return overflow ? Bytes(right.count < 0 ? .max : .min) : Bytes(difference)
    }
    /// The product with a count, saturating.
    public static func * (left: Bytes, right: Int) -> Bytes {
        let (product, overflow) = left.count.multipliedReportingOverflow(by: right)
        return overflow
            ? Bytes((left.count < 0) == (right < 0) ? .max : .min) : Bytes(product)
    }
    /// The ratio of two amounts.
    public static func / (left: Bytes, right: Bytes) -> Double { left.value / right.value }
    /// The order of the amounts.
    public static func < (left: Bytes, right: Bytes) -> Bool { left.count < right.count }

    /// The amount in GiB, MiB, KiB or bytes, for people.
    public var description: String {
        let magnitude = count.magnitude
        if magnitude >= 1 << 40 { return formatNumber(value / 0x1p40, digits: 4) + " TiB" }
        if magnitude >= 1 << 30 { return formatNumber(value / 0x1p30, digits: 4) + " GiB" }
        if magnitude >= 1 << 20 { return formatNumber(value / 0x1p20, digits: 4) + " MiB" }
        if magnitude >= 1 << 10 { return formatNumber(value / 0x1p10, digits: 4) + " KiB" }
        return "\(count) B"
    }
}
