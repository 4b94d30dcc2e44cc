/// A table with aligned columns; nothing is wrapped.
public struct TextTable: Hashable, Sendable {
    /// Where a column's text stands.
    public enum Alignment: Hashable, Sendable {
        /// At the left: words.
        case left
        /// At the right: numbers.
        case right
    }

    /// A column.
    public struct Column: Hashable, Sendable {
        /// What it holds.
        public var title: String
        /// Where its text stands.
        public var alignment: Alignment

        /// A column of words.
        public static func text(_ title: String) -> Column {
            Column(title: title, alignment: .left)
        }
        /// A column of numbers.
        public static func number(_ title: String) -> Column {
            Column(title: title, alignment: .right)
        }
    }

    /// A cell.
    public struct Cell: Hashable, Sendable, ExpressibleByStringInterpolation {
        /// What it says.
        public var text: String
        /// How it is set apart.
        public var emphasis: TextStyle.Emphasis?

        /// Creates a cell; line breaks become spaces.
        public init(_ text: String, _ emphasis: TextStyle.Emphasis? = nil) {
            self.text = text.printable
            self.emphasis = emphasis
        }
        /// Creates a cell without emphasis.
        public init(stringLiteral text: String) { self.init(text) }
    }

    /// The columns.
    public var columns: [Column]
    /// The rows; missing cells are empty, cells beyond the columns are dropped.
    public var rows: [[Cell]] = []

    /// Creates an empty table.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row.
    public mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// The lines: a heading, and one for each row; columns that are empty in every row are left
    /// out.
    public func lines(style: TextStyle = .plain, indent: Int = 2) -> [String] {
        let used = columns.indices.filter { index in
            rows.isEmpty || rows.contains { index < $0.count && !$0[index].text.isEmpty }
        }
        let heading = columns.map { Cell($0.title, .bold) }
        let widths = used.map { index in
            ([heading] + rows).reduce(0) {
                max($0, index < $1.count ? $1[index].text.columnWidth : 0)
            }
        }
        let margin = String(repeating: " ", count: indent)
        let titles = columns.contains { !$0.title.isEmpty } ? [heading] : []
        return (titles + rows).map { row in
            var line = margin
            var pending = 0
            for (place, index) in used.enumerated() {
                let cell = index < row.count ? row[index] : ""
                let padding = widths[place] - cell.text.columnWidth
                let isRight = columns[index].alignment == .right
                pending += isRight ? padding : 0
                if !cell.text.isEmpty {
                    line += String(repeating: " ", count: pending)
                    line += cell.emphasis.map { style.apply($0, cell.text) } ?? cell.text
                    pending = 0
                }
                pending += (isRight ? 0 : padding) + 2
            }
            return line == margin ? "" : line
        }
    }
}

extension String {
    /// The text without control characters, so that no name in a file writes to the terminal.
    var printable: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return self
        }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            result.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(result)
    }
}
