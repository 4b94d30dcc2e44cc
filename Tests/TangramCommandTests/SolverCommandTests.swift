import Foundation
import Testing

/// What the solver promises, through the front door.
@Suite("tangram plan: limits on time, fabric, contradictions and jobs that fit nowhere")
struct SolverCommandTests {
    /// Two pools, and jobs as given.
    private func spec(
        _ jobs: String, objective: String = "{maximize: goodput}", extra: String = "",
        fabric: String = "ib-ndr400"
    ) -> String {
        """
        tangram: 1
        name: small
        cluster:
          pools:
            - {id: a, accelerator: h100-sxm-80gb, nodes: 4, per-node: 8, scale-out: \(fabric)}
            - {id: b, accelerator: l40s, nodes: 2, per-node: 8, scale-out: roce-100-tuned}
        objective: \(objective)
        \(extra)
        jobs:
        \(jobs)

        """
    }

    private let tune = "  - {id: tune, train: {model: qwen3-8b, sequence: 4096, batch: 64}}"

    private func run(_ text: String, _ options: [String] = []) throws -> TangramProcess {
        let folder = try TemporaryFolder()
        return try TangramProcess.run(["plan", try folder.write("s.yaml", text)] + options)
    }

    @Test("two policies that contradict each other are both named, with their lines")
    func contradiction() throws {
        let text = spec(
            tune,
            extra: "policy:\n  - {require: {vendor: NVIDIA}}\n  - {forbid: {vendor: NVIDIA}}")
        let result = try run(text)
        #expect(result.code == 1 && result.output == "")
        #expect(result.errors.contains("require") && result.errors.contains("forbid"))
        #expect(result.errors.contains("s.yaml:"))
    }

    @Test("jobs that are to be together and apart are told which two rules say so")
    func rules() throws {
        let jobs = """
            \(tune)
              - {id: other, train: {model: qwen3-8b, sequence: 4096, batch: 64}}
            """
        let text = spec(
            jobs,
            extra: """
                policy:
                  - {together: {jobs: [tune, other]}, within: node}
                  - {apart: {jobs: [tune, other]}, within: pool}
                """)
        let result = try run(text)
        #expect(result.code == 1)
        #expect(
            result.errors.contains("together") && result.errors.contains("apart"),
            "\(result.errors)")
    }

    @Test("a job that fits nowhere is told why by kind, each with how close it came")
    func nowhere() throws {
        let jobs = """
              - {id: memory, accelerators: {max: 1}, train: {model: llama-3.1-70b, sequence: 4096, batch: 64}}
              - {id: capacity, accelerators: {min: 40}, train: {model: qwen3-8b, sequence: 4096, batch: 64}}
              - {id: slo, serve: {model: llama-3.1-70b, demand: 1 req/s, prompt: 8000, output: 100, slo: {ttft: 1 ms, tpot: 1 ms}}}
            """
        let folder = try TemporaryFolder()
        let path = try folder.write("s.yaml", spec(jobs))
        let plan = try TangramProcess.run(["plan", path, "--format", "json"])
        #expect(plan.code == 0, "\(plan.errors)")
        for entry in try plan.json()["jobs"] as? [[String: Any]] ?? [] {
            #expect((entry["placements"] as? [Any])?.isEmpty == true)
        }
        for (job, words) in [
            ("memory", ["GiB", "over"]), ("capacity", ["40", "32"]), ("slo", ["at best", "limit"]),
        ] {
            let why = try TangramProcess.run(["explain", path, job])
            #expect(why.code == 0)
            for word in words { #expect(why.output.contains(word), "\(job): \(why.output)") }
        }
        // What no plan can ever place is told before anything is planned, pool by pool.
        let forbidden = "\(tune.dropLast()), constraints: [{forbid: {vendor: NVIDIA}}]}"
        let policy = try run(spec(forbidden))
        #expect(policy.code == 1 && policy.errors.contains("a is forbidden; b is forbidden"))
        let large = "\(tune.dropLast()), accelerators: {min: 512}}"
        let count = try run(spec(large))
        #expect(count.code == 1 && count.errors.contains("512") && count.errors.contains("48"))
    }

    @Test("uplinks limit jobs over leaves, and the plan says what one more 100 Gb/s is worth")
    func fabric() throws {
        let jobs = """
            \(tune)
              - {id: other, weight: 2, train: {model: qwen3-8b, sequence: 4096, batch: 64}}
            """
        func plan(_ uplinks: String) throws -> [String: Any] {
            try run(
                spec(jobs, fabric: "{link: ib-ndr400, leaf: 1, uplinks: \(uplinks)}"),
                ["--format", "json"]
            ).json()
        }
        func objective(_ plan: [String: Any]) throws -> Double {
            try #require((plan["proof"] as? [String: Any])?["objective"] as? Double)
        }
        let (narrow, wide) = (try plan("3.2 Tb/s"), try plan("100 Tb/s"))
        #expect(try objective(narrow) < (try objective(wide)))
        func fabric(_ plan: [String: Any]) throws -> [String: Any] {
            let limits = plan["limits"] as? [[String: Any]] ?? []
            return try #require(limits.first { $0["kind"] as? String == "fabric" })
        }
        let limit = try fabric(narrow)
        #expect(limit["name"] as? String == "a" && limit["limit"] as? Double == 32)
        #expect(try fabric(wide)["unitValue"] as? Double == 0)
        let bad = try run(spec(jobs, fabric: "{link: ib-ndr400, uplinks: 3}"))
        #expect(bad.code == 1 && bad.errors.contains("s.yaml:5:"))
    }

    @Test("shares of time and schedules keep to a limit on time and say that they were cut short")
    func limits() throws {
        let jobs = (0..<40).map { index in
            "  - {id: j\(index), train: {model: qwen3-8b, sequence: \(1_024 + 64 * index), batch: 64, tokens: 1 Gtok}}"
        }.joined(separator: "\n")
        for (objective, extra) in [
            ("{minimize: makespan, allocation: time-shared}", ""),
            ("{minimize: makespan}", "horizon: 30 d"),
        ] {
            let text = spec(jobs, objective: objective, extra: extra)
            let result = try run(text, ["--time-limit", "1ms", "--format", "json"])
            #expect(result.code == 0, "\(result.errors)")
            #expect(try result.json()["isComplete"] as? Bool == false)
        }
    }

    @Test(
        "Ctrl-C ends every kind of plan with the best so far, its bound and no error",
        arguments: ["plan", "time-shared", "schedule"])
    func interrupt(_ kind: String) throws {
        let jobs = (0..<150).map { index in
            "  - {id: j\(index), train: {model: qwen3-8b, sequence: \(1_024 + 64 * index), batch: 64, tokens: 1 Gtok}}"
        }.joined(separator: "\n")
        let text =
            switch kind {
            case "time-shared":
                spec(jobs, objective: "{minimize: makespan, allocation: time-shared}")
            case "schedule": spec(jobs, objective: "{minimize: makespan}", extra: "horizon: 90 d")
            default: spec(jobs)
            }
        let folder = try TemporaryFolder()
        let path = try folder.write("s.yaml", text)
        let result = try TangramProcess.run(
            ["plan", path, "--format", "json", "--threads", "1"], interruptAfter: 0.4)
        #expect(result.code == 0, "\(result.errors)")
        let json = try result.json()
        let proof = json["proof"] as? [String: Any] ?? json
        #expect(proof["isComplete"] is Bool)
        #expect(proof["bound"] != nil || proof["makespanBoundSeconds"] != nil)
    }
}
