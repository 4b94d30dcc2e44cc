import ArgumentParser
import Foundation
import Tangram
import TangramCommandCore

/// `tangram validate [FILE.csv]`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Compare predictions with measurements, published ones or your own.",
        discussion: """
            Without a file the published measurements that come with Tangram are predicted. The \
            columns are described in docs/accuracy.md. A blank field is unknown: it is searched or a \
            default is taken, and the report says so.
            """)

    @Argument(help: "A table of measurements as comma-separated values.")
    var file: String?

    @OptionGroup var catalogs: CatalogOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "How many of the worst rows to break down.")
    var worst = 10

    @Option(
        help:
            "An engine whose overheads all rows of serving are predicted with; each row's own by default."
    )
    var engine: String?

    @Option(help: "Write a plot of predicted against measured values to this SVG file.")
    var plot: String?

    private func tables() throws(DiagnosticList) -> [MeasuredTable] {
        guard let file else { return try MeasuredTable.shipped() }
        return [try MeasuredTable(bytes: Array(try SourceFile.read(file)), file: file)]
    }

    func run() throws {
        let catalogues = try catalogs.catalogues()
        let engine = try engine.map(Self.engine)
        var outcomes: [RowOutcome] = []
        do throws(DiagnosticList) {
            let validation = Validation(
                hardware: catalogues.hardware, models: catalogues.models, engine: engine)
            for table in try tables() { outcomes += try validation.outcomes(of: table) }
        } catch {
            throw CommandFailure(error)
        }
        if let plot { try TextOutput.write(ValidationPlot(outcomes).svg, path: plot) }
        let report = ValidationReport(outcomes, worstLimit: worst)
        try output.emit(
            text: { report.text(style: $0) }, json: { ValidationJSON.value(outcomes) })
    }

    private static func engine(_ name: String) throws -> ServingEngine {
        let names = try ServingEngine.shippedNames()
        guard names.contains(name), let engine = try ServingEngine.shipped(name) else {
            throw CommandFailure(
                "no engine \"\(name)\"; known: \(names.joined(separator: ", "))")
        }
        return engine
    }
}
