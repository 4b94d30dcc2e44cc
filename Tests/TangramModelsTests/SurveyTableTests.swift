import Foundation
import TangramModels
import Testing

/// One row of the survey's table of parameter counts, which is not part of the repository.
struct SurveyRow: Sendable, CustomTestStringConvertible {
    var cells: [String: String]
    var testDescription: String { cells["id"] ?? "?" }

    func integer(_ column: String) -> Int? { cells[column].flatMap { Int($0) } }
    func number(_ column: String) -> Double? { cells[column].flatMap { Double($0) } }

    /// The table next to the repository; empty where it is absent.
    static let all: [SurveyRow] = {
        var directory = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { directory.deleteLastPathComponent() }
        for _ in 0..<2 {
            directory.deleteLastPathComponent()
            let file = directory.appendingPathComponent("shared/catalogue/param_check.csv")
            if let text = try? String(contentsOf: file, encoding: .utf8) { return rows(text) }
        }
        return []
    }()

    private static func rows(_ text: String) -> [SurveyRow] {
        let lines = text.split(whereSeparator: \.isNewline).map(split)
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map {
            SurveyRow(cells: Dictionary(zip(header, $0)) { first, _ in first })
        }
    }

    private static func split(_ line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}

@Suite("Survey table")
struct SurveyTableTests {
    @Test(
        "every row of the survey is reproduced to the last parameter and byte",
        .enabled(if: !SurveyRow.all.isEmpty, "the survey's table is not next to the repository"),
        arguments: SurveyRow.all)
    func row(_ row: SurveyRow) throws {
        let model = try #require(try ModelCatalogue.builtIn().model(row.testDescription))
        #expect(model.parameterCount == row.integer("computed_total"))
        #expect(model.activeParameterCount(.all) == row.integer("computed_active"))
        #expect(
            model.activeParameterCount(.withoutInputEmbedding)
                == row.integer("computed_active_no_input_embed"))
        #expect(
            model.activeParameterCount(.withoutEmbeddings)
                == row.integer("computed_active_no_embed_no_head"))
        #expect(model.parameters.multiTokenPrediction == row.integer("mtp_extra"))
        #expect(model.keyValueBytesPerToken() == row.number("kv_bytes"))
        #expect(model.indexerBytesPerToken() == row.number("indexer_bytes"))
    }

    @Test("every surveyed model is shipped", .enabled(if: !SurveyRow.all.isEmpty))
    func complete() throws {
        let names = try ModelCatalogue.builtIn().names
        #expect(Set(names).isSuperset(of: SurveyRow.all.map(\.testDescription)))
        #expect(names.count == 36)
    }
}
