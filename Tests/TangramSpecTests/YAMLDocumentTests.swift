import Foundation
import TangramDocument
import TangramSpec
import Testing

/// What parsing `text` reports, one line each.
private func problems(_ text: String) -> [String] {
    do throws(DiagnosticList) {
        _ = try YAMLDocument.parse(text, file: "f.yaml")
        return []
    } catch {
        return error.diagnostics.map(\.description)
    }
}

@Suite("YAML documents")
struct YAMLDocumentTests {
    @Test("places are lines and columns from 1, in characters")
    func places() throws {
        let document = try YAMLDocument.parse("é: 1\nlist:\n  - \"ü\": {b: 2}\n", file: "f.yaml")
        #expect(document["é"]?.location == Location(line: 1, column: 4))
        guard case .sequence(let items) = document["list"]?.content else {
            Issue.record("no list")
            return
        }
        #expect(items[0]["ü"]?.location == Location(line: 3, column: 10))
        #expect(items[0]["ü"]?["b"]?.location == Location(line: 3, column: 14))
    }

    @Test("quoted text is not plain, nothing is null")
    func scalars() throws {
        let document = try YAMLDocument.parse("a: 1\nb: \"1\"\nc:\nd: ~\ne: !!str 1\n", file: "f")
        #expect(document["a"]?.content == .scalar("1", isPlain: true))
        #expect(document["b"]?.content == .scalar("1", isPlain: false))
        #expect(document["c"]?.content == .null)
        #expect(document["d"]?.content == .null)
        #expect(document["e"]?.content == .scalar("1", isPlain: false))
    }

    @Test("aliases repeat their anchor and merge keys add what is missing")
    func aliases() throws {
        let text = """
            base: &base {x: 1, y: 2}
            same: *base
            more: {<<: *base, y: 3}
            list: {<<: [*base, {z: 4}]}
            text: "2 * 3"
            plain: 2 *x
            """
        let document = try YAMLDocument.parse(text, file: "f")
        #expect(document["same"] == document["base"])
        #expect(document["more"]?["x"]?.content == .scalar("1", isPlain: true))
        #expect(document["more"]?["y"]?.content == .scalar("3", isPlain: true))
        #expect(document["list"]?["z"]?.content == .scalar("4", isPlain: true))
        #expect(document["text"]?.content == .scalar("2 * 3", isPlain: false))
        #expect(document["plain"]?.content == .scalar("2 *x", isPlain: true))
    }

    @Test("every repeated key is reported where it stands")
    func duplicateKeys() {
        #expect(
            problems("a: 1\nb: {c: 1, c: 2}\na: 2\n'a': 3\n") == [
                "f.yaml:2:11: the key \"c\" appears twice in one mapping — first at line 2",
                "f.yaml:3:1: the key \"a\" appears twice in one mapping — first at line 1",
                "f.yaml:4:1: the key \"a\" appears twice in one mapping — first at line 3",
            ])
        #expect(problems("\"\\x61\": 1\na: 2\n").count == 1)
        #expect(problems("? a\n: 1\n? a\n: 2\n").count == 1)
        #expect(problems("&x a: 1\na: 2\n").count == 1)
        #expect(problems(": 1\n: 2\n").count == 1)
    }

    @Test(
        "what cannot be read ends in a message that says where",
        arguments: [
            ("", "f.yaml: the file is empty"),
            ("# only a comment\n", "f.yaml: the file is empty"),
            ("---\n", "f.yaml: the file is empty"),
            ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document starts here; a file holds one"),
            ("a: *b\n", "f.yaml:1:4: no anchor \"&b\" before this alias"),
            ("a: &a [*a]\n", "f.yaml:1:8: no anchor \"&a\" before this alias"),
            ("*a : 1\n", "f.yaml:1:1: a key must be text, not a list, a mapping or an alias"),
            ("? [a]\n: 1\n", "f.yaml:1:3: a key must be text, not a list, a mapping or an alias"),
            ("a: !!binary aGk=\n", "f.yaml:1:4: the tag \"!!binary\" is not supported"),
            ("a: !mine {}\n", "f.yaml:1:4: the tag \"!mine\" is not supported"),
            ("a:\n  <<: 3\n", "f.yaml:2:7: \"<<\" merges mappings, not 3"),
            (
                "a: x\u{0}y\n",
                "f.yaml:1:5: the control character U+0000 is not allowed in a file — remove it"
            ),
            (
                "a: 1\nb: \u{1b}[0m\n",
                "f.yaml:2:4: the control character U+001B is not allowed in a file — remove it"
            ),
            (
                "a: \u{2028}\n",
                "f.yaml:1:4: the line separator U+2028 is not allowed in a file — remove it"
            ),
            (
                "a: \u{EE00}\n",
                "f.yaml:1:4: a character of the range U+EE00 to U+EEFF is not allowed in a file — remove it"
            ),
        ])
    func messages(text: String, message: String) {
        #expect(problems(text) == [message])
    }

    @Test(
        "broken syntax is located",
        arguments: [
            "a: [1, 2\n", "a: b: c\n", "a:\n\t- x\n", "\"unclosed\n", "}", "a: 'x\n", "@",
            "%YAML 9",
        ])
    func syntax(text: String) throws {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("f.yaml:"))
        #expect(found[0].contains("not valid YAML"))
    }

    @Test("invalid UTF-8 names the byte and where it is")
    func invalidUTF8() throws {
        let data = Data("name: x\ncity: M".utf8) + [0xFC] + Data("nchen\n".utf8)
        let error = #expect(throws: DiagnosticList.self) {
            try YAMLDocument.parse(data, file: "f.yaml")
        }
        #expect(
            error?.description
                == "f.yaml:2:8: invalid UTF-8: byte 0xFC at offset 15 — save the file as UTF-8")
        let utf16 = #expect(throws: DiagnosticList.self) {
            try YAMLDocument.parse(Data([0xFF, 0xFE, 0x61, 0x00]), file: "f.yaml")
        }
        #expect(utf16?.description.contains("UTF-16") == true)
    }

    @Test("a byte-order mark and Windows line ends are read over")
    func byteOrderMark() throws {
        let document = try YAMLDocument.parse("\u{FEFF}a: 1\r\nb: 2\r\n", file: "f")
        #expect(document["a"]?.location == Location(line: 1, column: 4))
        #expect(document["b"]?.location == Location(line: 2, column: 4))
    }
}
