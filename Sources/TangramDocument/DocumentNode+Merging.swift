extension DocumentNode {
    /// This tree with the entries of `other` laid over it: mappings are joined key by key at every
    /// depth, anything else is replaced. A null in `other` hides the value below it.
    public func merging(_ other: DocumentNode) -> DocumentNode {
        guard case .mapping(let below) = content, case .mapping(let above) = other.content else {
            return other
        }
        var entries = below
        for entry in above {
            if let index = entries.firstIndex(where: { $0.key == entry.key }) {
                entries[index].keyLocation = entry.keyLocation
                entries[index].value = entries[index].value.merging(entry.value)
            } else {
                entries.append(entry)
            }
        }
        return DocumentNode(.mapping(entries), location: other.location)
    }

    /// This mapping without `key`; anything else as it is.
    public func removing(_ key: String) -> DocumentNode {
        guard case .mapping(let entries) = content else { return self }
        return DocumentNode(.mapping(entries.filter { $0.key != key }), location: location)
    }
}
