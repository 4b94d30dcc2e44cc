import TangramHardware
import TangramUnits
public import TangramValidation

/// What was fitted to a user's measurements, as text for people and as JSON.
public struct CalibrationReport: Sendable {
    private let result: Calibrator.Result

    /// Prepares a report.
    public init(_ result: Calibrator.Result) { self.result = result }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        var table = TextTable([
            .text("accelerator"), .number("rows"), .number("matrix"), .number("attention"),
            .number("memory"), .number("error before"), .number("after, cross-validated"),
        ])
        for fit in result.fits {
            table.add([
                .init(fit.accelerator), .init(Figures.count(fit.rowCount)),
                .init(formatNumber(fit.calibration.matrix, digits: 3)),
                .init(formatNumber(fit.calibration.attention, digits: 3)),
                .init(formatNumber(fit.calibration.memory, digits: 3)),
                .init(Figures.percent(fit.errorBefore)), .init(Figures.percent(fit.errorAfter)),
            ])
        }
        var lines = [style.apply(.bold, "Rates relative to the catalogue")]
        lines += table.lines(style: style)
        for skipped in result.skipped {
            lines.append(
                "  \(skipped.accelerator): \(skipped.rowCount) rows with a predicted time; at least "
                    + "\(Calibrator.leastRowCount) are needed")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
