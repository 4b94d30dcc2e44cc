import Foundation
import TangramDocument

/// Text that is safe to hand to the YAML parser: valid UTF-8 without control characters, in which
/// every `*` is replaced by ``aliasMark``.
///
/// The replacement keeps the parser from expanding aliases. What was an alias arrives as a plain
/// scalar that starts with the mark, at the right place, and is expanded by ``NodeConverter`` with
/// limits; any other mark turns back into `*`. An alias bomb can therefore cost no more than its
/// own text, not even where aliases stand in keys, which the parser hashes.
struct SourceText {
    /// Stands for `*`.
    static let aliasMark: Unicode.Scalar = "\u{EE00}"
    /// Stands for the first character of a repeated key; see ``YAMLComposer``.
    static let firstKeyMark: UInt32 = 0xEE01
    /// U+EE00 to U+EEFF may not occur in a file.
    private static let reservedSecondBytes: ClosedRange<UInt8> = 0xB8...0xBB

    /// The text in UTF-8.
    var bytes: [UInt8]

    /// Checks and encodes `data`.
    init(_ data: Data, file: String) throws(DiagnosticList) {
        guard data.count <= SourceFile.sizeLimit else {
            throw SourceFile.tooLarge(file, size: data.count)
        }
        var input = [UInt8](data)
        if input.starts(with: [0xFF, 0xFE]) || input.starts(with: [0xFE, 0xFF]) {
            throw SourceFile.problem(
                file, "the file is UTF-16, not UTF-8", note: "save it as UTF-8")
        }
        if input.starts(with: [0xEF, 0xBB, 0xBF]) { input.removeFirst(3) }
        if let offset = Self.invalidOffset(in: input) {
            let byte = String(input[offset], radix: 16, uppercase: true)
            let place = Self.location(of: offset, in: input)
            throw DiagnosticList([
                Diagnostic(
                    file: file, location: place,
                    message: "invalid UTF-8: byte 0x\(byte) at offset \(offset)",
                    note: "save the file as UTF-8")
            ])
        }
        bytes = []
        bytes.reserveCapacity(input.count)
        for offset in input.indices {
            if let name = Self.refusedCharacter(at: offset, in: input) {
                throw DiagnosticList([
                    Diagnostic(
                        file: file, location: Self.location(of: offset, in: input),
                        message: "\(name) is not allowed in a file", note: "remove it")
                ])
            }
            if input[offset] == UInt8(ascii: "*") {
                bytes.append(contentsOf: [0xEE, 0xB8, 0x80])
            } else {
                bytes.append(input[offset])
            }
        }
    }

    /// The text.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    private static func invalidOffset(in bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }

    private static func refusedCharacter(at offset: Int, in bytes: [UInt8]) -> String? {
        let byte = bytes[offset]
        if byte >= 0x20 && byte < 0x7F { return nil }
        if byte == 0x09 || byte == 0x0A || byte == 0x0D { return nil }
        if byte < 0x20 || byte == 0x7F { return name(UInt32(byte)) }
        func next(_ distance: Int) -> UInt8 {
            offset + distance < bytes.count ? bytes[offset + distance] : 0
        }
        switch byte {
        case 0xC2 where next(1) < 0xA0:
            return name(UInt32(next(1)))
        case 0xE2 where next(1) == 0x80 && (next(2) == 0xA8 || next(2) == 0xA9):
            return "the line separator U+20\(String(next(2) - 0x80, radix: 16))"
        case 0xEF where next(1) == 0xBF && next(2) >= 0xBE:
            return "the non-character U+FF\(next(2) == 0xBE ? "FE" : "FF")"
        case 0xEE where reservedSecondBytes.contains(next(1)):
            return "a character of the range U+EE00 to U+EEFF"
        default:
            return nil
        }
    }

    private static func name(_ value: UInt32) -> String {
        let hex = String(value, radix: 16, uppercase: true)
        return "the control character U+" + String(repeating: "0", count: 4 - hex.count) + hex
    }

    private static func location(of offset: Int, in bytes: [UInt8]) -> Location {
        var location = Location(line: 1, column: 1)
        for index in 0..<offset {
            let byte = bytes[index]
            if byte == 0x0A
                || (byte == 0x0D && (index + 1 >= bytes.count || bytes[index + 1] != 0x0A))
            {
                location.line += 1
                location.column = 1
            } else if byte & 0xC0 != 0x80 {
                location.column += 1
            }
        }
        return location
    }
}
