import Foundation
import TangramDocument
import TangramHardware
import TangramModels
import TangramValidation

/// Outcomes of the measurements beside the repository; nil, with a message, where they are absent.
enum MeasuredFolder {
    static func outcomes(_ file: String) throws -> [RowOutcome]? {
        let repository = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = repository.deletingLastPathComponent()
            .appendingPathComponent("shared/measured/\(file)")
        guard let data = try? Data(contentsOf: path) else {
            print("skipped: no \(path.path)")
            return nil
        }
        return try Validation(
            hardware: try HardwareCatalogue.builtIn(), models: try ModelCatalogue.builtIn()
        ).outcomes(of: try MeasuredTable(bytes: Array(data), file: file))
    }
}
