import Foundation
import Testing

/// What users get wrong, through the front door: one line an error, a non-zero exit, no crash.
@Suite("Bad input")
struct BadInputTests {
    private func check(_ path: String) throws -> TangramProcess {
        let result = try TangramProcess.run(["plan", path])
        #expect(result.code == 1, "exit code 1, not \(result.code)")
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("error: "))
        return result
    }

    @Test("a file that is not there")
    func missing() throws {
        let result = try check("no-such.yaml")
        #expect(result.errors.contains("no-such.yaml"))
    }

    @Test("a folder instead of a file")
    func folder() throws {
        let result = try check("ClusterSpecs")
        #expect(result.errors.contains("ClusterSpecs"))
    }

    @Test("an empty file")
    func empty() throws {
        let folder = try TemporaryFolder()
        _ = try check(try folder.write("empty.yaml", ""))
    }

    @Test("bytes that are not UTF-8")
    func encoding() throws {
        let folder = try TemporaryFolder()
        let result = try check(
            try folder.write("latin.yaml", Data([0x61, 0x3A, 0x20, 0xE9, 0xFF, 0x0A])))
        #expect(result.errors.contains("UTF-8"))
    }

    @Test("10 MB")
    func large() throws {
        let folder = try TemporaryFolder()
        let result = try check(
            try folder.write("large.yaml", "a: " + String(repeating: "x", count: 10_000_000)))
        #expect(result.errors.contains("8 MiB"))
    }

    @Test("100,000 levels")
    func deep() throws {
        let folder = try TemporaryFolder()
        let result = try check(
            try folder.write("deep.yaml", String(repeating: "[", count: 100_000)))
        #expect(result.errors.contains("64 levels"))
    }

    @Test("an alias bomb")
    func bomb() throws {
        let folder = try TemporaryFolder()
        var text = "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let items = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "x-\(level): &a\(level) [\(items)]\n"
        }
        let result = try check(try folder.write("bomb.yaml", text))
        #expect(result.errors.contains("aliases"))
    }

    @Test("several mistakes are reported in one run, each at its place")
    func all() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "many.yaml",
            """
            tangram: 1
            cluster:
              pools:
                - {id: a, accelerator: h100-sxm-80gb, nodes: 4, per-node: 8, scale-out: {link: ib-ndr400, bandwidth: 400 GB/s}}
                - {id: a, accelerator: h200-sxm-141gb, nodes: -4, per-node: 8}
            jobs:
              - id: chat
                serve: {model: deepseek-v33, demand: 4 req/s, prompt: 1000, output: 100}
              - id: tune
                colour: red
                train: {model: qwen3-8b, sequence: 4096, batch: 0}
            """)
        let result = try check(path)
        let lines = result.errors.split(separator: "\n").map(String.init)
        let places = [
            (4, "did you mean \"400 Gb/s\"?"), (5, "nodes"), (5, "\"a\""),
            (8, "no model \"deepseek-v33\" — did you mean \"deepseek-v3\"?"), (10, "colour"),
            (11, "batch"),
        ]
        for (line, text) in places {
            #expect(
                lines.contains { $0.contains("many.yaml:\(line):") && $0.contains(text) },
                "line \(line): \(text)")
        }
        #expect(lines.count == places.count)
    }

    @Test("a model that needs more memory than the cluster has")
    func impossible() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "small.yaml",
            """
            tangram: 1
            cluster: {pools: [{id: cards, accelerator: l4, nodes: 1, per-node: 2}]}
            jobs:
              - {id: chat, serve: {model: deepseek-v3, demand: 1 req/s, prompt: 100, output: 100}}
            """)
        let result = try check(path)
        #expect(result.errors.contains("small.yaml:4:"))
        #expect(result.errors.contains("GiB") || result.errors.contains("GB"))
    }

    @Test(
        "wrong arguments exit with 2 and say what is allowed",
        arguments: [
            ["plan"], ["plan", "x.yaml", "--format", "xml"], ["plot"],
            ["estimate", "qwen3-8b", "--on", "l40s", "--count", "many", "--train"],
        ])
    func arguments(arguments: [String]) throws {
        let result = try TangramProcess.run(arguments)
        #expect(result.code == 2)
        #expect(result.errors.contains("Usage") || result.errors.contains("Error"))
    }

    @Test(
        "numbers of no cluster end in an error, not in a trap",
        arguments: ["0", "-8", "9223372036854775807"])
    func counts(count: String) throws {
        let result = try TangramProcess.run([
            "estimate", "qwen3-8b", "--on", "l40s", "--count=\(count)", "--train",
        ])
        #expect(result.code == 1 || result.code == 2)
        #expect(result.errors != "")
    }

    @Test("threads below one are an error", arguments: ["0", "-1", "100000000"])
    func threads(count: String) throws {
        let result = try TangramProcess.run([
            "plan", "ClusterSpecs/ascend-appliance.yaml", "--threads=\(count)",
        ])
        #expect(result.code == 1 || result.code == 2)
        #expect(result.errors.contains("thread"))
    }
}
