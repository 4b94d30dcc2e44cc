/// Reads a ``DocumentNode`` field by field, collecting a located diagnostic for everything that is
/// missing, unknown or of the wrong kind, and going on.
///
/// Every reader returns nil after reporting, so that one run finds all errors of a file.
public struct Cursor {
    /// The node under the cursor.
    public let node: DocumentNode
    /// Its path from the root, for example `jobs[2].serve`.
    public let path: String
    /// Where problems go.
    public let collector: DiagnosticCollector

    /// Creates a cursor at `node`.
    public init(_ node: DocumentNode, path: String = "", collector: DiagnosticCollector) {
        self.node = node
        self.path = path
        self.collector = collector
    }

    /// Reports an error at this node.
    public func fail(_ message: String, note: String? = nil) {
        collector.add(
            Diagnostic(
                file: collector.file, location: node.location, path: path, message: message,
                note: note))
    }

    /// Reports a warning at this node.
    public func warn(_ message: String, note: String? = nil) {
        collector.add(
            Diagnostic(
                file: collector.file, location: node.location, path: path, severity: .warning,
                message: message, note: note))
    }

    // MARK: Mappings

    /// The entries of a mapping, each with a cursor at its value; nil after reporting where the
    /// node is something else.
    public func entries() -> [(key: String, cursor: Cursor)]? {
        guard case .mapping(let entries) = node.content else {
            fail("expected a mapping, found \(node.kindName)")
            return nil
        }
        return entries.map { ($0.key, Cursor($0.value, path: join($0.key), collector: collector)) }
    }

    /// Reports every key that is not in `known`, with the nearest one that is.
    ///
    /// - Returns: Whether the node is a mapping at all.
    @discardableResult
    public func allowKeys(_ known: [String]) -> Bool {
        guard case .mapping(let entries) = node.content else {
            fail("expected a mapping, found \(node.kindName)")
            return false
        }
        for entry in entries where !known.contains(entry.key) {
            let near = collector.isFull ? nil : nearest(to: entry.key, among: known)
            let note =
                near.map { "did you mean \"\($0)\"?" }
                ?? "allowed here: \(known.sorted().joined(separator: ", "))"
            collector.add(
                Diagnostic(
                    file: collector.file, location: entry.keyLocation ?? entry.value.location,
                    path: join(entry.key), message: "unknown key \"\(entry.key)\"", note: note))
        }
        return true
    }

    /// A cursor at the value of `key`, nil where it is absent or null.
    public func optional(_ key: String) -> Cursor? {
        guard let value = node[key] else { return nil }
        if case .null = value.content { return nil }
        return Cursor(value, path: join(key), collector: collector)
    }

    /// A cursor at the value of `key`; nil after reporting where it is absent or null.
    public func required(_ key: String) -> Cursor? {
        if let cursor = optional(key) { return cursor }
        fail("missing key \"\(key)\"")
        return nil
    }

    // MARK: Lists

    /// Cursors at the items of a list; nil after reporting where the node is something else.
    public func items() -> [Cursor]? {
        guard case .sequence(let nodes) = node.content else {
            fail("expected a list, found \(node.kindName)")
            return nil
        }
        return nodes.enumerated().map {
            Cursor($0.element, path: "\(path)[\($0.offset)]", collector: collector)
        }
    }

    /// The texts of a list, or the one text where the node is a scalar.
    public func strings() -> [String]? {
        if case .scalar(let text, _) = node.content { return [text] }
        return items()?.compactMap { $0.string() }
    }

    // MARK: Scalars

    /// The text of a scalar.
    public func string() -> String? {
        guard case .scalar(let text, _) = node.content else {
            fail("expected text, found \(node.kindName)")
            return nil
        }
        return text
    }

    /// A Boolean, written `true` or `false`.
    public func bool() -> Bool? {
        if case .scalar(let text, isPlain: true) = node.content {
            if text == "true" { return true }
            if text == "false" { return false }
        }
        fail("expected true or false, found \(node.kindName)")
        return nil
    }

    /// A whole number within `range`.
    public func integer(in range: ClosedRange<Int> = .min ... .max) -> Int? {
        guard case .scalar(let text, isPlain: true) = node.content,
            let value = Int(text.filter { $0 != "_" })
        else {
            fail("expected a whole number, found \(node.kindName)")
            return nil
        }
        guard range.contains(value) else {
            fail("\(value) is out of range", note: "allowed: \(Self.text(range))")
            return nil
        }
        return value
    }

    /// A finite number within `range`.
    public func number(in range: ClosedRange<Double> = -.infinity ... .infinity) -> Double? {
        guard case .scalar(let text, isPlain: true) = node.content,
            let value = Double(text.filter { $0 != "_" }), value.isFinite
        else {
            fail("expected a number, found \(node.kindName)")
            return nil
        }
        guard range.contains(value) else {
            let note =
                range.upperBound == .infinity
                ? "at least \(range.lowerBound)"
                : "allowed: \(range.lowerBound) to \(range.upperBound)"
            fail("\(text) is out of range", note: note)
            return nil
        }
        return value
    }

    /// One of `choices`, with the nearest suggested where it is none.
    public func choice<Choice>(_ choices: [(String, Choice)]) -> Choice? {
        guard let text = string() else { return nil }
        if let match = choices.first(where: { $0.0 == text }) { return match.1 }
        let names = choices.map(\.0)
        let near = collector.isFull ? nil : nearest(to: text, among: names)
        let note =
            near.map { "did you mean \"\($0)\"?" }
            ?? "one of \(names.joined(separator: ", "))"
        fail("unknown value \"\(text)\"", note: note)
        return nil
    }

    private func join(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

    private static func text(_ range: ClosedRange<Int>) -> String {
        if range.upperBound == .max { return "at least \(range.lowerBound)" }
        if range.lowerBound == .min { return "at most \(range.upperBound)" }
        return "\(range.lowerBound) to \(range.upperBound)"
    }
}
