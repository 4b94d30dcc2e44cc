/// How long published runs were, where a table does not say.
enum PublishedRuns {
    /// Requests of a run of TensorRT-LLM's throughput tables by lengths of prompt and answer, as its
    /// documentation states them: NVIDIA/TensorRT-LLM docs/source/performance/perf-overview.md at
    /// 00f37686 and docs/source/developer-guide/perf-overview.md at 03e27c7d.
    private static let tensorRT: [[Int]: Double] = [
        [128, 128]: 30_000, [128, 2_048]: 3_000, [128, 4_096]: 1_500, [500, 2_000]: 3_000,
        [1_000, 1_000]: 3_000, [1_000, 2_000]: 1_500, [2_048, 128]: 3_000, [2_048, 2_048]: 1_500,
        [5_000, 500]: 1_500, [20_000, 2_000]: 1_000, [1_024, 1_024]: 3_000, [8_192, 1_024]: 1_500,
        [1_024, 8_192]: 1_500, [32_768, 1_024]: 1_000, [1_024, 32_768]: 1_000,
    ]

    /// Requests of a run of `source`; nil where nothing is published.
    static func requestCount(_ source: String, prompt: Int?, answer: Int?) -> Double? {
        guard source.contains("TensorRT-LLM"), let prompt, let answer else { return nil }
        return tensorRT[[prompt, answer]]
    }
}
