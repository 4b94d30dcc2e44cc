package import TangramDocument

extension Cursor {
    /// This place of the document, but with `node` there.
    func at(_ node: DocumentNode) -> Cursor { Cursor(node, path: path, collector: collector) }

    /// What `read` makes of this entry; nil where it reported anything, an unknown key included.
    func whole<Value>(_ read: (Cursor) -> Value?) -> Value? {
        let count = collector.diagnostics.count + collector.droppedCount
        let value = read(self)
        return collector.diagnostics.count + collector.droppedCount == count ? value : nil
    }

    /// Cursors at the items of the list `key`, none where it is absent.
    ///
    /// - Parameter distinct: a key whose text may occur only once among the items.
    package func list(_ key: String, distinct: String? = nil) -> [Cursor] {
        guard let items = optional(key)?.items() else { return [] }
        guard let distinct else { return items }
        var seen: Set<String> = []
        return items.filter { item in
            guard case .scalar(let text, _)? = item.node[distinct]?.content else { return true }
            if seen.insert(text).inserted { return true }
            item.fail("\"\(text)\" is listed twice", note: "join the two entries")
            return false
        }
    }

    /// The entry under the cursor laid over `base`, with the provenance that follows from it.
    ///
    /// What the user states replaces what was unverified; the source says which fields are the
    /// user's where the entry names no source of its own.
    func laid(over base: DocumentNode?, named name: String) -> DocumentNode {
        guard case .mapping(let entries) = node.content else { return node }
        var derived: [DocumentNode.Entry] = []
        func derive(_ key: String, _ text: String) {
            derived.append(.init(key: key, value: .scalar(text)))
        }
        guard let base else {
            if node["source"] == nil { derive("source", collector.file) }
            if node["architecture"] == nil || node["id"] != nil {
                if node["confidence"] == nil { derive("confidence", "user") }
                if node["retrieved"] == nil { derive("retrieved", "with the plan") }
            }
            return node.merging(DocumentNode(.mapping(derived), location: node.location))
        }
        if node["id"] != nil { derive("id", name) }
        let stated = entries.map(\.key).filter { $0 != "id" && $0 != "architecture" }
        if node["source"] == nil, !stated.isEmpty,
            case .scalar(let source, _)? = base["source"]?.content
        {
            derive("source", "\(source); \(stated.joined(separator: ", ")) by \(collector.file)")
        }
        if node["unverified"] == nil,
            case .sequence(let fields)? = base["unverified"]?.content
        {
            let paths = Self.paths(of: node)
            let left = fields.filter {
                if case .scalar(let field, _) = $0.content { return !paths.contains(field) }
                return true
            }
            derived.append(.init(key: "unverified", value: DocumentNode(.sequence(left))))
        }
        return base.merging(node)
            .merging(DocumentNode(.mapping(derived), location: node.location))
    }

    /// The keys of a mapping, and those one level below as `outer.inner`.
    private static func paths(of node: DocumentNode) -> Set<String> {
        guard case .mapping(let entries) = node.content else { return [] }
        var paths: Set<String> = []
        for entry in entries {
            paths.insert(entry.key)
            guard case .mapping(let inner) = entry.value.content else { continue }
            paths.formUnion(inner.map { entry.key + "." + $0.key })
        }
        return paths
    }
}

extension DocumentNode {
    /// Text that stands nowhere.
    static func scalar(_ text: String) -> DocumentNode {
        DocumentNode(.scalar(text, isPlain: false))
    }
}
