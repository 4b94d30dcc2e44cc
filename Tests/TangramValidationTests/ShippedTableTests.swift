import TangramDocument
import TangramHardware
import TangramModels
import TangramValidation
import Testing

@Suite("Published measurements that come with the product")
struct ShippedTableTests {
    @Test("four tables, each row with a source, at most one in twenty of training not expressed")
    func tables() throws {
        let tables = try MeasuredTable.shipped()
        #expect(tables.map(\.kind) == [.training, .memory, .serving, .reinforcement])
        for table in tables {
            #expect(table.rows.allSatisfy { !$0.record["source"].isEmpty })
        }
        #expect(tables[0].rows.count > 500)
    }

    @Test("no row is from where rows may not be taken")
    func sources() throws {
        for table in try MeasuredTable.shipped() {
            for row in table.rows {
                let source = row.record["source"]
                #expect(!source.contains("InferenceX") && !source.contains("silicon_sample"))
            }
        }
    }

    @Test("their notes are words the reader looks for, and lead to the same predictions")
    func notes() throws {
        let training = try #require(try MeasuredTable.shipped().first)
        let rows = try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: training)
        let stacks = Set(rows.compactMap(\.stack))
        #expect(
            stacks.isSuperset(of: [
                "megatron-bridge-2025", "megatron-bridge-2026", "torchtitan-2024-async",
                "deepspeed-2021", "megatron-lm-2022",
            ]))
    }
}
