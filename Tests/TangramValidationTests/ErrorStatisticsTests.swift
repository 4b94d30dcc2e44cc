import TangramDocument
import TangramHardware
import TangramModels
import Testing

@testable import TangramValidation

@Suite("Error statistics")
struct ErrorStatisticsTests {
    private func rows(_ pairs: [(predicted: Double, measured: Double)]) throws -> [RowOutcome] {
        let lines = pairs.map { "X-1,llama-3.1-8b,h100-sxm-80gb,8,iter_time_s,\($0.measured)" }
        let text =
            "id,model,accelerator,TP,metric,value\n" + lines.joined(separator: "\n")
        let table = try MeasuredTable(bytes: Array(text.utf8), file: "t.csv")
        return try zip(table.rows, pairs).map { row, pair in
            var outcome = try RowOutcome(row)
            outcome.predicted = pair.predicted
            return outcome
        }
    }

    @Test("errors are relative to the measurement (by hand)")
    func byHand() throws {
        let figures = try #require(
            ErrorStatistics(try rows([(110, 100), (80, 100), (150, 100), (100, 100)])))
        #expect(abs(figures.mean - 0.2) < 1e-12)
        #expect(abs(figures.median - 0.15) < 1e-12)
        #expect(abs(figures.bias - 0.1) < 1e-12)
    }

    @Test("Spearman's correlation with ties equals the textbook's")
    func spearman() throws {
        // Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4: 4.5 ÷ √(4.5 × 5).
        let value = try #require(ErrorStatistics.spearman([1, 2, 2, 3], [10, 30, 20, 40]))
        #expect(abs(value - 4.5 / (4.5 * 5.0).squareRoot()) < 1e-12)
        #expect(ErrorStatistics.spearman([3, 2, 1], [1, 2, 3]) == -1)
        #expect(ErrorStatistics.spearman([1, 2], [1, 2]) == nil)
        #expect(ErrorStatistics.spearman([1, 1, 1], [1, 2, 3]) == nil)
    }

    @Test("rows without a prediction count nowhere")
    func unpredicted() throws {
        var rows = try rows([(110, 100), (1, 100)])
        rows[1].predicted = nil
        #expect(ErrorStatistics(rows)?.count == 1)
        rows[0].predicted = nil
        #expect(ErrorStatistics(rows) == nil)
    }
}
