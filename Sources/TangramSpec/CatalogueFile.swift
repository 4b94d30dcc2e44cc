public import TangramDocument
public import TangramHardware
public import TangramModels

/// A user's file with accelerators, links, efficiency profiles and models of its own.
public enum CatalogueFile {
    /// The keys such a file may have.
    static let keys = HardwareCatalogue.documentKeys + ["models"]
    /// The most files that a scenario may name.
    static let countLimit = 64

    /// Adds what the YAML file at `path` holds to the catalogues.
    ///
    /// - Returns: The warnings of the file.
    /// - Throws: Everything that is wrong with the file; the catalogues then are as they were.
    @discardableResult
    public static func load(
        path: String, hardware: inout HardwareCatalogue, models: inout ModelCatalogue
    ) throws(DiagnosticList) -> [Diagnostic] {
        let document = try YAMLDocument.load(path: path)
        let collector = DiagnosticCollector(file: path)
        let cursor = Cursor(document, collector: collector)
        var (newHardware, newModels) = (hardware, models)
        if cursor.allowKeys(keys) {
            merge(cursor, hardware: &newHardware, models: &newModels)
        }
        guard !collector.hasErrors else { throw collector.list }
        (hardware, models) = (newHardware, newModels)
        return collector.sorted
    }

    /// Adds what the mapping at `cursor` holds.
    static func merge(
        _ cursor: Cursor, hardware: inout HardwareCatalogue, models: inout ModelCatalogue
    ) {
        hardware.merge(cursor)
        if let list = cursor.optional("models") { models.merge(list) }
    }
}

extension DiagnosticCollector {
    /// What was found, and how much more there is.
    var list: DiagnosticList {
        var diagnostics = sorted
        if droppedCount > 0 {
            diagnostics.append(
                Diagnostic(
                    file: file, location: nil, message: "\(droppedCount) further problems"))
        }
        return DiagnosticList(diagnostics)
    }
}
