public import TangramDocument

/// Why the shipped catalogue cannot be used.
public enum CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A data file has entries that are wrong.
    case invalid(DiagnosticList)

    /// The message for people.
    public var description: String {
        switch self {
        case .invalid(let list): list.description
        }
    }
}
