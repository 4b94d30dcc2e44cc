import TangramDocument

extension Cursor {
    /// The keys that ``provenance()`` reads.
    static var provenanceKeys: [String] {
        ["confidence", "unverified", "conflicts", "source", "retrieved"]
    }

    /// The provenance of the entry under the cursor.
    func provenance() -> Provenance? {
        let confidence = required("confidence")?.string()
        let source = required("source")?.string()
        let retrieved = required("retrieved")?.string()
        let unverified = optional("unverified")?.strings() ?? []
        let conflicts = optional("conflicts")?.string()
        guard let confidence, let source, let retrieved else { return nil }
        return Provenance(
            confidence: confidence, unverifiedFields: unverified, conflicts: conflicts,
            source: source, retrieved: retrieved)
    }

    /// The value of `key` read by `read`: `.some(nil)` where the key is absent, nil where the value
    /// was wrong and has been reported.
    func maybe<Value>(_ key: String, _ read: (Cursor) -> Value?) -> Value?? {
        guard let cursor = optional(key) else { return .some(nil) }
        guard let value = read(cursor) else { return nil }
        return .some(value)
    }
}
