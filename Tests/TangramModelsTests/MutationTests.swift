import TangramDocument
import TangramModels
import TangramUnits
import Testing

@Suite("Mutated configurations")
struct MutationTests {
    private static let values: [DocumentNode.Content] =
        [
            .null, .sequence([]), .mapping([]), .scalar("text", isPlain: false),
            .scalar("true", isPlain: true), .scalar("false", isPlain: true),
            .sequence([DocumentNode(.scalar("4", isPlain: true))]),
        ]
        + [
            "0", "-1", "1", "2", "3", "7", "128", "65536", "999983", "1000000", "10000000",
            "100000", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1.5",
            "1e30", "nan",
        ].map { .scalar($0, isPlain: true) }

    /// Keys to put over the shipped configurations.
    private static let keys = [
        "hidden_size", "num_hidden_layers", "vocab_size", "num_attention_heads", "head_dim",
        "num_key_value_heads", "intermediate_size", "moe_intermediate_size", "n_routed_experts",
        "num_local_experts", "num_experts", "num_experts_per_tok", "n_shared_experts",
        "shared_expert_intermediate_size", "first_k_dense_replace", "moe_layer_freq",
        "q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim",
        "index_n_heads", "index_head_dim", "index_topk", "n_group", "topk_group", "o_groups",
        "o_lora_rank", "compress_ratios", "hc_mult", "num_hash_layers", "sliding_window",
        "layer_types", "attention_chunk_size", "interleave_moe_layer_step", "moe_layers",
        "no_rope_layers", "no_rope_layer_interval", "decoder_sparse_step", "mlp_only_layers",
        "tie_word_embeddings", "attention_bias", "use_qk_norm", "qk_norm_type", "sandwich_norm",
        "max_position_embeddings", "num_nextn_predict_layers", "quantization_config",
        "torch_dtype", "expert_dtype", "model_type", "architectures", "text_config",
        "use_sliding_window", "max_window_layers", "_meta",
    ]

    @Test("20,000 mutated configurations each give a model or a reason, and never a trap")
    func mutations() throws {
        let shipped = try ModelCatalogue.builtIn()
        let names = shipped.names
        var random = SeededGenerator(seed: 1)
        var models = 0
        for _ in 0..<20_000 {
            var entries = [
                entry("id", .scalar("mutant", isPlain: true)),
                entry(
                    "base", .scalar(names.randomElement(using: &random) ?? "", isPlain: true)),
            ]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let key = Self.keys.randomElement(using: &random) ?? ""
                guard let value = Self.values.randomElement(using: &random),
                    !entries.contains(where: { $0.key == key })
                else { continue }
                entries.append(entry(key, value))
            }
            var catalogue = shipped
            let collector = DiagnosticCollector(file: "mutant")
            let list = DocumentNode(.sequence([DocumentNode(.mapping(entries))]))
            catalogue.merge(Cursor(list, collector: collector))
            if let model = catalogue.model("mutant") {
                models += 1
                exercise(model)
            } else {
                #expect(collector.hasErrors)
            }
        }
        #expect(models > 1_000 && models < 19_000)
    }

    private func entry(_ key: String, _ value: DocumentNode.Content) -> DocumentNode.Entry {
        DocumentNode.Entry(key: key, value: DocumentNode(value))
    }

    /// Everything that is computed from a shape must be finite.
    private func exercise(_ model: TransformerModel) {
        let total = model.parameterCount
        #expect(total > 0 && total < 200_000_000_000_000_000)
        #expect(model.activeParameterCount(.all) <= total)
        #expect(model.keyValueBytes(context: .max).count >= 0)
        #expect(model.trainingFLOPPerToken(sequenceLength: 4_096).value.isFinite)
        #expect(model.forwardFLOPPerToken(context: 4_096).value.isFinite)
        #expect(model.whatIf().denseForwardFLOPPerToken.value.isFinite)
    }

    @Test("mutated JSON text is read or refused, and never traps")
    func mutatedText() {
        let text = Array(
            """
            {"model_type": "llama", "hidden_size": 64, "intermediate_size": 128, "a": "\\u00e9\\n",
             "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100, "b": [1, -2e3]}
            """.utf8)
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: index)
                }
            }
            do {
                _ = try HuggingFaceConfiguration.model(parsing: bytes, file: "f", id: "m")
            } catch {
                #expect(!error.diagnostics.isEmpty)
            }
        }
    }
}
