import TangramModels
import TangramUnits
import Testing

@Suite("Published figures")
struct PublishedFigureTests {
    private func model(_ id: String) throws -> TransformerModel {
        try #require(try ModelCatalogue.builtIn().model(id))
    }

    @Test(
        "published exact parameter counts are met to the last one",
        arguments: [
            ("deepseek-v2-lite", 15_706_484_224),
            ("deepseek-v2", 235_741_434_880),
            ("gpt-oss-120b", 116_829_156_672),
            ("gpt-oss-20b", 20_914_757_184),
            ("llama-3.1-405b", 405_853_388_800),
            ("llama-3.1-70b", 70_553_706_496),
            ("llama-3.1-8b", 8_030_261_248),
            ("mixtral-8x22b", 140_620_634_112),
            ("mixtral-8x7b", 46_702_792_704),
            ("qwen2.5-72b", 72_706_203_648),
            ("qwen3-235b-a22b", 235_093_634_560),
            ("qwen3-30b-a3b", 30_532_122_624),
            ("qwen3-32b", 32_762_123_264),
            ("qwen3-8b", 8_190_735_360),
            ("qwen3-coder-480b-a35b", 480_154_875_392),
        ])
    func exactTotals(id: String, count: Int) throws {
        let model = try model(id)
        #expect(model.parameterCount == count)
        #expect(model.provenance.publishedExactTotal == count)
    }

    @Test("Mixtral 8x22B's published active count is met to the last parameter")
    func exactActive() throws {
        #expect(try model("mixtral-8x22b").activeParameterCount(.all) == 39_152_031_744)
    }

    @Test("GLM-4.5-Air is its published count plus one router bias per expert of 45 layers")
    func routerBuffers() throws {
        #expect(try model("glm-4.5-air").parameterCount == 106_852_245_504 + 45 * 128)
    }

    @Test(
        "rounded published totals are met within 3 %", arguments: try ModelCatalogue.builtIn().names
    )
    func roundedTotals(id: String) throws {
        let model = try model(id)
        let published = try #require(model.provenance.publishedTotal)
        #expect(abs(Double(model.parameterCount) / Double(published) - 1) < 0.03)
    }

    @Test(
        "published active parameters are met within 3 % under the named convention",
        arguments: try ModelCatalogue.builtIn().names)
    func roundedActive(id: String) throws {
        let model = try model(id)
        let published = try #require(model.provenance.publishedActive)
        let convention = try #require(model.provenance.publishedActiveConvention)
        let computed = Double(model.activeParameterCount(convention))
        #expect(abs(computed / Double(published) - 1) < 0.03)
        // No other convention comes nearer.
        for other in ActiveConvention.allCases {
            let distance = abs(model.activeParameterCount(other) - published)
            #expect(distance >= abs(model.activeParameterCount(convention) - published))
        }
    }

    @Test("DeepSeek-V3's prediction layer is 11.6 G parameters, published as 11.5")
    func prediction() throws {
        let model = try model("deepseek-v3")
        #expect(model.parameters.multiTokenPrediction == 11_610_068_224)
        #expect(model.provenance.publishedMultiTokenPrediction == 11_500_000_000)
        #expect(model.activeParameters.multiTokenPrediction < 2_400_000_000)
    }

    @Test(
        "key-value bytes per token are those of arXiv 2505.09343 Table 1",
        arguments: [
            ("deepseek-v3", 70_272.0), ("qwen2.5-72b", 327_680), ("llama-3.1-405b", 516_096),
        ])
    func keyValueBytes(id: String, bytes: Double) throws {
        let model = try model(id)
        #expect(model.keyValueBytesPerToken() == bytes)
        #expect(model.provenance.publishedKeyValueBytesPerToken.map(Double.init) == bytes)
    }

    @Test(
        "training work per token is that of arXiv 2505.09343 Table 2",
        arguments: [
            ("deepseek-v3", 250.0, 0.005), ("deepseek-v2", 155, 0.005),
            ("llama-3.1-405b", 2_448, 0.015),
        ])
    func trainingWork(id: String, published: Double, tolerance: Double) throws {
        let work = try model(id).trainingFLOPPerToken(sequenceLength: 4_096)
        #expect(abs(work.value / 1e9 / published - 1) < tolerance)
    }

    @Test("DeepSeek-V4-Pro keeps 9.62 GiB of a context of 1 Mi tokens, indexer included")
    func compressedCache() throws {
        let model = try model("deepseek-v4-pro")
        let rate = model.keyValueBytesPerToken() + model.indexerBytesPerToken()
        #expect(rate == 7_928 + 1_920)
        #expect(abs(rate * 0x1p20 / 0x1p30 - 9.62) < 0.005)
        // Beyond that only the window of every layer.
        let window = model.layerCount * 128 * 512 * 2
        let cache = model.cacheBytes(context: 1 << 20)
        #expect(cache == Bytes(Int(rate) << 20) + Bytes(window))
    }
}
