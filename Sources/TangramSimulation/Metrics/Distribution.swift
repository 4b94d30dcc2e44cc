#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Mean and quantiles of any number of values above 0, in memory that does not grow.
///
/// The first ``exactLimit`` values are kept and quantiles of them are exact; past that, values fall
/// into buckets that are each 1 % wide (the idea of DDSketch, Masson et al., VLDB 2019), so that a
/// quantile is off by at most 0.5 %.
public struct Distribution: Sendable {
    /// Values that are kept as they are.
    public static let exactLimit = 20_000
    /// Ratio of the bounds of a bucket.
    private static let growth = 1.01

    /// How many values there are.
    public private(set) var count = 0
    /// Their sum.
    public private(set) var sum = 0.0
    /// The largest.
    public private(set) var largest = 0.0
    private var exact: [Double] = []
    private var buckets: [Int: Int] = [:]
    private var isSorted = true

    /// Creates an empty distribution.
    public init() {}

    /// Adds a value.
    public mutating func add(_ value: Double) {
        count += 1
        sum += value
        largest = max(largest, value)
        if buckets.isEmpty, exact.count < Self.exactLimit {
            if isSorted, let last = exact.last, last > value { isSorted = false }
            exact.append(value)
            return
        }
        for old in exact { buckets[Self.bucket(old), default: 0] += 1 }
        exact = []
        buckets[Self.bucket(value), default: 0] += 1
    }

    private static func bucket(_ value: Double) -> Int {
        value > 0 ? Int((log(value) / log(growth)).rounded(.down)) : Int(Int32.min)
    }

    /// The mean, 0 where there are no values.
    public var mean: Double { count > 0 ? sum / Double(count) : 0 }

    /// The value that a fraction of all values do not exceed (nearest rank), 0 where there are none.
    public func quantile(_ fraction: Double) -> Double {
        guard count > 0 else { return 0 }
        let rank = min(count, max(1, Int((fraction * Double(count)).rounded(.up))))
        if buckets.isEmpty {
            return (isSorted ? exact : exact.sorted())[rank - 1]
        }
        var seen = 0
        for (bucket, number) in buckets.sorted(by: { $0.key < $1.key }) {
            seen += number
            if seen >= rank {
                guard bucket > Int(Int32.min) else { return 0 }
                return min(largest, exp((Double(bucket) + 0.5) * log(Self.growth)))
            }
        }
        return largest
    }

    /// Points (value, fraction of values up to it) for a curve, at most `count` of them.
    public func curve(pointCount: Int = 100) -> [(value: Double, fraction: Double)] {
        guard count > 0 else { return [] }
        var sorted = self
        if sorted.buckets.isEmpty {
            sorted.exact.sort()
            sorted.isSorted = true
        }
        return (0...pointCount).map {
            let fraction = Double($0) / Double(pointCount)
            return (sorted.quantile(fraction), fraction)
        }
    }
}
