import Foundation
import Testing

@Suite("bench")
struct BenchCommandTests {
    /// Two kinds of nodes and a log of three jobs, in a folder of their own.
    private static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tangram-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try "model,gpu\nH100,8\nA100,4\nA100,4\n".write(
            to: folder.appendingPathComponent("nodes.csv"), atomically: true, encoding: .utf8)
        try "timestamp,duration,num_gpus\n0,600,8\n10,600,2\n20,300,4\n".write(
            to: folder.appendingPathComponent("log.csv"), atomically: true, encoding: .utf8)
        return folder
    }

    private static func bench(_ arguments: [String]) throws -> TangramProcess {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try TangramProcess.run(
            [
                "bench", "--nodes", folder.appendingPathComponent("nodes.csv").path, "--trace",
                folder.appendingPathComponent("log.csv").path,
            ] + arguments)
    }

    @Test(
        "strategies are parted by commas or spaces, and every pool has its columns",
        arguments: [["fifo,las"], ["fifo", "las"], ["fifo,", "las,fifo"]])
    func strategies(names: [String]) throws {
        let result = try Self.bench(["--format", "csv", "--strategies"] + names)
        #expect(result.code == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.dropFirst().map { $0.prefix { $0 != "," } } == ["fifo", "las"])
        #expect(lines.first?.contains("fragmentation H100") == true)
        #expect(lines.first?.contains("utilisation A100") == true)
        let counts = Set(lines.map { $0.count { $0 == "," } })
        #expect(counts.count == 1)
    }

    @Test("an unknown strategy is told with those that there are")
    func unknown() throws {
        let result = try Self.bench(["--strategies", "fifo,tangrm"])
        #expect(result.code != 0)
        #expect(result.errors.contains("tangrm"))
        #expect(result.errors.contains("did you mean \"tangram\"?"))
        #expect(result.errors.contains("gavel-max-min"))
    }

    @Test("the help names the paper of each strategy")
    func help() throws {
        let result = try TangramProcess.run(["bench", "--help"])
        for paper in ["Tiresias", "Themis", "Gavel", "Sia", "Beware of", "Schrage"] {
            #expect(result.output.contains(paper))
        }
    }
}
