/// How far predictions are from measurements.
public struct ErrorStatistics: Hashable, Sendable {
    /// How many there are.
    public var count: Int
    /// Median of |predicted ÷ measured − 1|.
    public var median: Double
    /// Mean of |predicted ÷ measured − 1|.
    public var mean: Double
    /// The error that nine in ten stay within.
    public var ninetieth: Double
    /// Mean of predicted ÷ measured − 1: above 0 where predictions are too large.
    public var bias: Double
    /// Spearman's rank correlation of predictions and measurements; nil for fewer than three.
    public var rankCorrelation: Double?
    /// Share of measurements inside of the predicted interval.
    public var insideShare: Double

    /// The statistics of all rows with a prediction; nil where there is none.
    public init?(_ rows: [RowOutcome]) {
        let predicted = rows.filter { $0.predicted != nil }
        let errors = predicted.compactMap(\.relativeError)
        guard !errors.isEmpty else { return nil }
        let sizes = errors.map(abs).sorted()
        count = errors.count
        median = Self.quantile(sizes, 0.5)
        mean = sizes.reduce(0, +) / Double(count)
        ninetieth = Self.quantile(sizes, 0.9)
        bias = errors.reduce(0, +) / Double(count)
        rankCorrelation = Self.spearman(
            predicted.map { $0.predicted ?? 0 }, predicted.map(\.measured))
        insideShare =
            Double(
                predicted.count {
                    $0.measured >= $0.low ?? 0 && $0.measured <= $0.high ?? .infinity
                }) / Double(count)
    }

    /// The value below which a share of `sorted` lies, interpolated.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let place = share * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
    }

    /// Pearson's correlation of ranks, ties sharing their mean rank (Spearman 1904).
    static func spearman(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count == right.count, left.count >= 3 else { return nil }
        let (a, b) = (ranks(left), ranks(right))
        let mean = Double(left.count + 1) / 2
        var products = 0.0
        var squares = (0.0, 0.0)
        for (x, y) in zip(a, b) {
            products += (x - mean) * (y - mean)
            squares.0 += (x - mean) * (x - mean)
            squares.1 += (y - mean) * (y - mean)
        }
        let scale = (squares.0 * squares.1).squareRoot()
        return scale > 0 ? products / scale : nil
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }
}

/// Rows of one source, accelerator, kind of model and precision.
public struct OutcomeGroup: Sendable {
    /// The letters that ids of the source start with.
    public var prefix: String
    /// The accelerator.
    public var accelerator: String
    /// Whether the models have routed experts.
    public var isMixtureOfExperts: Bool
    /// The format of arithmetic.
    public var precision: String
    /// The metric.
    public var metric: String
    /// The rows that count.
    public var rows: [RowOutcome]
    /// Their errors; nil where none could be predicted.
    public var statistics: ErrorStatistics? { ErrorStatistics(rows) }

    /// The scored rows of `outcomes` in groups, in the order in which the groups first appear.
    public static func groups(of outcomes: [RowOutcome]) -> [OutcomeGroup] {
        var groups: [OutcomeGroup] = []
        var indices: [[String]: Int] = [:]
        for row in outcomes where row.isScored && row.predicted != nil {
            let key = [
                row.prefix, row.accelerator, row.isMixtureOfExperts ? "moe" : "dense",
                row.precision, row.metric,
            ]
            if let index = indices[key] {
                groups[index].rows.append(row)
            } else {
                indices[key] = groups.count
                groups.append(
                    OutcomeGroup(
                        prefix: row.prefix, accelerator: row.accelerator,
                        isMixtureOfExperts: row.isMixtureOfExperts, precision: row.precision,
                        metric: row.metric, rows: [row]))
            }
        }
        return groups
    }
}
