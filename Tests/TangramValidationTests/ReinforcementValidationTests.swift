import TangramDocument
import TangramHardware
import TangramModels
import TangramValidation
import Testing

@Suite("Published steps of reinforcement learning")
struct ReinforcementValidationTests {
    private func outcomes() throws -> [RowOutcome] {
        let table = try #require(try MeasuredTable.shipped().first { $0.kind == .reinforcement })
        return try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: table)
    }

    @Test("every row is expressed, and its order among the others is kept")
    func expressed() throws {
        let rows = try outcomes()
        #expect(rows.count == 41)
        for row in rows { #expect(row.predicted != nil, "\(row.id): \(row.reason ?? "")") }
        let figures = try #require(ErrorStatistics(rows))
        #expect(try #require(figures.rankCorrelation) >= 0.9)
        #expect(figures.insideShare >= 0.8)
    }

    @Test("rows on H100, which no rate was fitted to, are off by a median of at most 18 %")
    func heldOut() throws {
        let rows = try outcomes().filter { $0.accelerator == "h100-sxm-80gb" }
        let figures = try #require(ErrorStatistics(rows))
        #expect(rows.count == 21 && figures.median <= 0.18, "\(figures.median)")
    }

    @Test("a row of an unknown framework or schedule says what it is")
    func unknown() throws {
        let text = """
            id,model,accelerator,num_accel,schedule,software,answers,mean_len,metric,value
            a,qwen3-8b,h100-sxm-80gb,8,sometimes,ideal,64,1024,step_time_s,10
            b,qwen3-8b,h100-sxm-80gb,8,synchronous,verl-9,64,1024,step_time_s,10
            c,qwen3-8b,h100-sxm-80gb,8,synchronous,ideal,64,1024,step_time_s,10
            """
        let rows = try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: try MeasuredTable(bytes: Array(text.utf8), file: "rl.csv"))
        #expect(rows[0].reason == "no schedule \"sometimes\"")
        #expect(rows[1].reason == "no framework \"verl-9\"")
        #expect(rows[2].predicted != nil && rows[2].phases.count == 5)
    }
}
