public import TangramDocument

/// Why the shipped catalogue cannot be used.
public enum CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A data file is not JSON.
    case unreadable(file: String, reason: String)
    /// A data file has entries that are wrong.
    case invalid(DiagnosticList)

    /// The message for people.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "cannot read \(file): \(reason)"
        case .invalid(let list): list.description
        }
    }
}
