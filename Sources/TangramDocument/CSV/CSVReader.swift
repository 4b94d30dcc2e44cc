/// Reads comma-separated values (RFC 4180) record by record, with the place of every field.
///
/// Lines end in LF or CRLF; fields in double quotes may hold commas, line ends and doubled quotes; a
/// byte order mark is skipped; empty lines are skipped. The first record names the columns. Only
/// one record is held at a time, so that memory does not grow with the file.
public struct CSVReader<Chunks: IteratorProtocol> where Chunks.Element == [UInt8] {
    /// The file, as the user named it.
    public let file: String
    /// The names of the columns, in order.
    public let header: [String]
    private let indices: [String: Int]
    private var source: CSVBytes<Chunks>

    /// Longest record that is read, in bytes; quotes left open end here.
    public static var recordLimit: Int { 1 << 20 }
    /// Most columns that are read.
    public static var columnLimit: Int { 1_024 }

    /// Starts to read, up to the names of the columns.
    ///
    /// - Parameters:
    ///   - chunks: The bytes, in pieces of any size.
    ///   - file: The name that diagnostics give the file.
    /// - Throws: ``Diagnostic`` where there is no header, a name is repeated or bytes are not UTF-8.
    public init(_ chunks: Chunks, file: String) throws(Diagnostic) {
        self.file = file
        source = CSVBytes(chunks, file: file)
        guard let first = try source.record() else {
            throw Diagnostic(
                file: file, location: nil, message: "the file is empty",
                note: "the first line names the columns")
        }
        var indices: [String: Int] = [:]
        for (index, field) in first.enumerated() {
            if let other = indices.updateValue(index, forKey: field.text) {
                throw Diagnostic(
                    file: file, location: field.location,
                    message: "column \"\(field.text)\" stands twice",
                    note: "it is column \(other + 1) already")
            }
        }
        self.indices = indices
        header = first.map(\.text)
    }

    /// The place of a column, nil where there is none of that name.
    public func index(of column: String) -> Int? { indices[column] }

    /// The next record, nil at the end.
    ///
    /// - Throws: ``Diagnostic`` where a record has too few or too many fields, a quote stays open, or
    ///   bytes are not UTF-8. Reading can go on with the next record, except after an open quote.
    public mutating func next() throws(Diagnostic) -> CSVRecord? {
        guard let fields = try source.record() else { return nil }
        guard fields.count == header.count else {
            throw Diagnostic(
                file: file, location: fields.first?.location,
                message: "\(fields.count) fields where the header names \(header.count)",
                note: "a field with a comma in it stands in double quotes")
        }
        return CSVRecord(file: file, fields: fields, indices: indices)
    }
}

extension CSVReader where Chunks == CollectionOfOne<[UInt8]>.Iterator {
    /// Starts to read bytes that are in memory already.
    public init(bytes: [UInt8], file: String) throws(Diagnostic) {
        try self.init(CollectionOfOne(bytes).makeIterator(), file: file)
    }
}

/// One record of a file of comma-separated values.
public struct CSVRecord: Sendable {
    /// One field.
    public struct Field: Sendable {
        /// What stands there, without the quotes.
        public var text: String
        /// Where it starts.
        public var location: Location
    }

    /// The file, as the user named it.
    public let file: String
    /// The fields, in the order of the header.
    public let fields: [Field]
    private let indices: [String: Int]

    init(file: String, fields: [Field], indices: [String: Int]) {
        self.file = file
        self.fields = fields
        self.indices = indices
    }

    /// The text of a column without spaces around it; empty where the file has no such column.
    public subscript(column: String) -> String {
        indices[column].map { fields[$0].text.trimmingSpaces } ?? ""
    }

    /// A diagnostic at a column, or at the start of the record where there is no such column.
    public func diagnostic(
        _ column: String, _ message: String, note: String? = nil
    ) -> Diagnostic {
        let place = indices[column].map { fields[$0].location } ?? fields.first?.location
        return Diagnostic(
            file: file, location: place, path: column, message: message, note: note)
    }

    /// A number; nil where the field is blank.
    ///
    /// - Throws: ``Diagnostic`` where it is no finite number, or outside of `range`.
    public func number(
        _ column: String,
        in range: ClosedRange<Double> = -Double
            .greatestFiniteMagnitude...Double
            .greatestFiniteMagnitude
    ) throws(Diagnostic) -> Double? {
        let text = self[column]
        guard !text.isEmpty else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw diagnostic(column, "\"\(text)\" is not a number")
        }
        guard range.contains(value) else {
            throw diagnostic(
                column, "\(text) is out of range",
                note: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A whole number; nil where the field is blank.
    ///
    /// - Throws: ``Diagnostic`` where it is no whole number, or outside of `range`.
    public func integer(
        _ column: String, in range: ClosedRange<Int> = 1...Int(Int32.max)
    ) throws(Diagnostic) -> Int? {
        let limits = Double(range.lowerBound)...Double(range.upperBound)
        guard let value = try number(column, in: limits) else { return nil }
        guard value == value.rounded(.towardZero) else {
            throw diagnostic(column, "\(self[column]) is not a whole number")
        }
        return Int(value)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
