import TangramDocument

/// Checks that no two things of a kind have one name.
struct UniqueNames {
    private let kind: String
    private var lines: [String: Int?] = [:]

    init(_ kind: String) { self.kind = kind }

    /// Reports `name` at `cursor` where it was seen before.
    mutating func insert(_ name: String, at cursor: Cursor) {
        let line = cursor.node.location?.line
        if let first = lines[name] {
            cursor.fail(
                "two \(kind)s are named \"\(name)\"",
                note: first.map { "the first is at line \($0)" })
        } else {
            lines[name] = .some(line)
        }
    }
}
