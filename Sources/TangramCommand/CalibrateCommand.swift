import ArgumentParser
import Foundation
import Tangram
import TangramCommandCore

/// `tangram calibrate FILE.csv -o calibration.yaml`.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Fit rates of your accelerators to your own measurements.",
        discussion: """
            Reads the same tables as validate, of training, serving or single operators, fits three \
            rates of each accelerator between 0.5 and 1.5 of the catalogue's, and writes them as a \
            file for --catalog. The catalogue itself stays as it is. Errors after the fit are those \
            of rows left out of it.
            """)

    @Argument(help: "A table of measurements as comma-separated values.")
    var file: String

    @OptionGroup var catalogs: CatalogOptions

    @Option(name: .shortAndLong, help: "The catalogue file to write, whole or not at all.")
    var output: String

    func run() throws {
        let catalogues = try catalogs.catalogues()
        let result: Calibrator.Result
        do throws(DiagnosticList) {
            let data = try SourceFile.read(file)
            let table = try MeasuredTable(bytes: Array(data), file: file)
            result = try Calibrator().fit(
                table, hardware: catalogues.hardware, models: catalogues.models)
        } catch {
            throw CommandFailure(error)
        }
        try TextOutput.write(CalibrationReport(result).text())
        guard !result.fits.isEmpty else {
            throw CommandFailure(
                "\(file): no accelerator has \(Calibrator.leastRowCount) rows whose time is predicted; "
                    + "tangram validate says what became of each row")
        }
        try TextOutput.write(result.yaml, path: output)
    }
}
