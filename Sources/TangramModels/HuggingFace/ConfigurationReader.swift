import TangramDocument

/// Reads sizes and flags of one configuration; after a problem it reports, returns a harmless value
/// and remembers that the model cannot be built.
final class ConfigurationReader {
    /// The text part of the configuration.
    let cursor: Cursor
    /// The whole of it, which multimodal models nest the text part in.
    let root: Cursor
    /// How the family spells a key.
    let spelling: [String: String]
    private(set) var hasFailed = false

    init(_ cursor: Cursor, root: Cursor, spelling: [String: String] = [:]) {
        self.cursor = cursor
        self.root = root
        self.spelling = spelling
    }

    private func spelled(_ key: String) -> String { spelling[key] ?? key }

    /// A cursor at `key`, of the text part or, where it is not there, of the whole.
    func shared(_ key: String) -> Cursor? { cursor.optional(key) ?? root.optional(key) }

    func contains(_ key: String) -> Bool { cursor.optional(spelled(key)) != nil }

    /// Reports an error at the value of `key`.
    func fail(_ key: String, _ message: String, note: String? = nil) {
        hasFailed = true
        (cursor.optional(spelled(key)) ?? cursor).fail(message, note: note)
    }

    func required(_ key: String, from minimum: Int = 1, upTo maximum: Int) -> Int {
        guard let value = cursor.required(spelled(key))?.integer(in: minimum...maximum) else {
            hasFailed = true
            return max(1, minimum)
        }
        return value
    }

    func optional(_ key: String, from minimum: Int = 1, upTo maximum: Int) -> Int? {
        guard let found = cursor.optional(spelled(key)) else { return nil }
        return checked(found.integer(in: minimum...maximum))
    }

    func flag(_ key: String, default fallback: Bool) -> Bool {
        guard let found = cursor.optional(key) else { return fallback }
        return checked(found.bool()) ?? fallback
    }

    /// The integers of a list, nil where there is none.
    func integers(_ key: String, in range: ClosedRange<Int>) -> [Int]? {
        guard let found = cursor.optional(key) else { return nil }
        guard let items = checked(found.items()) else { return nil }
        return items.map { checked($0.integer(in: range)) ?? range.lowerBound }
    }

    /// The texts of a list, nil where there is none.
    func texts(_ key: String) -> [Cursor]? {
        guard let found = cursor.optional(key) else { return nil }
        return checked(found.items())
    }

    /// Remembers that a reader which reported returned nothing.
    func checked<Value>(_ value: Value?) -> Value? {
        if value == nil { hasFailed = true }
        return value
    }
}
