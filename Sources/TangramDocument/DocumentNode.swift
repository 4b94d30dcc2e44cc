/// A node of a YAML or JSON document that remembers where it stands.
///
/// Both front ends (the shipped JSON catalogue and users' YAML) produce this tree, so that there is
/// one decoder of each entry.
public struct DocumentNode: Hashable, Sendable {
    /// What a node holds.
    public enum Content: Hashable, Sendable {
        /// `null`, `~` or nothing.
        case null
        /// Text, a number or a Boolean; `isPlain` is false where it was quoted.
        case scalar(String, isPlain: Bool)
        /// A list.
        case sequence([DocumentNode])
        /// Keys with values, in document order.
        case mapping([Entry])
    }

    /// A key of a mapping with its value.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public var key: String
        /// Where the key stands.
        public var keyLocation: Location?
        /// The value.
        public var value: DocumentNode

        /// Creates an entry.
        public init(key: String, keyLocation: Location? = nil, value: DocumentNode) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    /// What the node holds.
    public var content: Content
    /// Where the node starts; nil for nodes built in code or read from JSON.
    public var location: Location?

    /// Creates a node.
    public init(_ content: Content, location: Location? = nil) {
        self.content = content
        self.location = location
    }

    /// The value of `key` in a mapping, nil where there is none or the node is no mapping.
    public subscript(key: String) -> DocumentNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// "a mapping", "a list", "text"…, for messages.
    public var kindName: String {
        switch content {
        case .null: "nothing"
        case .scalar(let text, let isPlain): isPlain ? text : "\"\(text)\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
