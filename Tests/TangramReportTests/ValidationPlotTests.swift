import TangramDocument
import TangramHardware
import TangramModels
import TangramReport
import TangramValidation
import Testing

@Suite("Plot of a validation")
struct ValidationPlotTests {
    private func outcomes(_ models: [String]) throws -> [RowOutcome] {
        let text =
            "id,model,accelerator,num_accel,TP,PP,metric,value\n"
            + models.map { "a,\($0),H100-80GB,8,1,1,iter_time_s,5" }.joined(separator: "\n")
        return try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: try MeasuredTable(bytes: Array(text.utf8), file: "m.csv"))
    }

    @Test("every predicted row is a point, and names are escaped")
    func points() throws {
        var rows = try outcomes(["llama-3.1-8b", "qwen3-8b", "qwen3-32b", "nonesuch"])
        rows[0].model = "a<b>&"
        let svg = ValidationPlot(rows).svg
        #expect(svg.components(separatedBy: "r=\"3\"").count - 1 == 3)
        #expect(svg.contains("a&lt;b&gt;&amp;"))
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    }

    @Test("a plot of nothing is an empty picture, not a crash")
    func empty() {
        #expect(ValidationPlot([]).svg.contains("</svg>"))
    }
}

extension String {
    fileprivate func components(separatedBy mark: String) -> [Substring] {
        split(separator: mark, omittingEmptySubsequences: false)
    }
}
