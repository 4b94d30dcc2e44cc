/// Facts as labels and values, aligned: what `show` commands print.
public struct FactList: Hashable, Sendable {
    /// The heading.
    public var title: String
    /// The facts, in order.
    public private(set) var rows: [TextTable.Row] = []

    /// Creates a list without facts.
    public init(title: String) { self.title = title }

    /// Adds a fact; nil and empty values are left out.
    public mutating func add(_ label: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        rows.append([.init(label), .init(value)])
    }

    /// The lines, the heading first.
    public func lines(style: TextStyle = .plain) -> [String] {
        var table = TextTable([.text(""), .text("")])
        table.rows = rows
        return [style.apply(.bold, title.printable)] + table.lines(style: style)
    }

    /// The facts as text with notes below them, with a line break at the end.
    public func text(notes: [String] = [], style: TextStyle = .plain) -> String {
        var lines = lines(style: style)
        if !notes.isEmpty { lines.append("") }
        lines += notes.map { "  - \($0.printable)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
