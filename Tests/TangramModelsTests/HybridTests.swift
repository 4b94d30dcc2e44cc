import TangramDocument
import TangramModels
import TangramUnits
import Testing

@Suite("State-space layers")
struct HybridTests {
    private func read(_ pattern: String, layers: Int, more: String = "") throws(DiagnosticList)
        -> TransformerModel
    {
        let text = """
            {"model_type": "nemotron_h", "hidden_size": 64, "num_hidden_layers": \(layers),
             "hybrid_override_pattern": "\(pattern)", "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 16, "mamba_num_heads": 8, "mamba_head_dim": 16,
             "ssm_state_size": 32, "n_groups": 2, "conv_kernel": 4, "chunk_size": 128,
             "intermediate_size": 96, "n_routed_experts": 4, "num_experts_per_tok": 2,
             "moe_intermediate_size": 48, "moe_shared_expert_intermediate_size": 80\(more),
             "vocab_size": 100}
            """
        return try HuggingFaceConfiguration.model(
            parsing: text.utf8, file: "config.json", id: "mine")
    }

    @Test("a mixer and the block behind it are a layer; parameters by hand")
    func pairs() throws {
        let model = try read("M-M*E", layers: 5)
        #expect(model.layerCount == 3)
        // In: 64 × (128 + 128 + 2·2·32 + 8); out 128 × 64; convolution 256 × 5; three vectors of 8.
        let mixer = 64 * 392 + 128 * 64 + 256 * 5 + 24
        let attention = 64 * 64 + 2 * 64 * 32 + 64 * 64
        #expect(model.parameters.attention == 2 * mixer + attention)
        #expect(model.parameters.denseFeedForward == 2 * 64 * 96)
        #expect(model.parameters.routedExperts == 4 * 2 * 64 * 48)
        #expect(model.parameters.sharedExperts == 2 * 64 * 80)
        #expect(model.parameters.router == 64 * 4 + 4)
        // One norm for each of five blocks and the last one; a gated norm of 128 in each mixer.
        #expect(model.parameters.norms == 6 * 64 + 2 * 128)
    }

    @Test("experts on a latent have its width, and two matrices around them")
    func latent() throws {
        let model = try read("ME", layers: 2, more: ", \"moe_latent_size\": 16")
        #expect(model.parameters.routedExperts == 4 * 2 * 16 * 48)
        #expect(model.parameters.sharedExperts == 2 * 64 * 80 + 2 * 64 * 16)
    }

    @Test("a scan's work grows with the tokens; a step's and its state do not with the context")
    func work() throws {
        let mixer = StateSpaceMixer(
            headCount: 8, headDimension: 16, stateDimension: 32, groupCount: 2)
        let attention = Attention.stateSpace(mixer)
        // 2·Q·(G·N + H·P) + 4·H·P·N with Q = 128.
        let perToken = 2.0 * 128 * (64 + 128) + 4 * 128 * 32
        #expect(attention.prefillCoreFLOP(newTokens: 100).value == 100 * perToken)
        #expect(attention.decodeCoreFLOP(context: 10) == attention.decodeCoreFLOP(context: 1_000))
        #expect(attention.cachedValues(context: 10) == attention.cachedValues(context: 1_000))
        #expect(attention.cachedValues(context: 10) == 128 * 32 + 3 * (128 + 2 * 64))
    }

    @Test(
        "a pattern that is none says what would be",
        arguments: [
            ("ME", 3, "2 letters for 3 layers"), ("MX", 2, "M is a state-space layer"),
            ("EM", 2, "needs an M or a *"), ("MEE", 3, "letter 3"), ("", 1, "0 letters"),
        ])
    func wrong(pattern: String, layers: Int, message: String) {
        do {
            _ = try read(pattern, layers: layers)
            Issue.record("\(pattern) was read")
        } catch {
            #expect(error.description.contains(message), "\(error)")
        }
    }
}
