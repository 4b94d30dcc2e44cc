import Foundation

/// Tables of measurements that lie beside the repository; not part of it.
enum SharedTable {
    struct Row {
        var fields: [String: Substring]
        subscript(_ name: String) -> Substring? { fields[name] }
        func number(_ name: String) -> Double? { fields[name].flatMap { Double($0) } }
    }

    /// The rows of a table without quoted fields; nil, with a message, where it is absent.
    static func rows(_ path: String) -> [Row]? {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "../shared/" + path)
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            print("skipped: no \(file.path)")
            return nil
        }
        let lines = text.split(whereSeparator: \.isNewline)
        let names = lines.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        return lines.dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return Row(
                fields: Dictionary(
                    zip(names.map(String.init), fields), uniquingKeysWith: { first, _ in first }))
        }
    }
}
