import Foundation
import Testing

@Suite("benchmark")
struct BenchmarkCommandTests {
    @Test("benchmark kernel gives a rate and a ratio to scalar arithmetic for every level")
    func kernel() throws {
        let report = try Self.report("kernel")
        #expect(try Self.number(report, "optionsPerSecondPerCore") > 0)
        #expect(try Self.number(report, "ratioToScalar") > 0)
        let levels = try #require(report["levels"] as? [String: [String: Any]])
        #expect(levels["baseline"] != nil)
        for level in levels.values {
            #expect(try Self.number(level, "optionsPerSecondPerCore") > 0)
            #expect(try Self.number(level, "ratioToScalar") > 0)
        }
    }

    @Test("benchmark search visits more layouts of Calculon's job than Calculon, then millions")
    func search() throws {
        let report = try Self.report("search")
        let jobs = try #require(report["jobs"] as? [[String: Any]])
        // Layouts that Calculon's own enumeration makes of the job, and those times its switches.
        for (job, peer) in zip(jobs, [6_114.0, 6_582_816]) {
            #expect(try Self.number(job, "configurations") >= peer)
            #expect(try Self.number(job, "fitting") >= Self.number(job, "timed"))
            for key in [
                "timed", "seconds", "configurationsPerSecond", "ratioToPeer", "stepSeconds",
                "frontCount",
            ] {
                #expect(try Self.number(job, key) > 0)
            }
        }
        #expect(jobs.count == 2)
    }

    private static func report(_ benchmark: String) throws -> [String: Any] {
        let result = try TangramProcess.run(["benchmark", benchmark, "--format", "json"])
        #expect(result.code == 0)
        let report = try result.json()
        #expect(report["tangramBenchmarkVersion"] as? Int == 1)
        #expect(report["benchmark"] as? String == benchmark)
        return report
    }

    private static func number(_ members: [String: Any], _ key: String) throws -> Double {
        try #require((members[key] as? NSNumber)?.doubleValue)
    }
}
