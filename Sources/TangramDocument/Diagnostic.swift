/// Something wrong with, or worth saying about, a place in a file.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used, but probably does not say what was meant.
        case warning
    }

    /// The file, as the user named it.
    public var file: String
    /// The line, from 1; nil where the problem has no place.
    public var location: Location?
    /// Where in the document, for example `jobs[2].serve.model`; empty for the whole of it.
    public var path: String
    /// How bad it is.
    public var severity: Severity
    /// What is wrong, naming the value.
    public var message: String
    /// What is allowed, or a next step.
    public var note: String?

    /// Creates a diagnostic.
    public init(
        file: String, location: Location?, path: String = "", severity: Severity = .error,
        message: String, note: String? = nil
    ) {
        self.file = file
        self.location = location
        self.path = path
        self.severity = severity
        self.message = message
        self.note = note
    }

    /// `file:line:column: path: message — note`, the form editors understand.
    public var description: String {
        var text = file
        if let location { text += ":\(location.line):\(location.column)" }
        if severity == .warning { text += ": warning" }
        if !path.isEmpty { text += ": \(path)" }
        text += ": \(message)"
        if let note { text += " — \(note)" }
        return text
    }
}

/// All the diagnostics of one reading, in document order, as one error.
public struct DiagnosticList: Error, Hashable, Sendable, CustomStringConvertible {
    /// The diagnostics, in document order.
    public var diagnostics: [Diagnostic]

    /// Creates a list.
    public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

    /// One line each.
    public var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}

/// Collects diagnostics while a document is read, so that all of them are reported in one run.
public final class DiagnosticCollector {
    /// The file, as the user named it.
    public let file: String
    /// What was found so far, in the order it was found.
    public private(set) var diagnostics: [Diagnostic] = []
    /// Diagnostics past this number are counted, not kept.
    public let limit: Int
    /// How many were found beyond ``limit``.
    public private(set) var droppedCount = 0
    private var errorCount = 0

    /// Creates an empty collector.
    public init(file: String, limit: Int = 1_000) {
        self.file = file
        self.limit = limit
    }

    /// Whether further diagnostics are only counted; then no near misses need be looked for.
    public var isFull: Bool { diagnostics.count >= limit }

    /// Whether any error (not warning) was found.
    public var hasErrors: Bool { errorCount > 0 }

    /// Adds a diagnostic.
    public func add(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { errorCount += 1 }
        if diagnostics.count < limit {
            diagnostics.append(diagnostic)
        } else {
            droppedCount += 1
        }
    }

    /// What was found in document order; things without a place come last.
    public var sorted: [Diagnostic] {
        let order = diagnostics.enumerated().sorted { left, right in
            let (a, b) = (left.element.location, right.element.location)
            switch (a, b) {
            case (let a?, let b?) where a != b: return a < b
            case (nil, _?): return false
            case (_?, nil): return true
            default: return left.offset < right.offset
            }
        }
        return order.map(\.element)
    }
}

/// A place in a text file.
public struct Location: Hashable, Comparable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// The column in characters, from 1.
    public var column: Int

    /// Creates a place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The order in the file.
    public static func < (left: Location, right: Location) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
