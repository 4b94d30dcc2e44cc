import TangramCost
import TangramHardware
import TangramModels
import TangramUnits
import Testing

/// Memory of one accelerator against counts by hand from the published configurations: every tensor's
/// shape is written out here, none is taken from the product.
@Suite("Memory of a served replica")
struct ServedMemoryTests {
    private func estimate(
        _ id: String, on card: String, _ layout: ServingLayout, weights: NumberFormat,
        cache: NumberFormat = .bf16, prompt: Int = 4_096, output: Int = 1_024
    ) throws -> ServingEstimate {
        var layout = layout
        (layout.weightFormat, layout.computeFormat, layout.keyValueFormat) = (
            weights, weights, cache
        )
        return try ServingModel(
            demand: ServingDemand(
                model: try model(id), requestRate: RequestRate(1), promptTokens: prompt,
                outputTokens: output, weightFormats: [weights], keyValueFormat: cache),
            group: try group(card)
        ).estimate(layout).get()
    }

    private func cacheBytesPerSequence(_ estimate: ServingEstimate, groups: Double) -> Double {
        estimate.memory.keyValueCache.value / (estimate.batch / groups)
    }

    @Test("Qwen3-32B in 16 bits on TP 4: a quarter of 32.76 G parameters, 64 KiB of cache a token")
    func dense() throws {
        // config.json of Qwen/Qwen3-32B: 64 layers, width 5,120, 64 heads and 8 key-value heads of
        // 128, inner width 25,600, vocabulary 151,936, head not tied.
        let (layers, width, inner, vocabulary) = (64.0, 5_120.0, 25_600.0, 151_936.0)
        let attention = width * 64 * 128 * 2 + width * 8 * 128 * 2
        let block = 3 * width * inner
        let norms = 2 * width + 2 * 128
        let all = layers * (attention + block + norms) + 2 * vocabulary * width + width
        #expect(isClose(all, 32.762e9, 1e-3))
        let found = try estimate(
            "qwen3-32b", on: "h100-sxm-80gb", ServingLayout(tensorParallel: 4), weights: .bf16)
        #expect(isClose(found.memory.weights.value, 2 * all / 4, 0.03))
        // Keys and values of 2 of the 8 heads on each rank, 2 bytes each.
        let token = 2 * 64.0 * 2 * 128 * 2
        #expect(
            isClose(cacheBytesPerSequence(found, groups: 1), token * (4_096 + 1_024), 0.03))
    }

    @Test(
        "DeepSeek-V3 in 8 bits on DP 32 EP 32: attention whole, 8 experts a layer, latents of 576")
    func latent() throws {
        // config.json of deepseek-ai/DeepSeek-V3: 61 layers of which 3 are dense, width 7,168, 128
        // heads, query rank 1,536, cache rank 512 and 64 rotary, heads of 128 + 64 and 128, experts
        // of 2,048, dense blocks of 18,432, vocabulary 129,280.
        let (width, heads) = (7_168.0, 128.0)
        let attention =
            width * 1_536 + 1_536 * heads * 192 + width * 576 + 512 * heads * 256
            + heads * 128 * width
        let expert = 3 * width * 2_048
        let dense = 61 * attention + 3 * 3 * width * 18_432 + 58 * expert
        // Scales of 4 bytes for 128 × 128 weights are below a part in a thousand.
        let eight = dense + 58 * 8 * expert
        let sixteen = 58 * width * 256 + 2 * 129_280 * width
        let found = try estimate(
            "deepseek-v3", on: "h800-sxm-80gb", ServingLayout(dataParallel: 32), weights: .fp8)
        #expect(isClose(found.memory.weights.value, eight + 2 * sixteen, 0.03))
        #expect(
            isClose(
                cacheBytesPerSequence(found, groups: 32), 61 * 576 * 2 * (4_096 + 1_024), 0.03))
    }

    @Test(
        "gpt-oss-120b with 4-bit experts on one card: 17 of 32 bytes, and half of the layers windowed"
    )
    func window() throws {
        // config.json of openai/gpt-oss-120b: 36 layers, width 2,880, 64 heads and 8 key-value heads
        // of 64, 128 experts of 2,880, every second layer sees 128 tokens, vocabulary 201,088.
        let width = 2_880.0
        let attention = width * 64 * 64 * 2 + width * 8 * 64 * 2
        let experts = 36 * 128 * 3 * width * 2_880
        // MXFP4: 4 bits and one byte of scale for 32 values (OCP Microscaling, §5.2).
        let bytes =
            experts * (4 + 8.0 / 32) / 8
            + 2 * (36 * (attention + width * 128) + 2 * 201_088 * width)
        let found = try estimate(
            "gpt-oss-120b", on: "b200-sxm-180gb", ServingLayout(), weights: .fp4)
        #expect(isClose(found.memory.weights.value, bytes, 0.03))
        let whole = 18 * 2 * 8 * 64 * 2.0 * (4_096 + 1_024)
        let windowed = 18 * 2 * 8 * 64 * 2.0 * 128
        #expect(isClose(cacheBytesPerSequence(found, groups: 1), whole + windowed, 0.03))
    }

    @Test("an 8-bit cache takes half of a 16-bit one, in whole numbers of either kind")
    func narrowCache() throws {
        func bytes(_ format: NumberFormat) throws -> Double {
            cacheBytesPerSequence(
                try estimate(
                    "llama-3.1-8b", on: "h100-sxm-80gb", ServingLayout(), weights: .bf16,
                    cache: format), groups: 1)
        }
        // 32 layers × 8 heads × 128 × keys and values.
        let token = 32 * 8 * 128 * 2.0
        #expect(isClose(try bytes(.bf16), 2 * token * 5_120, 1e-6))
        #expect(isClose(try bytes(.fp8), token * 5_120, 1e-6))
        #expect(isClose(try bytes(.int8), token * 5_120, 1e-6))
    }

    @Test("32 redundant experts make 288 of 256: an eighth more of every rank's experts")
    func redundant() throws {
        func weights(_ copies: Int) throws -> Double {
            var demand = ServingDemand(
                model: try model("deepseek-v3"), requestRate: RequestRate(1), promptTokens: 1_000,
                outputTokens: 100, weightFormats: [.fp8])
            demand.redundantExperts = copies
            var layout = ServingLayout(dataParallel: 32)
            (layout.weightFormat, layout.computeFormat) = (.fp8, .fp8)
            return try ServingModel(demand: demand, group: try group("h800-sxm-80gb"))
                .estimate(layout).get().memory.weights.value
        }
        // 58 layers, one more expert of 3 · 7,168 · 2,048 bytes on each of 32 ranks.
        let more = 58.0 * 3 * 7_168 * 2_048
        #expect(isClose(try weights(32) - weights(0), more, 0.03))
    }
}
