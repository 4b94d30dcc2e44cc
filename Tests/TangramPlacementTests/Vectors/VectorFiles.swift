import Foundation
import Testing

/// Files of published instances with their answers: the folder that `TANGRAM_VECTORS` names, or
/// `../shared/vectors` beside the repository.
enum VectorFiles {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["TANGRAM_VECTORS"], !path.isEmpty {
            return URL(fileURLWithPath: path)
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../../shared/vectors").standardizedFileURL
    }()

    /// The JSON files whose names start with `prefix`, sorted; empty where there is no such folder.
    static func named(_ prefix: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let names = all.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted()
        if names.isEmpty { print("skipped: no \(prefix)*.json in \(folder.path)") }
        return names
    }

    static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(
            type, from: Data(contentsOf: folder.appending(path: name)))
    }
}
