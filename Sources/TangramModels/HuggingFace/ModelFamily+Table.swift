extension ModelFamily {
    /// Every supported family.
    static let all: [ModelFamily] = dense + mixtures + latent + hybrid

    private static let dense = [
        ModelFamily(
            modelType: "llama", architectures: ["LlamaForCausalLM"],
            queryKeyValueBias: .key("attention_bias"), outputBias: .key("attention_bias"),
            feedForwardBias: .key("mlp_bias")),
        ModelFamily(
            modelType: "mistral", architectures: ["MistralForCausalLM"], window: .all),
        ModelFamily(
            modelType: "qwen2", otherTypes: ["qwen2_vl", "qwen2_5_vl", "qwen2_5_vl_text"],
            architectures: ["Qwen2ForCausalLM"], queryKeyValueBias: .always, window: .upper),
        ModelFamily(
            modelType: "qwen3", otherTypes: ["qwen3_vl_text", "qwen3_vl"],
            architectures: ["Qwen3ForCausalLM"],
            queryKeyValueBias: .key("attention_bias"), outputBias: .key("attention_bias"),
            queryKeyNorm: .perHead, window: .upper),
        ModelFamily(
            modelType: "pangu_ultra", architectures: ["PanguUltraForCausalLM"],
            queryKeyValueBias: .key("attention_bias"), outputBias: .key("attention_bias")),
        ModelFamily(
            modelType: "gpt2", architectures: ["GPT2LMHeadModel"], queryKeyValueBias: .always,
            outputBias: .always, feedForwardBias: .always, hasLayerNorm: true, isGated: false,
            hasLearnedPositions: true, tiesByDefault: true, hasDefaultWidth: true,
            spelling: [
                "hidden_size": "n_embd", "num_hidden_layers": "n_layer",
                "num_attention_heads": "n_head", "max_position_embeddings": "n_positions",
                "intermediate_size": "n_inner",
            ]),
        ModelFamily(
            modelType: "gpt2_megatron", architectures: ["GPTModel"], queryKeyValueBias: .always,
            outputBias: .always, feedForwardBias: .always, hasLayerNorm: true, isGated: false,
            hasLearnedPositions: true, tiesByDefault: true, hasDefaultWidth: true),
    ]

    private static let mixtures = [
        ModelFamily(
            modelType: "mixtral", architectures: ["MixtralForCausalLM"], window: .all,
            experts: ExpertRule(countKey: "num_local_experts", widthKey: "intermediate_size")),
        ModelFamily(
            modelType: "qwen3_moe", otherTypes: ["qwen3_vl_moe_text", "qwen3_vl_moe"],
            architectures: ["Qwen3MoeForCausalLM"],
            queryKeyValueBias: .key("attention_bias"), outputBias: .key("attention_bias"),
            queryKeyNorm: .perHead, window: .upper,
            experts: ExpertRule(countKey: "num_experts", placement: .sparseStep)),
        ModelFamily(
            modelType: "glm4_moe", architectures: ["Glm4MoeForCausalLM"],
            queryKeyValueBias: .key("attention_bias"),
            queryKeyNorm: .key(default: .perHead),
            experts: ExpertRule(
                countKey: "n_routed_experts", placement: .afterFirstDense,
                shared: .count(default: 0), hasRouterBias: true)),
        ModelFamily(
            modelType: "gpt_oss", architectures: ["GptOssForCausalLM"],
            queryKeyValueBias: .always, outputBias: .always, hasSinks: true, window: .alternating,
            experts: ExpertRule(
                countKey: "num_local_experts", widthKey: "intermediate_size", hasRouterBias: true,
                hasExpertBias: true)),
        ModelFamily(
            modelType: "minimax_m2",
            architectures: ["MiniMaxM2ForCausalLM"], queryKeyNorm: .key(default: .perLayer),
            experts: ExpertRule(
                countKey: "num_local_experts", widthKey: "intermediate_size", hasRouterBias: true)),
        ModelFamily(
            modelType: "llama4_text", otherTypes: ["llama4"],
            architectures: ["Llama4ForConditionalGeneration", "Llama4ForCausalLM"],
            queryKeyValueBias: .key("attention_bias"), outputBias: .key("attention_bias"),
            window: .chunked,
            experts: ExpertRule(
                countKey: "num_local_experts", widthKey: "intermediate_size",
                denseWidthKey: "intermediate_size_mlp", placement: .interleaved,
                shared: .count(default: 1))),
        ModelFamily(
            modelType: "PanguProMoE", otherTypes: ["pangu_pro_moe"],
            architectures: ["PanguProMoEForCausalLM"], queryKeyValueBias: .key("attention_bias"),
            outputBias: .key("attention_bias"),
            experts: ExpertRule(
                countKey: "num_experts", shared: .width(key: "shared_expert_intermediate_size"),
                hasRouterBias: true)),
    ]

    private static let latent = [
        ModelFamily(
            modelType: "deepseek_v2", architectures: ["DeepseekV2ForCausalLM"], attention: .latent,
            queryKeyValueBias: .key("attention_bias"), experts: deepSeekExperts(routerBias: false)),
        ModelFamily(
            modelType: "deepseek_v3", otherTypes: ["kimi_k2"],
            architectures: ["DeepseekV3ForCausalLM"], attention: .latent,
            queryKeyValueBias: .key("attention_bias"), experts: deepSeekExperts(routerBias: true)),
        ModelFamily(
            modelType: "deepseek_v32", otherTypes: ["glm_moe_dsa"],
            architectures: ["DeepseekV32ForCausalLM", "GlmMoeDsaForCausalLM"], attention: .latent,
            queryKeyValueBias: .key("attention_bias"), experts: deepSeekExperts(routerBias: true)),
        ModelFamily(
            modelType: "pangu_ultra_moe", architectures: ["PanguUltraMoEForCausalLM"],
            attention: .latent, queryKeyValueBias: .key("attention_bias"),
            experts: deepSeekExperts(routerBias: false)),
        ModelFamily(
            modelType: "deepseek_v4", architectures: ["DeepseekV4ForCausalLM"],
            attention: .compressed,
            experts: ExpertRule(
                countKey: "n_routed_experts", shared: .count(default: 0), hasRouterBias: true)),
    ]

    private static let hybrid = [
        ModelFamily(
            modelType: "nemotron_h", architectures: ["NemotronHForCausalLM"], attention: .hybrid,
            queryKeyValueBias: .key("attention_bias"), outputBias: .key("attention_bias"),
            feedForwardBias: .key("mlp_bias"),
            experts: ExpertRule(
                countKey: "n_routed_experts", isOptional: true,
                shared: .width(key: "moe_shared_expert_intermediate_size"), hasRouterBias: true),
            isGated: false)
    ]

    private static func deepSeekExperts(routerBias: Bool) -> ExpertRule {
        ExpertRule(
            countKey: "n_routed_experts", isOptional: true, placement: .afterFirstDense,
            shared: .count(default: 0), hasRouterBias: routerBias)
    }

    /// The family that a configuration names, by `model_type` first and `architectures` second.
    static func named(modelType: String?, architectures: [String]) -> ModelFamily? {
        all.first { $0.modelType == modelType || $0.otherTypes.contains(modelType ?? "") }
            ?? all.first { !Set($0.architectures).isDisjoint(with: architectures) }
    }

    /// Every supported `model_type`, sorted.
    static var modelTypes: [String] {
        all.flatMap { [$0.modelType] + $0.otherTypes }.sorted()
    }
}
