public import Foundation
public import TangramDocument

/// Reads YAML 1.1 text into the tree that all readers share.
///
/// The text may come from anyone: size, depth and the growth by aliases are limited, and whatever
/// is wrong ends in diagnostics.
public enum YAMLDocument {
    /// The deepest nesting that is read, aliases expanded.
    public static let depthLimit = 64
    /// The most nodes that a document may have, aliases expanded.
    public static let nodeLimit = 2_000_000

    /// The document in `text`.
    ///
    /// - Throws: Everything that is wrong with it, in document order.
    public static func parse(_ text: String, file: String) throws(DiagnosticList) -> DocumentNode {
        try parse(Data(text.utf8), file: file)
    }

    /// The document in the UTF-8 bytes `data`.
    ///
    /// - Throws: Everything that is wrong with it, in document order.
    public static func parse(_ data: Data, file: String) throws(DiagnosticList) -> DocumentNode {
        let text = try SourceText(data, file: file)
        return try onDeepStack {
            var composer = YAMLComposer(text: text, file: file)
            return composer.document()
        }.get()
    }

    /// The document in the file at `path`.
    ///
    /// - Throws: Everything that is wrong with it, in document order.
    public static func load(path: String) throws(DiagnosticList) -> DocumentNode {
        try parse(try SourceFile.read(path), file: path)
    }
}

/// Runs `work` on a thread whose stack holds the parser's recursion: it calls itself for each of
/// up to 1,000 levels before it refuses, too much for the small stacks of some thread pools.
private func onDeepStack<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result {
    let box = ResultBox<Result>()
    let thread = Thread {
        box.finish(with: work())
    }
    thread.stackSize = 64 << 20
    thread.start()
    return box.wait()
}

private final class ResultBox<Result: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var result: Result?

    func finish(with result: Result) {
        condition.lock()
        self.result = result
        condition.signal()
        condition.unlock()
    }

    func wait() -> Result {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result { return result }
            condition.wait()
        }
    }
}
