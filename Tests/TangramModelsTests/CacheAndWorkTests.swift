import TangramModels
import TangramUnits
import Testing

@Suite("Caches and work")
struct CacheAndWorkTests {
    private func model(_ id: String) throws -> TransformerModel {
        try #require(try ModelCatalogue.builtIn().model(id))
    }

    @Test("gpt-oss keeps 128 tokens in half of its layers and the whole context in the others")
    func slidingWindows() throws {
        let model = try model("gpt-oss-120b")
        #expect(model.layerGroups.map(\.count) == [18, 18])
        #expect(model.groupIndexOfLayers.prefix(4) == [0, 1, 0, 1])
        #expect(model.keyValueBytesPerToken() == 73_728)
        #expect(model.fullContextKeyValueBytesPerToken() == 36_864)
        #expect(model.keyValueBytes(context: 128) == Bytes(73_728 * 128))
        #expect(model.keyValueBytes(context: 10_128) == Bytes(73_728 * 128 + 36_864 * 10_000))
    }

    @Test("Llama 4 keeps at most a chunk in three layers of four")
    func chunks() throws {
        let model = try model("llama-4-scout")
        let perToken = 48 * 4_096
        #expect(model.keyValueBytes(context: 8_192) == Bytes(perToken * 8_192))
        let grown = model.keyValueBytes(context: 18_192) - model.keyValueBytes(context: 8_192)
        #expect(grown == Bytes(12 * 4_096 * 10_000))
    }

    @Test("a cache of no tokens is empty and a wider format doubles it", arguments: ["deepseek-v3"])
    func limits(id: String) throws {
        let model = try model(id)
        #expect(model.keyValueBytes(context: 0) == .zero)
        #expect(model.keyValueBytes(context: -5) == .zero)
        #expect(
            model.keyValueBytes(context: 1_000, format: .bf16)
                == model.keyValueBytes(context: 1_000, format: .fp8) * 2)
    }

    @Test("one decode step of absorbed latent attention is 2·S·H·((r + d) + r)")
    func latentDecode() throws {
        let attention = try #require(try model("deepseek-v3").layerGroups.first).attention
        #expect(attention.decodeCoreFLOP(context: 1_000).value == 2 * 1_000 * 128 * 1_088)
        #expect(
            attention.decodeCoreFLOP(context: 1_000, form: .expanded).value
                == 2 * 1_000 * 128 * 320)
    }

    @Test("one decode step of grouped attention is 4·S·H·D")
    func groupedDecode() throws {
        let attention = try #require(try model("llama-3.1-8b").layerGroups.first).attention
        #expect(attention.decodeCoreFLOP(context: 1_000).value == 4 * 1_000 * 32 * 128)
    }

    @Test("causal prefill is half of the full square, and chunks of it add up")
    func prefill() throws {
        let attention = try #require(try model("llama-3.1-8b").layerGroups.first).attention
        let whole = attention.prefillCoreFLOP(newTokens: 4_096)
        #expect(2 * whole == attention.prefillCoreFLOP(newTokens: 4_096, masking: .full))
        #expect(whole.value == 2 * 32 * 128 * 4_096 * 4_096)
        let parts =
            attention.prefillCoreFLOP(newTokens: 1_024)
            + attention.prefillCoreFLOP(newTokens: 3_072, pastTokens: 1_024)
        #expect(parts == whole)
    }

    @Test("a window makes long prefill linear: chunks add up for every shipped attention")
    func additivity() throws {
        for model in try ModelCatalogue.builtIn().models {
            for group in model.layerGroups {
                let attention = group.attention
                let whole = attention.prefillCoreFLOP(newTokens: 50_000).value
                let parts =
                    attention.prefillCoreFLOP(newTokens: 10_000).value
                    + attention.prefillCoreFLOP(newTokens: 40_000, pastTokens: 10_000).value
                #expect(abs(whole / parts - 1) < 1e-12)
                #expect(whole <= attention.prefillCoreFLOP(newTokens: 50_000, masking: .full).value)
            }
        }
        let sliding = GroupedQueryAttention(
            headCount: 1, keyValueHeadCount: 1, headDimension: 1, window: 10)
        let work = Attention.grouped(sliding).prefillCoreFLOP(newTokens: 110)
        #expect(work.value == 4 * (50 + 1_000))
    }

    @Test("sparse attention reads at most the selected tokens, its indexer scores all")
    func sparse() throws {
        let attention = try #require(try model("deepseek-v3.2").layerGroups.last).attention
        let far = attention.decodeCoreFLOP(context: 100_000)
        #expect(far == attention.decodeCoreFLOP(context: 2_048))
        #expect(attention.decodeIndexerFLOP(context: 100_000).value == 2 * 64 * 128 * 100_000)
    }

    @Test(
        "projections are two FLOP per multiplied weight, but for vectors",
        arguments: [
            "llama-3.1-70b", "deepseek-v3", "gpt3-175b", "deepseek-v4-flash",
        ])
    func projections(id: String) throws {
        let model = try model(id)
        let all = model.projectionFLOPPerToken.total.value
        let counted = 2 * Double(model.multipliedParameterCount)
        #expect(all <= counted)
        #expect(all > 0.995 * counted)
    }

    @Test("compression saves what the papers say it does")
    func savings() throws {
        let latent = try model("deepseek-v3").whatIf()
        #expect(latent.multiHeadKeyValueBytesPerToken == 61 * 128 * 320 * 2)
        #expect(latent.eightGroupKeyValueBytesPerToken == 61 * 8 * 320 * 2)
        #expect(latent.savingAgainstMultiHead > 71)
        #expect(latent.savingAgainstDense > 15)
        let dense = try model("llama-3.1-405b").whatIf()
        #expect(dense.savingAgainstDense == 1)
        #expect(dense.savingAgainstEightGroups == 1)
        #expect(dense.savingAgainstMultiHead == 16)
    }

    @Test("256 experts of 8 active: 64 tokens hit 222 of them")
    func distinctExperts() {
        let mixture = MixtureOfExperts(expertCount: 256, activeExpertCount: 8, expertWidth: 1)
        #expect(mixture.expectedDistinctExperts(tokenCount: 0) == 0)
        #expect(abs(mixture.expectedDistinctExperts(tokenCount: 1) - 8) < 1e-9)
        #expect(mixture.expectedDistinctExperts(tokenCount: 64).rounded() == 222)
    }

    @Test("components sum to the total and stay within it for every model")
    func components() throws {
        for model in try ModelCatalogue.builtIn().models {
            let counts = model.parameters
            let active = model.activeParameters
            #expect(model.layerGroups.reduce(0) { $0 + $1.count } == model.layerCount)
            #expect(model.groupIndexOfLayers.count == model.layerCount)
            #expect(active.total <= counts.total)
            #expect((counts.routedExperts > 0) == model.isMixtureOfExperts)
            #expect(counts - active + active == counts)
        }
    }
}
