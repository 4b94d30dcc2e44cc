public import TangramDocument
public import TangramHardware
public import TangramModels
import TangramUnits

/// Fits a few rates of a user's accelerators to his own measurements of training, of serving, or of
/// single operators.
///
/// Every predicted time is a sum of parts: multiplications, attention cores, what memory bounds, and
/// the rest. What a prediction gains when one rate is halved is that part, whatever the row measures.
/// Rates divide the parts; they are drawn to 1, as the catalogue has them, and never leave ``range``.
/// Errors after calibration are those of rows that were left out of the fit, by five-fold
/// cross-validation.
public struct Calibrator: Sendable {
    /// What a rate may be.
    public static let range = 0.5...1.5
    /// Fewer rows of an accelerator than this say nothing about three rates.
    public static let leastRowCount = 4

    private static let foldCount = 5
    /// How far a rate is drawn to 1, in squared relative errors of one row.
    private static let prior = 0.1
    /// Steps of the search on each axis, and rounds of it.
    private static let stepCount = 64
    private static let roundCount = 24
    private static let shrinkage = 0.8

    /// What was fitted for one accelerator.
    public struct Fit: Hashable, Sendable {
        /// The accelerator, by catalogue name.
        public var accelerator: String
        /// Its rates.
        public var calibration: Calibration
        /// Rows that were used.
        public var rowCount: Int
        /// Mean absolute relative error as the catalogue has it.
        public var errorBefore: Double
        /// The same of rows left out of the fit.
        public var errorAfter: Double
    }

    /// What came of a table.
    public struct Result: Sendable {
        /// The fits, in the order in which accelerators first appear.
        public var fits: [Fit]
        /// Accelerators with too few rows, and how many they have.
        public var skipped: [(accelerator: String, rowCount: Int)]

        /// A catalogue file with what was fitted.
        public var yaml: String {
            var lines = [
                "# Written by tangram calibrate; use it with --catalog.",
                "accelerators:",
            ]
            for fit in fits {
                let rates = fit.calibration
                lines.append("  - id: \(fit.accelerator)")
                lines.append(
                    "    calibration: {matrix: \(Self.text(rates.matrix)), attention: "
                        + "\(Self.text(rates.attention)), memory: \(Self.text(rates.memory))}")
            }
            return lines.joined(separator: "\n") + "\n"
        }

        private static func text(_ rate: Double) -> String {
            formatNumber(rate, digits: 4)
        }
    }

    /// A row taken apart.
    struct Sample {
        var parts: [Double]
        var rest: Double
        var measured: Double

        func time(_ rates: [Double]) -> Double {
            zip(parts, rates).reduce(rest) { $0 + $1.0 / $1.1 }
        }
    }

    /// Creates a calibrator.
    public init() {}

    /// Predicts a table with every rate as the catalogue has it, and with each of them halved, and fits
    /// the rates of its accelerators.
    ///
    /// - Throws: Every malformed field, in order.
    public func fit(
        _ table: MeasuredTable, hardware: HardwareCatalogue, models: ModelCatalogue
    ) throws(DiagnosticList) -> Result {
        func outcomes(_ calibration: Calibration) throws(DiagnosticList) -> [RowOutcome] {
            try Validation(hardware: hardware.calibrated(calibration), models: models)
                .outcomes(of: table)
        }
        let half = 0.5
        return fit(
            try outcomes(.none),
            slowed: [
                try outcomes(Calibration(matrix: half)),
                try outcomes(Calibration(attention: half)),
                try outcomes(Calibration(memory: half)),
            ])
    }

    /// - Parameter slowed: The same rows with each of the rates halved.
    func fit(_ outcomes: [RowOutcome], slowed: [[RowOutcome]]) -> Result {
        var samples: [String: [Sample]] = [:]
        var order: [String] = []
        for (index, row) in outcomes.enumerated() where row.isScored {
            let halved = slowed.map { $0[index] }
            guard let sample = Self.sample(row, halved) else { continue }
            if samples[row.accelerator] == nil { order.append(row.accelerator) }
            samples[row.accelerator, default: []].append(sample)
        }
        var result = Result(fits: [], skipped: [])
        for accelerator in order {
            let own = samples[accelerator] ?? []
            guard own.count >= Self.leastRowCount else {
                result.skipped.append((accelerator, own.count))
                continue
            }
            var after = 0.0
            for fold in 0..<min(Self.foldCount, own.count) {
                let isOut = { (index: Int) in
                    index % min(Self.foldCount, own.count) == fold
                }
                let kept = own.indices.filter { !isOut($0) }.map { own[$0] }
                let rates = Self.rates(kept)
                for index in own.indices where isOut(index) {
                    after += abs(own[index].measured / own[index].time(rates) - 1)
                }
            }
            let rates = Self.rates(own)
            let before = own.reduce(0) { $0 + abs($1.measured / $1.time([1, 1, 1]) - 1) }
            result.fits.append(
                Fit(
                    accelerator: accelerator,
                    calibration: Calibration(
                        matrix: rates[0], attention: rates[1], memory: rates[2]),
                    rowCount: own.count, errorBefore: before / Double(own.count),
                    errorAfter: after / Double(own.count)))
        }
        return result
    }

    /// nil for rows without a prediction of time or speed.
    static func sample(_ row: RowOutcome, _ halved: [RowOutcome]) -> Sample? {
        guard row.metric != "peak_memory_GiB", let predicted = row.predicted, predicted > 0,
            row.measured > 0
        else { return nil }
        // Speeds are times of a unit of work.
        func time(_ value: Double) -> Double { row.isTime ? value : 1 / value }
        let whole = time(predicted)
        var parts: [Double] = []
        for other in halved {
            guard let value = other.predicted, value > 0 else { return nil }
            parts.append(max(0, time(value) - whole))
        }
        // Where another layout or batch is found, parts may be more than the whole.
        let sum = parts.reduce(0, +)
        if sum > whole { parts = parts.map { $0 * whole / sum } }
        return Sample(
            parts: parts, rest: max(0, whole - parts.reduce(0, +)), measured: time(row.measured))
    }

    /// The rates of least cost, searched on one axis after the other in ever smaller steps.
    static func rates(_ samples: [Sample]) -> [Double] {
        func cost(_ rates: [Double]) -> Double {
            var sum = prior * rates.reduce(0) { $0 + ($1 - 1) * ($1 - 1) }
            for sample in samples {
                // Twice as long and half as long weigh the same.
                let time = sample.time(rates)
                let error = 2 * (time - sample.measured) / (time + sample.measured)
                sum += error * error
            }
            return sum
        }
        var best = [1.0, 1, 1]
        var least = cost(best)
        var width = range.upperBound - range.lowerBound
        for _ in 0..<roundCount {
            for axis in best.indices {
                let center = best[axis]
                for step in 0...stepCount {
                    var candidate = best
                    let offset = (Double(step) / Double(stepCount) - 0.5) * width
                    candidate[axis] = min(
                        max(center + offset, range.lowerBound), range.upperBound)
                    let found = cost(candidate)
                    if found < least { (least, best) = (found, candidate) }
                }
            }
            width *= shrinkage
        }
        return best
    }
}
