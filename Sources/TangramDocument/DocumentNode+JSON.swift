#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// Why a text is not a JSON document.
public struct JSONDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the parser says.
    public var description: String
}

extension DocumentNode {
    /// The document that the UTF-8 JSON text `bytes` holds, without places.
    ///
    /// Keys of a mapping come in alphabetical order, whatever their order in the text.
    ///
    /// - Throws: ``JSONDocumentError`` where the text is not JSON.
    public init(json bytes: some Sequence<UInt8>) throws(JSONDocumentError) {
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes)).node
        } catch {
            throw JSONDocumentError(description: "not valid JSON: \(error)")
        }
    }
}

/// Receives any JSON value from `JSONDecoder` and keeps it as a node.
private struct JSONValue: Decodable {
    let node: DocumentNode

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            let keys = container.allKeys.sorted { $0.stringValue < $1.stringValue }
            node = DocumentNode(
                .mapping(
                    try keys.map {
                        DocumentNode.Entry(
                            key: $0.stringValue,
                            value: try container.decode(JSONValue.self, forKey: $0).node)
                    }))
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var nodes: [DocumentNode] = []
            while !container.isAtEnd { nodes.append(try container.decode(JSONValue.self).node) }
            node = DocumentNode(.sequence(nodes))
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            node = DocumentNode(.null)
        } else if let text = try? container.decode(String.self) {
            node = DocumentNode(.scalar(text, isPlain: false))
        } else if let value = try? container.decode(Bool.self) {
            node = DocumentNode(.scalar(value ? "true" : "false", isPlain: true))
        } else if let value = try? container.decode(Int.self) {
            node = DocumentNode(.scalar(String(value), isPlain: true))
        } else {
            node = DocumentNode(.scalar("\(try container.decode(Double.self))", isPlain: true))
        }
    }
}
