/// Reads the rest of a JSON string after its opening quote.
struct JSONStringScanner {
    let bytes: [UInt8]
    var index: Int

    /// What is wrong with a string; its place is the scanner's index.
    struct Failure: Error {
        var message: String
    }

    /// The text up to the closing quote, which is consumed.
    mutating func scan() throws(Failure) -> String {
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                guard let text = String(validating: result, as: UTF8.self) else {
                    throw Failure(message: "the text is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &result)
            case 0..<0x20:
                throw Failure(message: "a control character in text must be escaped")
            default:
                result.append(byte)
                index += 1
            }
        }
        throw Failure(message: "the closing quote of a text is missing")
    }

    private mutating func escape(into result: inout [UInt8]) throws(Failure) {
        guard index < bytes.count else { return }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"): try scalar(into: &result)
        default: throw Failure(message: "unknown escape in text")
        }
    }

    private mutating func scalar(into result: inout [UInt8]) throws(Failure) {
        var value = UInt32(try hexadecimal())
        if (0xD800..<0xDC00).contains(value), bytes[index...].starts(with: "\\u".utf8) {
            index += 2
            let low = UInt32(try hexadecimal())
            guard (0xDC00..<0xE000).contains(low) else {
                throw Failure(message: "half of a surrogate pair in text")
            }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw Failure(message: "half of a surrogate pair in text")
        }
        result.append(contentsOf: String(scalar).utf8)
    }

    private mutating func hexadecimal() throws(Failure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard index < bytes.count,
                let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue
            else { throw Failure(message: "expected four hexadecimal digits") }
            value = value << 4 | UInt16(digit)
            index += 1
        }
        return value
    }
}
