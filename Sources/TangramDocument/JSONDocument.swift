/// JSON text as a tree of located nodes.
public enum JSONDocument {
    /// Lists and mappings nested deeper than this are refused, so that no input exhausts the stack.
    public static let maximumDepth = 128

    /// The document that `bytes` (UTF-8, RFC 8259) hold.
    ///
    /// Nodes and keys know their line and column (counted in UTF-8 bytes, from 1), and mappings keep
    /// the order of the text. Numbers keep their spelling.
    ///
    /// - Parameter file: The name that diagnostics give the file.
    /// - Throws: One ``Diagnostic`` at the first byte that is not JSON.
    /// - Complexity: O(bytes).
    public static func parse(
        _ bytes: some Collection<UInt8>, file: String
    ) throws(DiagnosticList) -> DocumentNode {
        var reader = JSONReader(Array(bytes))
        do {
            return try reader.document()
        } catch {
            let diagnostic = Diagnostic(
                file: file, location: error.location, message: error.message)
            throw DiagnosticList([diagnostic])
        }
    }
}

/// Why a text is not JSON, and where.
struct JSONError: Error {
    var message: String
    var location: Location
}
