extension JSONValue {
    /// The value as JSON text (RFC 8259) with two spaces of indentation and a line break at the
    /// end; objects without objects or lists inside stay on one line where they are short.
    public var text: String {
        var writer = JSONWriter()
        writer.write(self, depth: 0)
        writer.text += "\n"
        return writer.text
    }
}

private struct JSONWriter {
    /// Simple objects and lists no longer than this stay on one line.
    static let lineLimit = 96

    var text = ""

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .integer(let integer): text += String(integer)
        case .number(let number): text += Self.spell(number)
        case .string(let string): write(string)
        case .array(let items):
            writeList(items.count, "[", "]", depth: depth, isFlat: items.allSatisfy(Self.isSimple))
            { writer, index, depth in writer.write(items[index], depth: depth) }
        case .object(let members):
            let isFlat = members.count <= 4 && members.allSatisfy { Self.isSimple($0.value) }
            writeList(members.count, "{", "}", depth: depth, isFlat: isFlat) {
                writer, index, depth in
                writer.write(members[index].key)
                writer.text += ": "
                writer.write(members[index].value, depth: depth)
            }
        }
    }

    private mutating func writeList(
        _ count: Int, _ open: String, _ close: String, depth: Int, isFlat: Bool,
        item: (inout JSONWriter, Int, Int) -> Void
    ) {
        guard count > 0 else {
            text += open + close
            return
        }
        if isFlat {
            var line = JSONWriter()
            for index in 0..<count {
                line.text += index == 0 ? "" : ", "
                item(&line, index, depth)
                if line.text.utf8.count > Self.lineLimit { break }
            }
            if line.text.utf8.count <= Self.lineLimit {
                text += open + line.text + close
                return
            }
        }
        text += open
        for index in 0..<count {
            text += index == 0 ? "\n" : ",\n"
            text += String(repeating: "  ", count: depth + 1)
            item(&self, index, depth + 1)
        }
        text += "\n" + String(repeating: "  ", count: depth) + close
    }

    private static func isSimple(_ value: JSONValue) -> Bool {
        switch value {
        case .array, .object: false
        default: true
        }
    }

    /// The shortest text that reads back as the same number; whole numbers without a fraction.
    private static func spell(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        if abs(number) < 1e15, number == number.rounded(.towardZero) {
            return String(Int(number))
        }
        return "\(number)"
    }

    private mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
