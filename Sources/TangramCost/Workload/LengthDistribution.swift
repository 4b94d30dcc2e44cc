import CCostKernel

/// How the lengths of prompts or answers lie around their mean.
public enum LengthDistribution: Hashable, Sendable {
    /// All are as long as the mean.
    case constant
    /// Uniform within this part of the mean on either side, 0 to below 1.
    case uniform(spread: Double)
    /// Log-normal with this standard deviation over the mean, above 0 to 10: what chat and coding
    /// traffic looks like (BurstGPT, arXiv 2401.17644).
    case logNormal(variation: Double)
    /// As counted: lengths over their mean with their weights.
    case measured([Part])

    /// Lengths that were counted together.
    public struct Part: Hashable, Sendable {
        /// The length over the mean.
        public var ratio: Double
        /// The part of all requests, 0 to 1.
        public var weight: Double
    }

    /// Requests of one length.
    struct Share: Hashable, Sendable {
        var tokens: Int
        var weight: Double
    }

    /// Counted lengths with their weights, and their mean.
    ///
    /// Lengths are merged in order into at most ``partLimit`` parts.
    ///
    /// - Parameter counts: Tokens from 1, with weights of 0 and more.
    /// - Returns: nil where no weight is above 0 or a figure is not finite.
    public static func measured(
        _ counts: [(tokens: Int, weight: Double)]
    ) -> (mean: Int, lengths: LengthDistribution)? {
        // Equal lengths are one.
        var given: [(tokens: Int, weight: Double)] = []
        for count in counts.filter({ $0.weight > 0 }).sorted(by: { $0.tokens < $1.tokens }) {
            if let last = given.indices.last, given[last].tokens == count.tokens {
                given[last].weight += count.weight
            } else {
                given.append(count)
            }
        }
        let total = given.reduce(0.0) { $0 + $1.weight }
        guard total > 0, total.isFinite, given.allSatisfy({ $0.tokens >= 1 }) else { return nil }
        let mean = given.reduce(0.0) { $0 + Double($1.tokens) * $1.weight } / total
        guard mean >= 0.5, mean < Double(Int32.max) else { return nil }
        var parts: [Part] = []
        var (sum, weight) = (0.0, 0.0)
        for (index, count) in given.enumerated() {
            sum += Double(count.tokens) * count.weight
            weight += count.weight
            let isFull = weight * Double(partLimit) >= total
            if isFull || index == given.count - 1 || given.count <= partLimit {
                parts.append(Part(ratio: sum / weight / mean, weight: weight / total))
                (sum, weight) = (0, 0)
            }
        }
        return (Int(mean.rounded()), parts.count > 1 ? .measured(parts) : .constant)
    }

    /// Parts that counted lengths are merged into.
    public static let partLimit = 64
    /// Parts of a continuous distribution.
    private static let partCount = 32

    /// Lengths over the mean with their weights, ascending; the mean is 1.
    var parts: [Part] {
        switch self {
        case .constant: return [Part(ratio: 1, weight: 1)]
        case .uniform(let spread):
            let count = Double(Self.partCount)
            let wide = min(max(0, spread), 0.99)
            return (0..<Self.partCount).map {
                let place = (Double($0) + 0.5) / count
                return Part(ratio: 1 - wide + 2 * wide * place, weight: 1 / count)
            }
        case .logNormal(let variation):
            var ratios = [Double](repeating: 1, count: Self.partCount)
            var weights = ratios
            tangram_log_normal_parts(
                min(max(1e-3, variation), 10), Int32(Self.partCount), &ratios, &weights)
            return zip(ratios, weights).map { Part(ratio: $0, weight: $1) }
        case .measured(let parts): return parts
        }
    }

    /// E[n²] / E[n]² of the lengths, at least 1: 1 where all are alike, in closed form else.
    var secondMoment: Double {
        switch self {
        case .constant: 1
        case .uniform(let spread): 1 + spread * spread / 3
        case .logNormal(let variation): 1 + variation * variation
        case .measured(let parts): parts.reduce(0) { $0 + $1.weight * $1.ratio * $1.ratio }
        }
    }

    /// Whole lengths around `mean`.
    func shares(mean: Int) -> [Share] {
        parts.map {
            Share(
                tokens: Int(min(Double(1 << 40), ($0.ratio * Double(max(0, mean))).rounded())),
                weight: $0.weight)
        }
    }
}
