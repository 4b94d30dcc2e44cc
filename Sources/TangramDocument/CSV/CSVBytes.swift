/// The bytes behind a ``CSVReader``, cut into fields.
struct CSVBytes<Chunks: IteratorProtocol> where Chunks.Element == [UInt8] {
    private var chunks: Chunks
    private let file: String
    private var chunk: [UInt8] = []
    private var position = 0
    private var line = 1
    /// Characters of the line that were read; bytes that continue a character do not count.
    private var column = 1
    private var isAtStart = true
    private var isFinished = false

    init(_ chunks: Chunks, file: String) {
        self.chunks = chunks
        self.file = file
    }

    private mutating func peek() -> UInt8? {
        while position == chunk.count {
            guard let next = chunks.next() else { return nil }
            chunk = next
            position = 0
        }
        return chunk[position]
    }

    private mutating func advance(past byte: UInt8) {
        position += 1
        if byte == 0x0A {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }

    private mutating func skipByteOrderMark() {
        isAtStart = false
        for byte: UInt8 in [0xEF, 0xBB, 0xBF] {
            guard peek() == byte else { return }
            position += 1
        }
    }

    /// The fields of the next record that is not empty; nil at the end.
    mutating func record() throws(Diagnostic) -> [CSVRecord.Field]? {
        if isAtStart { skipByteOrderMark() }
        while let byte = peek(), byte == 0x0A || byte == 0x0D { advance(past: byte) }
        guard !isFinished, peek() != nil else { return nil }
        var fields: [CSVRecord.Field] = []
        var size = 0
        while true {
            let start = Location(line: line, column: column)
            let bytes = try field(from: start, size: &size)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Diagnostic(file: file, location: start, message: "bytes are not UTF-8")
            }
            fields.append(.init(text: text, location: start))
            if fields.count > CSVReader<Chunks>.columnLimit {
                isFinished = true
                throw Diagnostic(
                    file: file, location: start,
                    message: "more than \(CSVReader<Chunks>.columnLimit) columns")
            }
            guard let end = peek() else { return fields }
            advance(past: end)
            if end == 0x2C { continue }
            if end == 0x0D, peek() == 0x0A { advance(past: 0x0A) }
            return fields
        }
    }

    /// The bytes of one field; the comma or line end behind it stays.
    private mutating func field(
        from start: Location, size: inout Int
    ) throws(Diagnostic) -> [UInt8] {
        var bytes: [UInt8] = []
        let isQuoted = peek() == 0x22
        if isQuoted { advance(past: 0x22) }
        while let byte = peek() {
            size += 1
            guard size <= CSVReader<Chunks>.recordLimit else {
                isFinished = true
                throw Diagnostic(
                    file: file, location: start,
                    message: "a record of more than \(CSVReader<Chunks>.recordLimit) bytes",
                    note: "is a double quote left open?")
            }
            if isQuoted {
                advance(past: byte)
                guard byte == 0x22 else {
                    bytes.append(byte)
                    continue
                }
                guard peek() == 0x22 else { return try closed(bytes) }
                advance(past: 0x22)
                bytes.append(0x22)
            } else {
                if byte == 0x2C || byte == 0x0A || byte == 0x0D { return bytes }
                advance(past: byte)
                bytes.append(byte)
            }
        }
        guard isQuoted else { return bytes }
        isFinished = true
        throw Diagnostic(
            file: file, location: start, message: "the double quote that starts here is not closed")
    }

    /// What stands behind a closing quote must end the field.
    private mutating func closed(_ bytes: [UInt8]) throws(Diagnostic) -> [UInt8] {
        guard let byte = peek(), byte != 0x2C, byte != 0x0A, byte != 0x0D else { return bytes }
        let place = Location(line: line, column: column)
        while let byte = peek(), byte != 0x0A { advance(past: byte) }
        throw Diagnostic(
            file: file, location: place, message: "text behind a closing double quote",
            note: "a double quote inside of a field is written twice")
    }
}
