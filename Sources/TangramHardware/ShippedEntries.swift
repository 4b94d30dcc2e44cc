package import TangramDocument

/// The list `key` of a data file that was embedded when the package was built.
///
/// - Parameters:
///   - file: Its name, for errors.
///   - bytes: Its content.
///   - allowed: The keys of its root.
///   - read: Reads an entry; what it gives nil for has left a word in the cursor.
/// - Throws: ``CatalogueError`` where the file was damaged when the package was built.
package func shippedEntries<Entry>(
    _ file: String, _ bytes: UnsafeBufferPointer<UInt8>, _ key: String, allowed: [String],
    read: (Cursor) -> Entry?
) throws(CatalogueError) -> [Entry] {
    let node: DocumentNode
    do throws(DiagnosticList) {
        node = try JSONDocument.parse(Array(bytes), file: file)
    } catch {
        throw .invalid(error)
    }
    let collector = DiagnosticCollector(file: file)
    let root = Cursor(node, collector: collector)
    _ = root.allowKeys(allowed)
    let entries = root.list(key).compactMap(read)
    if collector.hasErrors { throw .invalid(DiagnosticList(collector.sorted)) }
    return entries
}
