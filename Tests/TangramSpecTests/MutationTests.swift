import Foundation
import TangramDocument
import TangramSpec
import TangramUnits
import Testing

@Suite("Mutated scenarios")
struct MutationTests {
    /// Bytes that mean something to YAML, so that mutations reach past the first syntax error.
    private static let meaningful = Array(" \n:,-[]{}#&*!|>'\"%@`?~<0159.kGTe\\\t\u{00}\u{FF}".utf8)

    private func mutate(_ bytes: [UInt8], with random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            let length = min(Int.random(in: 1...40, using: &random), bytes.count - index)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[index] = Self.meaningful.randomElement(using: &random) ?? 0
            case 2:
                bytes.insert(Self.meaningful.randomElement(using: &random) ?? 0, at: index)
            case 3: bytes.removeSubrange(index..<(index + length))
            case 4: bytes.insert(contentsOf: bytes[index..<(index + length)], at: index)
            default:
                let other = Int.random(in: 0..<bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[index..<(index + length)], at: other)
            }
        }
        return bytes
    }

    @Test("3,000 mutations end in a scenario or in located diagnostics", arguments: 0..<6)
    func mutations(seed: UInt64) throws {
        let path = Repository.path("ClusterSpecs/mixed-fleet.yaml")
        let original = [UInt8](try SourceFile.read(path))
        var random = SeededGenerator(seed: seed)
        var readCount = 0
        for round in 0..<500 {
            let bytes = mutate(original, with: &random)
            do throws(DiagnosticList) {
                _ = try ScenarioFile.parse(Data(bytes), path: "mutated.yaml")
                readCount += 1
            } catch {
                let diagnostics = error.diagnostics
                let hasError = diagnostics.contains { $0.severity == .error }
                #expect(hasError, "seed \(seed), round \(round)")
                let places = diagnostics.filter { $0.file == "mutated.yaml" }
                    .compactMap(\.location)
                #expect(places == places.sorted(), "seed \(seed), round \(round)")
            }
        }
        // Many mutations hit comments and numbers and do no harm.
        #expect(readCount > 0)
    }

    /// Everything of YAML that the reader treats in a way of its own.
    private static let tricky = """
        %YAML 1.1
        ---
        base: &base {a: 1, "b": [x, *none], é: &deep {c: *base}}
        same: *base
        merged: {<<: [*base, {d: 4}], 'a': 2, a: 3}
        ? complex
        : !!str 5
        text: |
          2 * 3
          * &
        folded: >-
          more
        ? [*base]
        : 1
        *base : 2
        a: ~
        a: "\\x41\\u00e9"
        a: !!binary aGk=
        ...
        """

    @Test("everything special in YAML is reported where it stands")
    func trickyMistakes() {
        let error = #expect(throws: DiagnosticList.self) {
            try YAMLDocument.parse(Self.tricky, file: "f")
        }
        let expected = [
            "f:3:29: no anchor \"&none\" before this alias",
            "f:3:50: no anchor \"&base\" before this alias",
            "f:5:39: the key \"a\" appears twice in one mapping — first at line 5",
            "f:13:3: a key must be text, not a list, a mapping or an alias",
            "f:15:1: a key must be text, not a list, a mapping or an alias",
            "f:17:1: the key \"a\" appears twice in one mapping — first at line 16",
            "f:18:1: the key \"a\" appears twice in one mapping — first at line 16",
        ]
        #expect(error?.diagnostics.map(\.description) == expected)
    }

    @Test("mutations of everything special in YAML end the same way", arguments: 0..<4)
    func trickyMutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 100)
        for round in 0..<2_000 {
            let bytes = mutate(Array(Self.tricky.utf8), with: &random)
            do throws(DiagnosticList) {
                _ = try YAMLDocument.parse(Data(bytes), file: "f")
            } catch {
                let isLocated = error.diagnostics.allSatisfy {
                    $0.location != nil || $0.message.contains("empty")
                }
                #expect(
                    isLocated && !error.diagnostics.isEmpty,
                    "seed \(seed), round \(round): \(error)")
                let hasMarks = error.description.unicodeScalars.contains {
                    (0xEE00...0xEEFF).contains($0.value)
                }
                #expect(!hasMarks, "seed \(seed), round \(round)")
            }
        }
    }
}
