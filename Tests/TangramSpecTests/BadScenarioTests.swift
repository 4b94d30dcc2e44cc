import Foundation
import TangramDocument
import TangramSpec
import Testing

@Suite("Bad scenarios")
struct BadScenarioTests {
    private static let folder = "Tests/TangramSpecTests/Fixtures/bad"

    private func problems(_ text: String, path: String) -> [String] {
        do throws(DiagnosticList) {
            _ = try ScenarioFile.parse(text, path: path)
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    /// Every file starts with `# expect:`, a part of the message it must cause.
    @Test("each kind of mistake has its message", arguments: Repository.specs(in: folder))
    func expected(name: String) throws {
        let path = Repository.path("\(Self.folder)/\(name)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let firstLine = try #require(text.split(separator: "\n").first)
        let expected = firstLine.dropFirst("# expect: ".count)
        let found = problems(text, path: name)
        #expect(
            found.contains { $0.contains(expected) }, "found \(found.joined(separator: "\n"))")
        // One mistake, one error, unless the file says otherwise.
        let counts = text.split(separator: "\n").prefix(3).filter { $0.hasPrefix("# errors: ") }
        let count = counts.first.flatMap { Int($0.dropFirst("# errors: ".count)) } ?? 1
        let errors = found.filter { !$0.contains(": warning") && $0.hasPrefix(name) }
        #expect(errors.count == count, "found \(found.joined(separator: "\n"))")
    }

    @Test("all errors of a file come in one run, in document order")
    func several() throws {
        let name = "several-errors.yaml"
        let text = try String(
            contentsOfFile: Repository.path("\(Self.folder)/\(name)"), encoding: .utf8)
        #expect(
            problems(text, path: name) == [
                "several-errors.yaml:14:17: cluster.pools[0].per-node: expected a whole number, found eight",
                "several-errors.yaml:15:52: cluster.pools[0].scale-out.rails: 0 is out of range — allowed: 1 to 1024",
                "several-errors.yaml:26:53: jobs[0].train.batch: 0 is out of range — allowed: 1 to 100000000",
                "several-errors.yaml:29:20: jobs[1].serve.model: no model \"llama\"",
            ])
    }
}
