/// A JSON value that keeps the order of its keys, so that the same report is the same text.
public indirect enum JSONValue: Hashable, Sendable {
    /// Nothing.
    case null
    /// A Boolean.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number; one that is not finite is written as null.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Keys with values, in order.
    case object([Member])

    /// A key with its value.
    public struct Member: Hashable, Sendable {
        /// The key.
        public var key: String
        /// The value.
        public var value: JSONValue

        /// Creates a member.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// An object of `members`, in order.
    public static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member(key: $0.key, value: $0.value) })
    }

    /// The value of `key` in an object, nil where there is none.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// This object with the members of `other` behind its own.
    func appending(_ other: JSONValue) -> JSONValue {
        guard case .object(let left) = self, case .object(let right) = other else { return self }
        return .object(left + right)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral, ExpressibleByBooleanLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// Nothing.
    public init(nilLiteral: ()) { self = .null }
    /// A Boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Text, or null.
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }
    /// A whole number, or null.
    init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }
    /// A number, or null.
    init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
    /// A Boolean, or null.
    init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
    /// A list of texts.
    init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }
}
