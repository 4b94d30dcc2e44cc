import TangramDocument
import Testing

@Suite("JSON documents")
struct JSONDocumentTests {
    private func problem(_ text: String) -> String {
        problem(bytes: Array(text.utf8))
    }

    private func problem(bytes: [UInt8]) -> String {
        do {
            _ = try JSONDocument.parse(bytes, file: "f.json")
            return ""
        } catch {
            return error.description
        }
    }

    @Test("keys keep their order and their place")
    func order() throws {
        let node = try JSONDocument.parse("{\"b\": 1,\n  \"a\": [true, null]}".utf8, file: "f")
        guard case .mapping(let entries) = node.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == ["b", "a"])
        #expect(
            entries.map(\.keyLocation) == [.init(line: 1, column: 2), .init(line: 2, column: 3)])
        #expect(entries[1].value.location == Location(line: 2, column: 8))
        guard case .sequence(let items) = entries[1].value.content else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.content) == [.scalar("true", isPlain: true), .null])
    }

    @Test("numbers keep their spelling and text loses its escapes")
    func scalars() throws {
        let node = try JSONDocument.parse(
            "[-1.50e+3, \"a\\n\\u00e9\\ud83d\\ude00\\\"\", \"1\"]".utf8, file: "f")
        #expect(
            node.content
                == .sequence([
                    DocumentNode(
                        .scalar("-1.50e+3", isPlain: true), location: .init(line: 1, column: 2)),
                    DocumentNode(
                        .scalar("a\n\u{E9}\u{1F600}\"", isPlain: false),
                        location: .init(line: 1, column: 12)),
                    DocumentNode(
                        .scalar("1", isPlain: false), location: .init(line: 1, column: 39)),
                ]))
    }

    @Test(
        "what is no JSON is refused where it stops being it",
        arguments: [
            ("", "f.json:1:1: expected a value, found the end"),
            ("{\"a\" 1}", "f.json:1:6: expected \":\", found \"1\""),
            ("{\"a\": 1,}", "f.json:1:9: expected a key in quotes, found \"}\""),
            ("[1 2]", "f.json:1:4: expected \",\" or \"]\", found \"2\""),
            ("[1,\n 01]", "must not start with 0"),
            ("1.", "expected a digit"),
            ("nul", "expected a value"),
            ("{} {}", "f.json:1:4: expected the end of the document"),
            ("\"abc", "the closing quote of a text is missing"),
            ("\"\\x\"", "unknown escape"),
            ("\"\\ud800\"", "half of a surrogate pair"),
            ("\"\\u00\"", "four hexadecimal digits"),
            ("\"\t\"", "must be escaped"),
            ("NaN", "expected a value"),
        ])
    func refused(text: String, message: String) {
        #expect(problem(text).contains(message))
    }

    @Test("nesting is bounded, so that no input exhausts the stack")
    func depth() {
        #expect(problem(String(repeating: "[", count: 1_000_000)).contains("nested deeper"))
    }

    @Test("a byte order mark is skipped and text must be UTF-8")
    func encoding() {
        #expect(problem(bytes: [0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) == "")
        #expect(problem(bytes: [0x22, 0xFF, 0x22]).contains("not UTF-8"))
    }
}
