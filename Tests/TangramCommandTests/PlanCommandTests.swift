import Foundation
import Testing

@Suite("tangram plan and explain")
struct PlanCommandTests {
    private let spec = "ClusterSpecs/mixed-fleet.yaml"

    @Test("the mixed fleet is planned, with a proof and nothing on standard error")
    func text() throws {
        let result = try TangramProcess.run(["plan", spec])
        #expect(result.code == 0)
        #expect(result.errors == "")
        for wanted in ["Plan of mixed fleet", "deepseek-v3-chat", "objective", "bound", "gap"] {
            #expect(result.output.contains(wanted))
        }
        #expect(!result.output.contains("\u{1B}"), "colour without a terminal")
        #expect(!result.output.contains("nan") && !result.output.contains("inf "))
    }

    @Test("colour can be asked for where there is no terminal")
    func colour() throws {
        let result = try TangramProcess.run(["plan", spec, "--color", "always"])
        #expect(result.output.contains("\u{1B}["))
    }

    @Test("JSON is versioned and its bound is no smaller than its objective")
    func json() throws {
        let plan = try TangramProcess.run(["plan", spec, "--format", "json"]).json()
        #expect(plan["tangramPlanVersion"] as? Int == 1)
        let proof = try #require(plan["proof"] as? [String: Any])
        let objective = try #require(proof["objective"] as? Double)
        let bound = try #require(proof["bound"] as? Double)
        #expect(objective <= bound * (1 + 1e-12))
        let jobs = try #require(plan["jobs"] as? [[String: Any]])
        #expect(jobs.count == 11)
    }

    @Test("no accelerator of the plan's JSON is given away twice")
    func devices() throws {
        let plan = try TangramProcess.run(["plan", spec, "--format", "json"]).json()
        var taken: Set<String> = []
        for job in plan["jobs"] as? [[String: Any]] ?? [] {
            for placement in job["placements"] as? [[String: Any]] ?? [] {
                var count = 0
                let pool = placement["pool"] as? String ?? ""
                for range in placement["nodes"] as? [[String: Int]] ?? [] {
                    let nodes = try #require(range["firstNode"])...(try #require(range["lastNode"]))
                    let own =
                        try #require(
                            range["firstAccelerator"])...(try #require(range["lastAccelerator"]))
                    for node in nodes {
                        for accelerator in own {
                            count += 1
                            #expect(taken.insert("\(pool) \(node) \(accelerator)").inserted)
                        }
                    }
                }
                #expect(count == placement["acceleratorCount"] as? Int)
            }
        }
        #expect(!taken.isEmpty)
    }

    @Test("the number of threads changes nothing")
    func threads() throws {
        let one = try TangramProcess.run(["plan", spec, "--format", "json", "--threads", "1"])
        let three = try TangramProcess.run(["plan", spec, "--format", "json", "--threads", "3"])
        #expect(one.code == 0)
        #expect(one.output == three.output)
    }

    @Test("--output writes the file whole and nothing on standard output")
    func output() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("plan.txt").path
        let result = try TangramProcess.run(["plan", spec, "--output", path])
        #expect(result.code == 0 && result.output == "")
        let written = try String(contentsOfFile: path, encoding: .utf8)
        #expect(written == (try TangramProcess.run(["plan", spec])).output)
    }

    @Test(
        "an output that cannot be written is an error that names it",
        arguments: ["/no-such-folder/plan.txt", "/", ""])
    func unwritable(path: String) throws {
        let result = try TangramProcess.run(["plan", spec, "--output", path])
        #expect(result.code == 1)
        #expect(result.errors.hasPrefix("error: "))
    }

    @Test("explain's step time is the sum of its parts")
    func breakdown() throws {
        let result = try TangramProcess.run([
            "explain", spec, "qwen3-32b-tune", "--format", "json",
        ])
        let job = try #require(try result.json()["job"] as? [String: Any])
        let placement = try #require((job["placements"] as? [[String: Any]])?.first)
        let train = try #require(placement["train"] as? [String: Any])
        let estimate = try #require(train["estimate"] as? [String: Any])
        let step = try #require(estimate["stepTimeSeconds"] as? Double)
        let parts = try #require(estimate["stepTimeBreakdown"] as? [[String: Any]])
        let sum = parts.reduce(0) { $0 + ($1["seconds"] as? Double ?? .nan) }
        #expect(abs(sum - step) <= 1e-6 * step)
    }

    @Test("explain names the obstacle of every pool that is not used")
    func alternatives() throws {
        let result = try TangramProcess.run(["explain", spec, "llama-70b-assist"])
        #expect(result.code == 0)
        for wanted in ["policy forbids region cn", "blackwell-loose", "would work, but"] {
            #expect(result.output.contains(wanted))
        }
    }

    @Test("a job that no pool can hold is unplaced with a reason; --strict exits with 3")
    func unplaced() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "small.yaml",
            """
            tangram: 1
            cluster: {pools: [{id: cards, accelerator: l40s, nodes: 2, per-node: 8, scale-out: roce-100-tuned}]}
            jobs:
              - id: big
                train: {model: llama-3.1-70b, sequence: 4096, batch: 64, tokens: 1 Gtok}
            """)
        let loose = try TangramProcess.run(["plan", path])
        #expect(loose.code == 0)
        #expect(loose.errors.contains("1 of 1 jobs not placed"))
        let strict = try TangramProcess.run(["plan", path, "--strict"])
        #expect(strict.code == 3)
        let why = try TangramProcess.run(["explain", path, "big"])
        #expect(why.code == 0)
        #expect(why.output.contains("not placed"))
        #expect(why.output.contains("GiB"), "the memory that is missing is named")
    }

    @Test("an unknown job is an error with a suggestion")
    func unknownJob() throws {
        let result = try TangramProcess.run(["explain", spec, "qwen3-32b-tun"])
        #expect(result.code == 1)
        #expect(
            result.errors == "error: no job \"qwen3-32b-tun\" — did you mean \"qwen3-32b-tune\"?\n")
    }
}
