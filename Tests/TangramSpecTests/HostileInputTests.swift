import Foundation
import TangramDocument
import TangramSpec
import Testing

@Suite("Hostile YAML")
struct HostileInputTests {
    private func message(_ text: String) -> String {
        do throws(DiagnosticList) {
            _ = try YAMLDocument.parse(text, file: "f")
            return ""
        } catch {
            return error.description
        }
    }

    @Test("10 MB are refused by size")
    func size() {
        let text = "a: " + String(repeating: "x", count: 10_000_000)
        #expect(
            message(text)
                == "f: the file of 10000003 bytes is larger than the limit of 8 MiB (8388608 bytes)"
        )
    }

    /// A large text with a short name, so that a failure does not print it.
    struct Input: CustomTestStringConvertible, Sendable {
        var text: String
        var testDescription: String { "\(text.prefix(12))… of \(text.utf8.count) bytes" }
    }

    @Test(
        "deep nesting is refused",
        arguments: [
            String(repeating: "[", count: 100_000),
            String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
            String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000),
            String(repeating: "? ", count: 100_000),
            String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
            (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        ].map(Input.init))
    func nesting(input: Input) {
        #expect(message(input.text).contains("nested deeper than 64 levels"))
    }

    @Test("64 levels are read")
    func allowedNesting() {
        let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(message(text) == "")
    }

    @Test("an alias bomb is refused before it grows")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...40 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(message(text).contains("more than 2000000 values with aliases expanded"))
    }

    @Test("an alias bomb in keys is refused without hashing it")
    func aliasBombInKeys() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...40 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) {[\(items)], ? *a\(level - 1) : 1}\n"
        }
        #expect(message(text).contains("a key must be text"))
    }

    @Test("a chain of aliases cannot nest deeper than the limit")
    func aliasDepth() {
        var text = "a0: &a0 [x]\n"
        for level in 1...100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(message(text).contains("nested deeper than 64 levels"))
    }

    @Test("a bomb of merge keys is refused")
    func mergeBomb() {
        var text = "a0: &a0 {x: 1}\n"
        for level in 1...40 {
            text +=
                "a\(level): &a\(level) {<<: [*a\(level - 1), *a\(level - 1)], k\(level): *a\(level - 1)}\n"
        }
        #expect(message(text).contains("more than 2000000 values with aliases expanded"))
    }

    @Test(
        "large flat files end quickly",
        arguments: [
            String(repeating: "[", count: 60) + String(repeating: "a,", count: 300_000),
            String(repeating: "k: v\n", count: 100_000),
            String(repeating: "*", count: 1_000_000),
            String(repeating: "&a ", count: 300_000),
            String(repeating: "!", count: 1_000_000),
            String(repeating: "x: ", count: 1_000_000),
        ].map(Input.init))
    func flat(input: Input) {
        let isRefused = message(input.text) != ""
        #expect(isRefused)
    }

    @Test("files that are none say so")
    func files() throws {
        func failure(_ path: String) -> String? {
            #expect(throws: DiagnosticList.self) { try YAMLDocument.load(path: path) }?.description
        }
        let folder = FileManager.default.temporaryDirectory.path
        #expect(failure(folder) == "\(folder): is a directory, not a file")
        #expect(failure("/nowhere/x.yaml") == "/nowhere/x.yaml: no such file")
        #if os(Linux)
            #expect(failure("/dev/zero")?.contains("larger than the limit") == true)
        #endif
    }
}
