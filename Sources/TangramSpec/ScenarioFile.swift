public import Foundation
public import TangramDocument
public import TangramHardware
public import TangramModels
public import TangramPlacement

/// A scenario read from a file, with the catalogues its names were looked up in.
public struct ScenarioFile: Sendable {
    /// The scenario.
    public var scenario: Scenario
    /// What is probably not meant, in document order.
    public var warnings: [Diagnostic]
    /// The shipped accelerators and links with the user's own.
    public var hardware: HardwareCatalogue
    /// The shipped models with the user's own.
    public var models: ModelCatalogue

    /// Reads the scenario at `path` and the catalogues it names.
    ///
    /// - Parameter catalogFiles: further catalogue files, laid over the shipped catalogue in this
    ///   order; what the scenario itself names comes last.
    /// - Throws: Everything that is wrong with the files, in document order.
    public static func load(
        path: String, catalogFiles: [String] = []
    ) throws(DiagnosticList) -> ScenarioFile {
        var (hardware, models) = try shippedCatalogues()
        var warnings: [Diagnostic] = []
        for file in catalogFiles {
            warnings += try CatalogueFile.load(path: file, hardware: &hardware, models: &models)
        }
        let document = try YAMLDocument.load(path: path)
        return try read(
            document, file: path, hardware: hardware, models: models, warnings: warnings)
    }

    /// Reads a scenario from `text`, as if it were the contents of the file at `path`.
    ///
    /// - Throws: Everything that is wrong with it, in document order.
    public static func parse(_ text: String, path: String) throws(DiagnosticList) -> ScenarioFile {
        try parse(Data(text.utf8), path: path)
    }

    /// Reads a scenario from UTF-8 bytes, as if they were the contents of the file at `path`.
    ///
    /// - Throws: Everything that is wrong with it, in document order.
    public static func parse(_ data: Data, path: String) throws(DiagnosticList) -> ScenarioFile {
        let (hardware, models) = try shippedCatalogues()
        let document = try YAMLDocument.parse(data, file: path)
        return try read(document, file: path, hardware: hardware, models: models, warnings: [])
    }

    /// Reads the scenario in `document`, which came from the file at `path`.
    private static func read(
        _ document: DocumentNode, file path: String, hardware: HardwareCatalogue,
        models: ModelCatalogue, warnings: [Diagnostic]
    ) throws(DiagnosticList) -> ScenarioFile {
        let collector = DiagnosticCollector(file: path)
        var (hardware, models) = (hardware, models)
        var others: [Diagnostic] = []
        if let catalog = Cursor(document, collector: collector).optional("catalog") {
            others = merge(catalog, hardware: &hardware, models: &models)
        }
        let reader = ScenarioReader(hardware: hardware, models: models, collector: collector)
        let scenario = reader.read(document)
        let hasOtherErrors = others.contains { $0.severity == .error }
        guard let scenario, !hasOtherErrors else {
            throw DiagnosticList(collector.list.diagnostics + others)
        }
        return ScenarioFile(
            scenario: scenario, warnings: warnings + others + collector.sorted, hardware: hardware,
            models: models)
    }

    /// Lays what `catalog:` names over the catalogues.
    ///
    /// - Returns: What is to say about the files it names.
    private static func merge(
        _ cursor: Cursor, hardware: inout HardwareCatalogue, models: inout ModelCatalogue
    ) -> [Diagnostic] {
        if case .mapping = cursor.node.content {
            if cursor.allowKeys(CatalogueFile.keys) {
                CatalogueFile.merge(cursor, hardware: &hardware, models: &models)
            }
            return []
        }
        var found: [Diagnostic] = []
        let items = cursor.itemsOrSelf()
        guard items.count <= CatalogueFile.countLimit else {
            cursor.fail("more than \(CatalogueFile.countLimit) catalogue files")
            return []
        }
        for item in items {
            guard let name = item.string() else { continue }
            let path = SourceFile.resolve(name, relativeTo: cursor.collector.file)
            do throws(DiagnosticList) {
                found += try CatalogueFile.load(path: path, hardware: &hardware, models: &models)
            } catch {
                found += error.diagnostics
                item.fail("the catalogue \"\(name)\" cannot be used")
            }
        }
        return found
    }

    private static func shippedCatalogues() throws(DiagnosticList) -> (
        HardwareCatalogue, ModelCatalogue
    ) {
        do {
            return (try HardwareCatalogue.builtIn(), try ModelCatalogue.builtIn())
        } catch {
            throw SourceFile.problem("catalogue", "\(error)")
        }
    }
}
