public import TangramDocument
import TangramUnits

/// Reads the `config.json` that Hugging Face repositories carry into a ``TransformerModel``.
///
/// Keys that no shape follows from are ignored. A multimodal configuration is read at its
/// `text_config`; its `vision_config` gives the encoder of images, which no parameter count holds, and
/// audio towers are left out.
public enum HuggingFaceConfiguration {
    /// Every supported `model_type`, sorted.
    public static var supportedModelTypes: [String] { ModelFamily.modelTypes }

    /// The model that a `config.json` describes.
    ///
    /// - Parameters:
    ///   - bytes: The JSON text.
    ///   - file: The name that diagnostics give the file.
    ///   - id: The name of the model in scenarios.
    /// - Throws: Everything that is wrong with the file, in document order.
    public static func model(
        parsing bytes: some Collection<UInt8>, file: String, id: String
    ) throws(DiagnosticList) -> TransformerModel {
        let node = try JSONDocument.parse(bytes, file: file)
        let collector = DiagnosticCollector(file: file)
        guard let model = model(from: Cursor(node, collector: collector), id: id) else {
            throw DiagnosticList(collector.sorted)
        }
        return model
    }

    /// The model that the mapping under `cursor` describes; nil after reporting.
    public static func model(from cursor: Cursor, id: String) -> TransformerModel? {
        read(cursor, id: id)?.model
    }

    static func read(
        _ root: Cursor, id: String
    ) -> (model: TransformerModel, metadata: ModelMetadata)? {
        guard root.entries() != nil else { return nil }
        let nested = root.optional("text_config")
        if let nested, nested.entries() == nil { return nil }
        let cursor = nested ?? root
        guard let family = family(cursor: cursor, root: root) else { return nil }
        let reader = ConfigurationReader(cursor, root: root, spelling: family.spelling)
        let metadata = root.optional("_meta").map { ModelMetadata($0) } ?? ModelMetadata()
        let name = metadata.name ?? root.optional("name")?.string() ?? id
        guard let model = build(reader, family: family, id: id, name: name) else { return nil }
        var described = model
        described.provenance = metadata.provenance
        return (described, metadata)
    }

    /// The family, by the text part's `model_type`, then the whole's, then `architectures`.
    private static func family(cursor: Cursor, root: Cursor) -> ModelFamily? {
        var types: [String] = []
        for place in [cursor, root] {
            if let found = place.optional("model_type") {
                guard let text = found.string() else { return nil }
                types.append(text)
            }
        }
        var classes: [String] = []
        for place in [cursor, root] {
            if let found = place.optional("architectures") {
                guard let texts = found.strings() else { return nil }
                classes += texts
            }
        }
        for type in types {
            if let family = ModelFamily.named(modelType: type, architectures: []) { return family }
        }
        if let family = ModelFamily.named(modelType: nil, architectures: classes) { return family }
        guard let unknown = types.first ?? classes.first else {
            cursor.fail("missing key \"model_type\"", note: supportedNote(near: nil))
            return nil
        }
        (cursor.optional("model_type") ?? cursor)
            .fail("unsupported architecture \"\(unknown)\"", note: supportedNote(near: unknown))
        return nil
    }

    private static func supportedNote(near name: String?) -> String {
        let near = name.flatMap { nearest(to: $0, among: supportedModelTypes) }
        return (near.map { "did you mean \"\($0)\"? " } ?? "")
            + "supported: \(supportedModelTypes.joined(separator: ", "))"
    }
}
