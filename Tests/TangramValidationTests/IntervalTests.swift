import TangramCost
import TangramValidation
import Testing

@Suite("Intervals of training predictions")
struct IntervalTests {
    @Test("about four in five published runs lie in the interval that says four in five")
    func calibrated() throws {
        guard let rows = try MeasuredFolder.outcomes("training.csv") else { return }
        let figures = try #require(ErrorStatistics(rows.filter(\.isScored)))
        #expect(figures.count > 400)
        // Half of the rows shaped the rates, so that a few more than four in five lie inside.
        #expect((0.75...0.93).contains(figures.insideShare), "\(figures.insideShare)")
    }

    @Test("an interval holds the prediction, and is as wide as the uncertainty says on both sides")
    func shape() throws {
        guard let rows = try MeasuredFolder.outcomes("training.csv") else { return }
        for row in rows {
            guard let value = row.predicted, let low = row.low, let high = row.high,
                let estimate = row.estimate
            else { continue }
            #expect(low < value && value < high)
            #expect(abs(high / value - value / low) < 1e-9)
            #expect(abs(high / value - 1 - estimate.relativeUncertainty) < 1e-9)
        }
    }
}
