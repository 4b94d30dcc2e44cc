import Testing

/// What `tangram validate` says of tables that are wrong, as a user sees it.
@Suite("Bad tables of measurements")
struct ValidateBadInputTests {
    private static let header =
        "id,model,accelerator,num_accel,TP,PP,DP,EP,seq_len,global_batch,micro_batch,precision,"
        + "metric,value\n"

    private func validate(_ lines: String) throws -> TangramProcess {
        let folder = try TemporaryFolder()
        return try TangramProcess.run(
            ["validate", try folder.write("mine.csv", Self.header + lines)])
    }

    @Test("malformed rows are errors, each at its place")
    func malformed() throws {
        let result = try validate(
            "a,llama-3.1-8b,H100,eight,1,1,8,,4096,64,1,bf16,iter_time_s,5\n"
                + "b,llama-3.1-8b,H100,8,1,1,8,,4096,64,1,bf16,iter_time_s\n")
        #expect(result.code == 1)
        #expect(result.errors.contains("mine.csv:3:1: 13 fields where the header names 14"))
        let only = try validate("a,llama-3.1-8b,H100,eight,1,1,8,,4096,64,1,bf16,iter_time_s,5\n")
        #expect(only.code == 1)
        #expect(only.errors.contains("mine.csv:2:21: num_accel: \"eight\" is not a number"))
    }

    @Test(
        "what cannot be predicted is listed at its place, with what would be valid",
        arguments: [
            ("llama-9,H100,8,1,1,8,,", "mine.csv:2:3: model: the shape of \"llama-9\""),
            ("llama-3.1-8b,H100X,8,1,1,8,,", "2:16: accelerator: no accelerator \"H100X\""),
            ("llama-3.1-8b,H100,6,3,1,2,,", "2:23: TP: layout: tp=3 does not divide the 32"),
            ("llama-3.1-8b,H100,6,3,1,2,,", "1, 2, 4, 8, 16 or 32 would"),
            ("llama-3.1-8b,H100,40,1,40,1,,", "PP: layout: pp=40 is more than the 32 layers"),
            ("qwen3-30b-a3b,H100,12,1,1,12,3,", "EP: layout: ep=3 does not divide the 128 experts"),
            ("qwen3-30b-a3b,H100,12,1,1,12,3,", "1, 2, 4, 8, 16, 32, 64 or 128 would"),
        ])
    func inexpressible(row: String, message: String) throws {
        let result = try validate("a,\(row)4096,48,1,bf16,iter_time_s,5\n")
        #expect(result.code == 0)
        #expect(result.output.contains("Not expressed: 1 of 1 rows"))
        #expect(result.output.contains(message), "\(result.output)")
    }
}
