/// How text is decorated: plain, or with ANSI escapes for a terminal.
public struct TextStyle: Hashable, Sendable {
    /// Whether bold and colours are written.
    public var isColoured: Bool

    /// Creates a style.
    public init(isColoured: Bool) { self.isColoured = isColoured }

    /// Text without escapes, for files and pipes.
    public static let plain = TextStyle(isColoured: false)
    /// Text with ANSI escapes, for terminals.
    public static let coloured = TextStyle(isColoured: true)

    /// A way to set text apart.
    public enum Emphasis: String, Hashable, Sendable {
        /// Headings.
        case bold = "1"
        /// What matters less.
        case dim = "2"
        /// What is wrong.
        case red = "31"
        /// What is right.
        case green = "32"
        /// What to look at.
        case yellow = "33"
    }

    /// `text` with `emphasis`, or as it is where the style is plain.
    public func apply(_ emphasis: Emphasis, _ text: String) -> String {
        guard isColoured, !text.isEmpty else { return text }
        return "\u{1B}[\(emphasis.rawValue)m\(text)\u{1B}[0m"
    }
}
