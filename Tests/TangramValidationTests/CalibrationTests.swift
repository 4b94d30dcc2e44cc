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
        let result = try Calibrator().fit(
            try MeasuredTable(bytes: Array(table.utf8), file: "m.csv"), hardware: hardware,
            models: models)
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
        #expect(Calibrator().fit([], slowed: [[], [], []]).fits.isEmpty)
    }

    /// Rows as `measured` on cards whose rates are `rates` of the catalogue's, fitted from the text.
    private func refit(
        _ header: String, _ rows: [String], unit: Double = 1, rates: Calibration
    ) throws -> Calibrator.Fit {
        let hardware = try HardwareCatalogue.builtIn()
        let models = try ModelCatalogue.builtIn()
        func table(_ values: [Double]) throws -> MeasuredTable {
            let lines = zip(rows, values).map { "\($0),\($1)" }
            return try MeasuredTable(
                bytes: Array(([header] + lines).joined(separator: "\n").utf8), file: "m.csv")
        }
        let ones = try table(rows.map { _ in 1 })
        let slower = try Validation(
            hardware: hardware.calibrated(rates), models: models
        ).outcomes(of: ones).map { try #require($0.predicted, "\($0.reason ?? "")") }
        return try #require(
            Calibrator().fit(try table(slower), hardware: hardware, models: models).fits.first)
    }

    @Test("operator rows of a card with slower matrices and faster memory are fitted so")
    func operators() throws {
        let header = "accelerator,precision,m,n,k,latency_us"
        var rows: [String] = []
        for m in [1, 16, 256, 4_096, 16_384] {
            for n in [4_096, 8_192, 16_384] { rows.append("h100-sxm-80gb,bf16,\(m),\(n),8192") }
        }
        let fit = try refit(header, rows, rates: Calibration(matrix: 0.8, memory: 1.2))
        #expect(fit.accelerator == "h100-sxm-80gb" && fit.rowCount == 15)
        #expect(abs(fit.calibration.matrix - 0.8) < 0.05)
        #expect(abs(fit.calibration.memory - 1.2) < 0.08)
        #expect(abs(fit.calibration.attention - 1) < 1e-9)
        #expect(fit.errorAfter < 0.3 * fit.errorBefore)
    }

    @Test("attention rows fit the rate of attention alone")
    func attention() throws {
        let header =
            "accelerator,precision,batch_size,isl,num_heads,num_key_value_heads,head_dim,latency_us"
        let rows = [1_024, 2_048, 4_096, 8_192, 16_384].flatMap { length in
            [8, 32].map { "b200-sxm-180gb,bf16,4,\(length),\($0),8,128" }
        }
        let fit = try refit(header, rows, rates: Calibration(attention: 0.7))
        #expect(abs(fit.calibration.attention - 0.7) < 0.06)
        #expect(abs(fit.calibration.matrix - 1) < 1e-9)
    }

    @Test("serving rows fit: decode by its memory, prefill by its matrices; after is below before")
    func serving() throws {
        let header =
            "model,accelerator,num_accel,TP,isl,osl,precision,concurrency_or_batch,metric,value"
        var rows: [String] = []
        for clients in [1, 8, 32] {
            for metric in ["tpot_ms", "ttft_ms", "output_tok_per_s_per_gpu"] {
                rows.append(
                    "llama-3.1-70b,h100-sxm-80gb,8,8,2048,512,fp8,\(clients),\(metric)")
            }
        }
        let fit = try refit(header, rows, rates: Calibration(matrix: 0.8, memory: 0.75))
        #expect(fit.rowCount == 9)
        #expect(fit.calibration.memory < 0.9 && fit.calibration.matrix < 0.95)
        #expect(fit.errorBefore > 0.1 && fit.errorAfter < 0.4 * fit.errorBefore)
        #expect(fit.calibration.memory >= 0.5)
    }
}
