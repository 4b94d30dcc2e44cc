/// A distribution of times on a grid of bins, from which sums and quantiles are read.
struct TimeDistribution {
    /// Width of a bin in seconds.
    let width: Double
    /// Probability of each bin; what lies beyond the last is in the last.
    private(set) var weights: [Double]

    /// How many bins there are: quantiles are within a part in 500 of the longest time.
    static let binCount = 512

    /// Always 0.
    init(longest: Double) {
        width = max(longest, 1e-12) / Double(Self.binCount)
        weights = [Double](repeating: 0, count: Self.binCount)
        weights[0] = 1
    }

    /// Adds an independent time that is uniform from `low` to `high`.
    mutating func addUniform(from low: Double, to high: Double) {
        let low = max(0, low)
        guard high > low else { return add { $0 >= low ? 1 : 0 } }
        add { min(1, max(0, ($0 - low) / (high - low))) }
    }

    /// Adds an independent time that takes one of a few values, ascending.
    mutating func addParts(_ parts: [(time: Double, weight: Double)]) {
        add { time in
            parts.reduce(0) { $0 + ($1.time <= time ? $1.weight : 0) }
        }
    }

    /// Adds an independent time that is 0 with probability 1 − `share`, and exponential of mean `mean`
    /// otherwise: the waiting time of a queue in heavy traffic (Kingman 1961), exact for M/M/1.
    mutating func addWaiting(share: Double, mean: Double) {
        guard share > 0, mean > 0 else { return }
        add { $0 < 0 ? 0 : 1 - share * exponential(-$0 / mean) }
    }

    /// Adds an independent time with the cumulative distribution `below`.
    private mutating func add(_ below: (Double) -> Double) {
        let count = Self.binCount
        var other = [Double](repeating: 0, count: count)
        var before = 0.0
        for index in 0..<count {
            // The middle of a bin stands for it.
            let upTo = index == count - 1 ? 1 : below((Double(index) + 0.5) * width)
            other[index] = max(0, upTo - before)
            before = max(before, upTo)
        }
        var sum = [Double](repeating: 0, count: count)
        for (place, weight) in weights.enumerated() where weight > 1e-12 {
            for (index, more) in other.enumerated() where more > 1e-12 {
                sum[min(count - 1, place + index)] += weight * more
            }
        }
        weights = sum
    }

    /// The time that a share of all stays below.
    func quantile(_ share: Double) -> Double {
        var total = 0.0
        for (index, weight) in weights.enumerated() {
            total += weight
            if total >= share { return Double(index) * width }
        }
        return Double(Self.binCount) * width
    }
}

/// eˣ for x ≤ 0, by its series at x/1024 squared ten times; without Foundation.
private func exponential(_ x: Double) -> Double {
    guard x > -80 else { return 0 }
    let y = x / 1_024
    var value = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4)))
    for _ in 0..<10 { value *= value }
    return value
}
