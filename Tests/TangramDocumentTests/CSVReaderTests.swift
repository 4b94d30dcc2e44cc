import TangramDocument
import Testing

@Suite("Comma-separated values")
struct CSVReaderTests {
    private func rows(_ text: String) throws -> [[String]] {
        var reader = try CSVReader(bytes: Array(text.utf8), file: "f.csv")
        var rows: [[String]] = []
        while let record = try reader.next() { rows.append(record.fields.map(\.text)) }
        return rows
    }

    private func message(_ text: String) -> String {
        do throws(Diagnostic) {
            var reader = try CSVReader(bytes: Array(text.utf8), file: "f.csv")
            while let _ = try reader.next() {}
            return ""
        } catch {
            return error.description
        }
    }

    @Test("quotes hold commas, line ends and doubled quotes (RFC 4180, §2)")
    func quotes() throws {
        #expect(
            try rows("a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\r\n,\r\n") == [
                ["x, \"y\"", "1\n2"], ["", ""],
            ]
        )
    }

    @Test("a byte order mark, empty lines and a missing last line end change nothing")
    func tolerance() throws {
        #expect(try rows("\u{FEFF}a,b\n\n1,2\n\n\n3,4") == [["1", "2"], ["3", "4"]])
    }

    @Test("any cut of the bytes into pieces reads the same")
    func chunks() throws {
        let bytes = Array("\u{FEFF}ä,b\r\n\"ü\"\"\",\"x\ny\"\r\n1,2\r\n".utf8)
        for size in 1...bytes.count {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
            var reader = try CSVReader(pieces.makeIterator(), file: "f.csv")
            #expect(reader.header == ["ä", "b"])
            #expect(try reader.next()?.fields.map(\.text) == ["ü\"", "x\ny"])
            #expect(try reader.next()?["ä"] == "1")
            #expect(try reader.next() == nil)
        }
    }

    @Test("numbers name their place where they are none")
    func numbers() throws {
        var reader = try CSVReader(bytes: Array("n,m\n4096,\nx,1.5\n".utf8), file: "f.csv")
        let first = try #require(try reader.next())
        #expect(try first.integer("n") == 4096)
        #expect(try first.number("m") == nil)
        let second = try #require(try reader.next())
        #expect(throws: Diagnostic.self) { try second.number("n") }
        do throws(Diagnostic) {
            _ = try second.integer("m")
        } catch {
            #expect(error.description == "f.csv:3:3: m: 1.5 is not a whole number")
        }
    }

    @Test(
        "what is malformed is an error with its place",
        arguments: [
            ("", "f.csv: the file is empty — the first line names the columns"),
            (
                "a,b\n1,2,3\n",
                "f.csv:2:1: 3 fields where the header names 2 — a field with a comma in it stands "
                    + "in double quotes"
            ),
            ("a,a\n", "f.csv:1:3: column \"a\" stands twice — it is column 1 already"),
            ("a\n\"x\n", "f.csv:2:1: the double quote that starts here is not closed"),
            (
                "a\n\"x\"y\n",
                "f.csv:2:4: text behind a closing double quote — a double quote inside of a field "
                    + "is written twice"
            ),
        ])
    func malformed(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test("an open quote ends at the limit of a record, not at the end of a large file")
    func hostile() {
        let text = "a\n\"" + String(repeating: "x", count: 2 << 20)
        #expect(message(text).contains("a record of more than 1048576 bytes"))
    }
}
