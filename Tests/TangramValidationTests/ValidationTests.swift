import Foundation
import TangramDocument
import TangramHardware
import TangramModels
import TangramValidation
import Testing

@Suite("Validation")
struct ValidationTests {
    private static let header =
        "id,model,accelerator,num_accel,TP,PP,DP,seq_len,global_batch,micro_batch,precision,"
        + "recompute,metric,value,tier\n"

    private func outcomes(_ lines: String...) throws -> [RowOutcome] {
        let text = Self.header + lines.joined(separator: "\n")
        return try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: try MeasuredTable(bytes: Array(text.utf8), file: "m.csv"))
    }

    private func message(_ lines: String...) -> String {
        do {
            let text = Self.header + lines.joined(separator: "\n")
            _ = try Validation(
                hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
            ).outcomes(of: try MeasuredTable(bytes: Array(text.utf8), file: "m.csv"))
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("throughput per accelerator and step time say the same")
    func metrics() throws {
        let shape = "llama-3.1-8b,H100-80GB,8,1,1,8,4096,64,1,bf16,none"
        let rows = try outcomes(
            "a,\(shape),iter_time_s,5,A", "b,\(shape),tokens_per_s_per_gpu,9000,A",
            "c,\(shape),tokens_per_s_total,72000,A")
        let step = try #require(rows[0].predicted)
        let rate = try #require(rows[1].predicted)
        let total = try #require(rows[2].predicted)
        #expect(abs(rate * step * 8 / Double(4_096 * 64) - 1) < 1e-9)
        #expect(abs(total / rate - 8) < 1e-9)
        let low = try #require(rows[0].low)
        let high = try #require(rows[0].high)
        #expect(low < step && step < high)
    }

    @Test("what a row does not say is searched, and the row says so")
    func blanks() throws {
        let row = try outcomes(
            "a,llama-3.1-8b,H100-80GB,8,,,,4096,64,,,,tokens_per_s_per_gpu,9000,A")[0]
        #expect(row.predicted != nil)
        #expect(row.assumptions.contains("layout searched"))
        #expect(row.assumptions.contains("bf16"))
    }

    @Test("rows of tier C are predicted, not scored")
    func tiers() throws {
        let shape = "llama-3.1-8b,H100-80GB,8,1,1,8,4096,64,1,bf16,none,iter_time_s,5"
        let rows = try outcomes("a,\(shape),A", "b,\(shape),C")
        #expect(rows.map(\.isScored) == [true, false])
        #expect(OutcomeGroup.groups(of: rows).map(\.rows.count) == [1])
    }

    @Test(
        "a row that cannot be expressed says why, and what would be",
        arguments: [
            ("a,nonesuch-7b,H100-80GB,8,1,1,8,4096,64,1,bf16,none,iter_time_s,5,A", "--catalog"),
            (
                "a,llama-3.1-8b,H100-80GBX,8,1,1,8,4096,64,1,bf16,none,iter_time_s,5,A",
                "no accelerator \"H100-80GBX\""
            ),
            (
                "a,llama-3.1-8b,H100-80GB,7,7,1,1,4096,64,1,bf16,none,iter_time_s,5,A",
                "tp=7 does not divide the 32 attention heads — 1, 2, 4, 8, 16 or 32 would"
            ),
            (
                "a,llama-3.1-8b,H100-80GB,64,1,64,1,4096,64,1,bf16,none,iter_time_s,5,A",
                "pp=64 is more than the 32 layers — at most one stage a layer"
            ),
            (
                "a,llama-3.1-8b,H100-80GB,8,1,1,8,4096,64,1,bf16,none,goodness,5,A",
                "the metric \"goodness\""
            ),
        ])
    func inexpressible(line: String, reason: String) throws {
        let row = try outcomes(line)[0]
        #expect(row.predicted == nil)
        #expect(row.reason?.contains(reason) == true, "\(row.reason ?? "no reason")")
    }

    @Test(
        "a row that cannot be expressed names its place",
        arguments: [
            ("a,nonesuch-7b,H100-80GB,8,1,1,8,4096,64,1,bf16,none,iter_time_s,5,A", "2:3: model"),
            (
                "a,llama-3.1-8b,H100-80GBX,8,1,1,8,4096,64,1,bf16,none,iter_time_s,5,A",
                "2:16: accelerator"
            ),
            ("a,llama-3.1-8b,H100-80GB,7,7,1,1,4096,64,1,bf16,none,iter_time_s,5,A", "2:28: TP"),
            (
                "a,llama-3.1-8b,H100-80GB,64,1,64,1,4096,64,1,bf16,none,iter_time_s,5,A",
                "2:31: PP"
            ),
        ])
    func places(line: String, place: String) throws {
        let row = try outcomes(line)[0]
        #expect(row.place == "m.csv:\(place)")
    }

    @Test("malformed fields are all reported, each at its place")
    func malformed() {
        let text = message(
            "a,llama-3.1-8b,H100-80GB,eight,1,1,8,4096,64,1,bf16,none,iter_time_s,5,A",
            "b,llama-3.1-8b,H100-80GB,8,1,1,8,4096,64,1,bf16,none,iter_time_s,,A",
            "c,llama-3.1-8b,H100-80GB,8,1,1,8,4096,64,1,bf16,none,iter_time_s,-5,A")
        #expect(text.contains("m.csv:2:26: num_accel: \"eight\" is not a number"))
        #expect(text.contains("m.csv:3:66: value: a measurement is missing"))
        #expect(text.contains("m.csv:4:66: value: -5 is out of range"))
    }

    @Test("a table of unknown columns is refused with the columns that are needed")
    func unknownTable() {
        #expect(throws: DiagnosticList.self) {
            try MeasuredTable(bytes: Array("a,b\n1,2\n".utf8), file: "x.csv")
        }
    }
}
