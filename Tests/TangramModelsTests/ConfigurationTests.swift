import TangramDocument
import TangramModels
import TangramUnits
import Testing

@Suite("Hugging Face configurations")
struct ConfigurationTests {
    private static let llama = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
         "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
         "num_key_value_heads": 8, "vocab_size": 128256, "rope_theta": 5e5,
         "eos_token_id": [1, 2], "rope_scaling": {"factor": 8.0}}
        """

    private func read(_ text: String) throws(DiagnosticList) -> TransformerModel {
        try HuggingFaceConfiguration.model(parsing: text.utf8, file: "config.json", id: "mine")
    }

    private func problems(_ text: String) -> String {
        do {
            _ = try read(text)
            return ""
        } catch {
            return error.description
        }
    }

    @Test("keys that shape nothing are ignored and absent ones take their defaults")
    func defaults() throws {
        let model = try read(Self.llama)
        #expect(model.parameterCount == 8_030_261_248)
        #expect(model.name == "mine")
        #expect(model.hasTiedEmbeddings == false)
        #expect(model.maximumContext == nil)
        #expect(model.checkpointFormat == nil)
        let heads = Self.llama.replacing("\"num_key_value_heads\": 8,", with: "")
        let attention = try #require(try read(heads).layerGroups.first).attention
        #expect(attention.keyValueHeadCount == 32)
        #expect(attention.queryKeyDimension == 128)
    }

    @Test("GPT-2 is read under its own names, tied by default: 124,439,808 parameters")
    func gpt2() throws {
        let model = try read(
            """
            {"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024,
             "vocab_size": 50257, "n_inner": null}
            """)
        #expect(model.parameterCount == 124_439_808)
        #expect(model.hasTiedEmbeddings)
        #expect(model.multipliedParameterCount > model.activeParameterCount(.withoutInputEmbedding))
    }

    @Test("a multimodal configuration is read at its text_config")
    func nested() throws {
        let model = try read(
            """
            {"architectures": ["Llama4ForConditionalGeneration"], "model_type": "llama4",
             "tie_word_embeddings": false, "vision_config": {"hidden_size": 1408},
             "text_config": {"model_type": "llama4_text", "hidden_size": 5120,
              "intermediate_size": 8192, "intermediate_size_mlp": 16384, "num_hidden_layers": 48,
              "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128,
              "vocab_size": 202048, "attention_chunk_size": 8192, "num_local_experts": 16,
              "num_experts_per_tok": 1, "interleave_moe_layer_step": 1}}
            """)
        #expect(model.parameterCount == 107_769_861_120)
        #expect(model.layerGroups.map(\.count) == [36, 12])
    }

    @Test("windows of Mistral cover all layers, those of Qwen the upper ones if switched on")
    func windowRules() throws {
        func groups(_ type: String, _ keys: String) throws -> [Int] {
            let text = Self.llama.replacing("\"llama\"", with: "\"\(type)\"")
                .replacing("\"rope_theta\": 5e5", with: keys)
            let model = try read(text)
            #expect(model.keyValueBytesPerToken() == 131_072)
            let full = model.fullContextKeyValueBytesPerToken() / 4_096
            return model.layerGroups.map(\.count) + [Int(full)]
        }
        #expect(try groups("mistral", "\"sliding_window\": 4096") == [32, 0])
        #expect(try groups("mistral", "\"sliding_window\": null") == [32, 32])
        #expect(
            try groups("qwen2", "\"sliding_window\": 4096, \"use_sliding_window\": false")
                == [32, 32])
        #expect(
            try groups(
                "qwen2",
                "\"sliding_window\": 4096, \"use_sliding_window\": true, \"max_window_layers\": 28")
                == [28, 4, 28])
    }

    @Test(
        "the format of the weights is read where the configuration says it",
        arguments: [
            ("\"torch_dtype\": \"bfloat16\"", NumberFormat.bf16),
            ("\"dtype\": \"float16\"", .fp16),
            ("\"quantization_config\": {\"quant_method\": \"fp8\"}", .fp8),
            ("\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 4}", .int4),
        ])
    func formats(entry: String, format: NumberFormat) throws {
        let model = try read(Self.llama.replacing("\"rope_theta\": 5e5", with: entry))
        #expect(model.checkpointFormat == format)
        #expect(model.expertCheckpointFormat == nil)
    }

    @Test("gpt-oss has fp4 experts in a bf16 file, DeepSeek-V3 is fp8 throughout")
    func shippedFormats() throws {
        let catalogue = try ModelCatalogue.builtIn()
        #expect(catalogue.model("gpt-oss-20b")?.expertCheckpointFormat == .fp4)
        #expect(catalogue.model("gpt-oss-20b")?.checkpointFormat == .bf16)
        #expect(catalogue.model("deepseek-v3")?.expertCheckpointFormat == .fp8)
        #expect(catalogue.model("llama-3.1-8b")?.checkpointFormat == nil)
    }

    @Test(
        "what is wrong is named, with its place",
        arguments: [
            ("\"hidden_size\": 4096,", "", "missing key \"hidden_size\""),
            ("32,", "0,", "config.json:2:51: num_hidden_layers: 0 is out of range"),
            ("\"num_hidden_layers\": 32", "\"num_hidden_layers\": -3", "-3 is out of range"),
            ("\"hidden_size\": 4096", "\"hidden_size\": 99999999999", "1 to 1000000"),
            ("\"hidden_size\": 4096", "\"hidden_size\": \"big\"", "expected a whole number"),
            ("\"hidden_size\": 4096", "\"hidden_size\": [1]", "found a list"),
            ("\"hidden_size\": 4096", "\"hidden_size\": 4095", "32 heads do not divide"),
            ("\"num_key_value_heads\": 8", "\"num_key_value_heads\": 7", "cannot share 7"),
            ("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", ""),
            ("LlamaForCausalLM", "Other", ""),
            ("\"rope_theta\": 5e5", "\"tie_word_embeddings\": 1", "expected true or false"),
            ("\"rope_theta\": 5e5", "\"layer_types\": [\"full\"]", "1 layer types for 32 layers"),
            ("\"rope_theta\": 5e5", "\"quantization_config\": {}", "missing key \"quant_method\""),
            ("{\"arch", "[{\"arch", "expected \",\" or \"]\""),
        ])
    func refused(part: String, replacement: String, message: String) throws {
        let range = try #require(Self.llama.firstRange(of: part))
        var text = Self.llama
        text.replaceSubrange(range, with: replacement)
        let found = problems(text)
        if message.isEmpty {
            // The other of model_type and architectures still names the family.
            #expect(found == "")
        } else {
            #expect(found.contains(message))
        }
    }

    @Test("an unknown architecture is refused with the supported ones and the nearest")
    func unknownArchitecture() {
        let text = problems("{\"model_type\": \"deepseek_v5\", \"hidden_size\": 1}")
        #expect(text.contains("unsupported architecture \"deepseek_v5\""))
        #expect(text.contains("did you mean \"deepseek_v2\"?"))
        for type in HuggingFaceConfiguration.supportedModelTypes { #expect(text.contains(type)) }
        #expect(problems("{}").contains("missing key \"model_type\""))
        #expect(problems("[]").contains("expected a mapping"))
        #expect(problems("{\"model_type\": {}}").contains("expected text"))
    }

    @Test("all missing keys are named in one run")
    func everyMissingKey() {
        let text = problems("{\"model_type\": \"deepseek_v3\", \"n_routed_experts\": 8}")
        for key in [
            "hidden_size", "num_hidden_layers", "vocab_size", "num_attention_heads",
            "kv_lora_rank", "qk_nope_head_dim", "v_head_dim", "num_experts_per_tok",
            "moe_intermediate_size",
        ] { #expect(text.contains("missing key \"\(key)\"")) }
    }

    @Test("sizes that are allowed one by one but absurd together are refused")
    func absurdTogether() {
        let text = """
            {"model_type": "mixtral", "hidden_size": 1000000, "num_hidden_layers": 10000,
             "vocab_size": 100000000, "num_attention_heads": 65536, "head_dim": 65536,
             "num_local_experts": 100000, "num_experts_per_tok": 100000,
             "intermediate_size": 10000000}
            """
        #expect(problems(text).contains("T parameters"))
    }

    @Test("more active experts than experts, and groups that do not divide, are refused")
    func experts() {
        let text = """
            {"model_type": "deepseek_v3", "hidden_size": 64, "num_hidden_layers": 2,
             "vocab_size": 100, "num_attention_heads": 4, "kv_lora_rank": 8, "q_lora_rank": 8,
             "qk_nope_head_dim": 8, "qk_rope_head_dim": 8, "v_head_dim": 8,
             "n_routed_experts": 6, "num_experts_per_tok": 7, "moe_intermediate_size": 8,
             "n_group": 4, "topk_group": 5}
            """
        let found = problems(text)
        #expect(found.contains("7 experts per token of only 6"))
        #expect(found.contains("6 experts cannot form 4 equal groups"))
        #expect(found.contains("5 groups per token of only 4"))
    }
}
