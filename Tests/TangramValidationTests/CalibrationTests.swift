import TangramDocument
import TangramHardware
import TangramModels
import TangramUnits
import Testing

@testable import TangramValidation

@Suite("Calibration")
struct CalibrationTests {
    private func sample(_ parts: [Double], rest: Double, rates: [Double]) -> Calibrator.Sample {
        let measured = zip(parts, rates).reduce(rest) { $0 + $1.0 / $1.1 }
        return Calibrator.Sample(parts: parts, rest: rest, measured: measured)
    }

    @Test("rates that made the measurements are found again, a little nearer to the catalogue's")
    func found() {
        let rates = [0.8, 0.6, 1.2]
        let mixes: [[Double]] = [[8, 1, 1], [1, 8, 1], [1, 1, 8], [5, 4, 1], [2, 6, 2]]
        let samples = (0..<4).flatMap { _ in
            mixes.map { sample($0, rest: 1, rates: rates) }
        }
        for (found, rate) in zip(Calibrator.rates(samples), rates) {
            #expect(abs(found / rate - 1) < 0.05)
            #expect(abs(found - 1) <= abs(rate - 1) + 1e-3)
        }
    }

    @Test("rates stay between 0.5 and 1.5 whatever was measured")
    func bounded() {
        let slow = (0..<10).map { _ in sample([9, 0.5, 0.5], rest: 0, rates: [0.1, 0.1, 0.1]) }
        let rates = Calibrator.rates(slow)
        #expect(rates.allSatisfy { $0 >= 0.5 - 1e-9 && $0 <= 1.5 + 1e-9 })
    }

    @Test("measurements as predicted leave the catalogue as it is")
    func identity() {
        let same = (0..<10).map { _ in sample([5, 3, 2], rest: 1, rates: [1, 1, 1]) }
        #expect(Calibrator.rates(same) == [1, 1, 1])
    }

    @Test("a run on slower cards is fitted, written as a catalogue, and predicted better by it")
    func roundTrip() throws {
        let header =
            "id,model,accelerator,num_accel,TP,PP,DP,seq_len,global_batch,micro_batch,precision,"
            + "recompute,metric,value,tier\n"
        let hardware = try HardwareCatalogue.builtIn()
        let models = try ModelCatalogue.builtIn()
        func outcomes(_ text: String, _ hardware: HardwareCatalogue) throws -> [RowOutcome] {
            try Validation(hardware: hardware, models: models)
                .outcomes(of: try MeasuredTable(bytes: Array(text.utf8), file: "m.csv"))
        }
        let shapes = [
            "llama-3.1-8b,H100-80GB,8,1,1,8,4096,64,1,bf16,none",
            "llama-3.1-8b,H100-80GB,8,1,1,8,8192,64,1,bf16,none",
            "llama-3.1-8b,H100-80GB,16,2,1,8,4096,64,1,bf16,none",
            "llama-3.1-70b,H100-80GB,64,8,1,8,4096,64,1,bf16,full",
            "llama-3.1-70b,H100-80GB,64,8,2,4,4096,64,1,bf16,full",
        ]
        let draft =
            header
            + shapes.enumerated().map { "r\($0),\($1),iter_time_s,1,A" }
            .joined(separator: "\n")
        let predicted = try outcomes(draft, hardware).map { $0.predicted ?? 0 }
        let table =
            header
            + shapes.enumerated().map {
                "r\($0),\($1),iter_time_s,\(predicted[$0] * 1.25),A"
            }.joined(separator: "\n")
        let before = try outcomes(table, hardware)
        let result = Calibrator().fit(before)
        let fit = try #require(result.fits.first)
        #expect(fit.accelerator == "h100-sxm-80gb" && fit.rowCount == 5)
        #expect(abs(fit.errorBefore - 0.25) < 0.01)
        #expect(fit.errorAfter < 0.08)
        #expect(result.yaml.contains("calibration: {matrix: 0."))

        // As --catalog reads it, in JSON.
        var calibrated = hardware
        let rates = fit.calibration
        let file =
            #"{"accelerators": [{"id": "h100-sxm-80gb", "calibration": {"matrix": "#
            + "\(rates.matrix), \"attention\": \(rates.attention), \"memory\": \(rates.memory)}}]}"
        let collector = DiagnosticCollector(file: "calibration.json")
        calibrated.merge(
            Cursor(
                try JSONDocument.parse(Array(file.utf8), file: "calibration.json"),
                collector: collector))
        #expect(!collector.hasErrors)
        let card = try #require(calibrated.accelerator("h100-sxm-80gb"))
        #expect(card.calibration == rates && card.efficiency.curves != nil)
        for (row, old) in zip(try outcomes(table, calibrated), before) {
            #expect(abs(row.relativeError ?? 1) < abs(old.relativeError ?? 0))
        }
    }

    @Test("too few rows are counted, not fitted")
    func few() {
        #expect(Calibrator().fit([]).fits.isEmpty)
    }
}
