import Foundation
import TangramDocument
import TangramModels

/// Finds models by catalogue name, or by the path of a Hugging Face `config.json`.
final class ModelLibrary {
    /// The most configurations that one scenario may name.
    static let fileLimit = 256

    private let catalogue: ModelCatalogue
    private let file: String
    private var read: [String: TransformerModel?] = [:]

    /// Paths are relative to `file`.
    init(catalogue: ModelCatalogue, file: String) {
        self.catalogue = catalogue
        self.file = file
    }

    /// The names of the catalogue.
    var names: [String] { catalogue.names }

    /// The model at `cursor`; nil after reporting.
    func model(_ cursor: Cursor) -> TransformerModel? {
        guard let name = cursor.string() else { return nil }
        if let model = catalogue.model(name) { return model }
        guard name.hasSuffix(".json") || name.hasPrefix("./") || name.hasPrefix("/") else {
            cursor.failUnknown("model", name, among: names)
            return nil
        }
        if let known = read[name] { return known }
        guard read.count < Self.fileLimit else {
            cursor.fail("more than \(Self.fileLimit) model files")
            return nil
        }
        let model = configuration(name, at: cursor)
        read[name] = .some(model)
        return model
    }

    private func configuration(_ path: String, at cursor: Cursor) -> TransformerModel? {
        let resolved = SourceFile.resolve(path, relativeTo: file)
        do throws(DiagnosticList) {
            let data = try SourceFile.read(resolved)
            return try HuggingFaceConfiguration.model(
                parsing: data, file: resolved, id: path)
        } catch {
            // Problems of the configuration are reported at its own lines, and once at the place
            // that names it.
            for diagnostic in error.diagnostics { cursor.collector.add(diagnostic) }
            cursor.fail("the model \"\(path)\" cannot be read")
            return nil
        }
    }
}
