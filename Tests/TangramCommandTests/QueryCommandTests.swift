import Foundation
import Testing

@Suite("estimate, memory, catalog, check, host")
struct QueryCommandTests {
    @Test("estimate searches a layout or takes one")
    func estimate() throws {
        let found = try TangramProcess.run([
            "estimate", "llama-3.1-70b", "--on", "h100-sxm-80gb", "--count", "64", "--train",
        ])
        #expect(found.code == 0)
        #expect(found.output.contains("tokens/s"))
        let given = try TangramProcess.run([
            "estimate", "llama-3.1-70b", "--on", "h100-sxm-80gb", "--count", "64", "--train",
            "--layout", "tp=8,pp=4,dp=2,mb=1,recompute=full", "--format", "json",
        ])
        #expect(given.code == 0)
        #expect(given.output.contains("stepTimeSeconds"))
    }

    @Test(
        "an impossible layout says what would divide",
        arguments: [
            ("tp=7,pp=1,dp=1", "7"), ("tp=8,pp=500,dp=1", "pp"), ("tp=8,qq=2", "qq"),
            ("tp=8,pp", "pp"), ("tp=99999999999999999999", "tp"),
        ])
    func layout(text: String, named: String) throws {
        let result = try TangramProcess.run([
            "estimate", "llama-3.1-70b", "--on", "h100-sxm-80gb", "--count", "8", "--train",
            "--layout", text,
        ])
        #expect(result.code == 1 || result.code == 2)
        #expect(result.errors.contains(named))
    }

    @Test("serving the same card is slower loose than with NVLink")
    func loose() throws {
        func seconds(_ scaleUp: [String]) throws -> Double {
            let result = try TangramProcess.run(
                [
                    "estimate", "llama-3.1-70b", "--on", "h100-sxm-80gb", "--count", "8",
                    "--train", "--layout", "tp=8,mb=1,recompute=full", "--batch", "64",
                    "--lora", "16", "--format", "json",
                ] + scaleUp)
            let estimates = try result.json()["estimates"] as? [[String: Any]]
            return try #require(estimates?.first?["stepTimeSeconds"] as? Double)
        }
        #expect(try seconds(["--scale-up", "none"]) > 1.5 * seconds([]))
    }

    @Test("DeepSeek-V3 keeps 70,272 bytes a token, 71 times less than MHA of its heads")
    func memory() throws {
        // 61 layers × (512 + 64) × 2 B; MHA: 61 × 128 × (192 + 128) × 2 B.
        let result = try TangramProcess.run([
            "memory", "deepseek-v3", "--context", "128k", "--batch", "64",
        ])
        #expect(result.code == 0)
        #expect(result.output.contains("70,272 B"))
        #expect(result.output.contains("4,997,120 B"))
        #expect(result.output.contains("71.1 ×"))
        // 4,926,848 B × 64 × 131,072 tokens.
        #expect(result.output.contains("37.59 TiB"))
    }

    @Test("the catalogue lists what it has and shows entries with their sources")
    func catalogue() throws {
        let list = try TangramProcess.run(["catalog", "accelerators"])
        #expect(list.output.split(separator: "\n").count >= 60)
        let entry = try TangramProcess.run(["catalog", "accelerators", "ascend-910c-die"])
        #expect(entry.output.contains("source"))
        let link = try TangramProcess.run(["catalog", "links", "hccs-910b"])
        #expect(link.output.contains("28 GB/s"))
        let model = try TangramProcess.run(["catalog", "models", "deepseek-v3"])
        #expect(model.output.contains("671"))
    }

    @Test(
        "an unknown entry suggests a near one",
        arguments: [
            ("accelerators", "h100-sxm-80g", "h100-sxm-80gb"), ("links", "ib-ndr40", "ib-ndr400"),
            ("models", "deepseek-v33", "deepseek-v3"),
        ])
    func unknown(kind: String, name: String, near: String) throws {
        let result = try TangramProcess.run(["catalog", kind, name])
        #expect(result.code == 1)
        #expect(result.errors.contains("did you mean \"\(near)\"?"))
    }

    @Test("a user's catalogue file changes an entry for this run")
    func override() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "mine.yaml",
            """
            accelerators:
              - id: l40s
                prices:
                  - {market: contract, rate: 9.87 USD/h, source: acceptance test}
            """)
        let result = try TangramProcess.run(["catalog", "accelerators", "l40s", "--catalog", path])
        #expect(result.code == 0)
        #expect(result.output.contains("9.87"))
    }

    @Test("check says that a good scenario is good")
    func check() throws {
        let result = try TangramProcess.run(["check", "ClusterSpecs/mixed-fleet.yaml"])
        #expect(result.code == 0)
        #expect(result.errors == "")
    }

    @Test("host names the SIMD level, and the level can be forced")
    func host() throws {
        let result = try TangramProcess.run(["host"])
        #expect(result.code == 0)
        #expect(result.output.contains("SIMD in use"))
        let forced = try TangramProcess.run(["host"], environment: ["TANGRAM_SIMD": "baseline"])
        #expect(forced.code == 0)
        #expect(forced.output.lowercased().contains("baseline"))
    }
}
