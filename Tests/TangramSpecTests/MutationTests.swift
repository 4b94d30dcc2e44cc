import Foundation
import TangramDocument
import TangramSpec
import Testing

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("Mutated scenarios")
struct MutationTests {
    /// Bytes that mean something to YAML, so that mutations reach past the first syntax error.
    private static let meaningful = Array(" \n:,-[]{}#&*!|>'\"%@`?~<0159.kGTe\\\t\u{00}\u{FF}".utf8)

    private func mutate(_ bytes: [UInt8], with random: inout SplitMix) -> [UInt8] {
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
        var random = SplitMix(state: seed)
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
}
