/// A recursive-descent reader of RFC 8259, which keeps the place of every node.
///
/// Foundation's decoders tell neither the place nor the order of keys, and both are needed for
/// diagnostics in document order.
struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            index = 3
            lineStart = 3
        }
    }

    mutating func document() throws(JSONError) -> DocumentNode {
        let node = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw error("expected the end of the document") }
        return node
    }

    private var location: Location { Location(line: line, column: index - lineStart + 1) }
    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func error(_ message: String) -> JSONError {
        let found = current.map { Self.name(of: $0) } ?? "the end"
        return JSONError(message: "\(message), found \(found)", location: location)
    }

    private static func name(of byte: UInt8) -> String {
        (0x20..<0x7F).contains(byte)
            ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
    }

    private mutating func skipSpace() {
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
                lineStart = index
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> DocumentNode {
        skipSpace()
        guard depth <= JSONDocument.maximumDepth else {
            throw JSONError(
                message: "nested deeper than \(JSONDocument.maximumDepth) levels",
                location: location)
        }
        let start = location
        switch current {
        case UInt8(ascii: "{"): return try mapping(depth: depth)
        case UInt8(ascii: "["): return try sequence(depth: depth)
        case UInt8(ascii: "\""):
            return DocumentNode(.scalar(try string(), isPlain: false), location: start)
        case UInt8(ascii: "t"): return try word("true", at: start)
        case UInt8(ascii: "f"): return try word("false", at: start)
        case UInt8(ascii: "n"):
            _ = try word("null", at: start)
            return DocumentNode(.null, location: start)
        default: return DocumentNode(.scalar(try number(), isPlain: true), location: start)
        }
    }

    private mutating func mapping(depth: Int) throws(JSONError) -> DocumentNode {
        let start = location
        var entries: [DocumentNode.Entry] = []
        index += 1
        skipSpace()
        if current == UInt8(ascii: "}") {
            index += 1
            return DocumentNode(.mapping([]), location: start)
        }
        while true {
            skipSpace()
            let keyLocation = location
            guard current == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
            let key = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("expected \":\"") }
            index += 1
            let value = try value(depth: depth + 1)
            entries.append(.init(key: key, keyLocation: keyLocation, value: value))
            skipSpace()
            if current == UInt8(ascii: ",") {
                index += 1
            } else if current == UInt8(ascii: "}") {
                index += 1
                return DocumentNode(.mapping(entries), location: start)
            } else {
                throw error("expected \",\" or \"}\"")
            }
        }
    }

    private mutating func sequence(depth: Int) throws(JSONError) -> DocumentNode {
        let start = location
        var items: [DocumentNode] = []
        index += 1
        skipSpace()
        if current == UInt8(ascii: "]") {
            index += 1
            return DocumentNode(.sequence([]), location: start)
        }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if current == UInt8(ascii: ",") {
                index += 1
            } else if current == UInt8(ascii: "]") {
                index += 1
                return DocumentNode(.sequence(items), location: start)
            } else {
                throw error("expected \",\" or \"]\"")
            }
        }
    }

    private mutating func word(
        _ word: String, at start: Location
    ) throws(JSONError) -> DocumentNode {
        guard bytes[index...].starts(with: word.utf8) else { throw error("expected a value") }
        index += word.utf8.count
        return DocumentNode(.scalar(word, isPlain: true), location: start)
    }

    private mutating func number() throws(JSONError) -> String {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        guard let first = current, isDigit(first) else { throw error("expected a value") }
        skipDigits()
        if first == UInt8(ascii: "0"), index - start > (bytes[start] == first ? 1 : 2) {
            throw error("a number must not start with 0")
        }
        if current == UInt8(ascii: ".") {
            index += 1
            guard let digit = current, isDigit(digit) else { throw error("expected a digit") }
            skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            guard let digit = current, isDigit(digit) else { throw error("expected a digit") }
            skipDigits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private mutating func skipDigits() {
        while let byte = current, isDigit(byte) { index += 1 }
    }

    private mutating func string() throws(JSONError) -> String {
        var scanner = JSONStringScanner(bytes: bytes, index: index + 1)
        let text: String
        do {
            text = try scanner.scan()
        } catch {
            index = min(scanner.index, bytes.count)
            throw JSONError(message: error.message, location: location)
        }
        index = scanner.index
        return text
    }
}
