import CCatalogueData
public import TangramDocument

/// The known models by name: those that Tangram ships, and the user's own.
public struct ModelCatalogue: Sendable {
    private struct Entry: Sendable {
        var model: TransformerModel
        var node: DocumentNode
    }

    private var entries: [String: Entry] = [:]
    /// Other names of models, each with the id it stands for.
    public private(set) var aliases: [String: String] = [:]

    /// An empty catalogue.
    public init() {}

    /// The ids of all models, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// All models, in the order of their ids.
    public var models: [TransformerModel] {
        names.compactMap { entries[$0]?.model }
    }

    /// The model of that id or alias, nil where there is none.
    public func model(_ id: String) -> TransformerModel? {
        entry(id)?.model
    }

    /// The id or alias most like `text`, for messages.
    public func nearestName(to text: String) -> String? {
        nearest(to: text, among: names + aliases.keys.sorted())
    }

    private func entry(_ id: String) -> Entry? {
        entries[id] ?? aliases[id].flatMap { entries[$0] }
    }

    /// The shipped models. They are read once and kept.
    ///
    /// - Throws: What is wrong with the shipped files, which the tests exclude.
    public static func builtIn() throws(DiagnosticList) -> ModelCatalogue {
        try shipped.get()
    }

    private static let shipped: Result<ModelCatalogue, DiagnosticList> = {
        var catalogue = ModelCatalogue()
        var problems: [Diagnostic] = []
        var count = 0
        let files = UnsafeBufferPointer(start: tangram_model_files(&count), count: count)
        for entry in files {
            let id = String(cString: entry.id)
            let file = "models/\(id).json"
            let bytes = UnsafeBufferPointer(start: entry.bytes, count: entry.count)
            do throws(DiagnosticList) {
                let node = try JSONDocument.parse(bytes, file: file)
                let collector = DiagnosticCollector(file: file)
                catalogue.add(Cursor(node, collector: collector), id: id)
                problems += collector.sorted
            } catch {
                problems += error.diagnostics
            }
        }
        return problems.isEmpty ? .success(catalogue) : .failure(DiagnosticList(problems))
    }()

    /// Adds or replaces the models of a `models:` list; problems go to the cursor's collector.
    ///
    /// Every item has an `id` and either the keys of a Hugging Face configuration, or `base:`, the
    /// name of a known model (one of the same list above it will do), and the keys that differ.
    public mutating func merge(_ cursor: Cursor) {
        var seen: Set<String> = []
        for item in cursor.items() ?? [] {
            guard item.entries() != nil, let idCursor = item.required("id"),
                let id = idCursor.string()
            else { continue }
            if id.isEmpty { idCursor.fail("a model needs a name") }
            if !seen.insert(id).inserted { idCursor.fail("two models are named \"\(id)\"") }
            if let base = item.optional("base") {
                guard let name = base.string() else { continue }
                guard let known = entry(name) else {
                    base.fail(
                        "unknown model \"\(name)\"",
                        note: nearestName(to: name).map { "did you mean \"\($0)\"?" })
                    continue
                }
                let node = Self.override(known.node, name: name, by: item)
                add(Cursor(node, path: item.path, collector: item.collector), id: id)
            } else {
                add(item, id: id)
            }
        }
    }

    private mutating func add(_ cursor: Cursor, id: String) {
        guard let (model, metadata) = HuggingFaceConfiguration.read(cursor, id: id) else { return }
        entries[id] = Entry(model: model, node: cursor.node)
        // A user's model of that name hides the alias.
        aliases[id] = nil
        for alias in metadata.aliases where entries[alias] == nil { aliases[alias] = id }
    }
}
