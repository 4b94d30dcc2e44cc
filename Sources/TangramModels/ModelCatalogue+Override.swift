import TangramDocument

extension ModelCatalogue {
    /// Keys of an entry that are Tangram's and not the configuration's.
    private static let entryKeys = ["id", "base", "name", "_meta"]

    /// The mapping of a known model with the keys of `item` put over it.
    ///
    /// A key that neither the known model has nor any family reads is reported, because it would
    /// change nothing. What was published about the known model is dropped: it is not true of the
    /// new shape.
    static func override(_ known: DocumentNode, name: String, by item: Cursor) -> DocumentNode {
        guard case .mapping(var merged) = known.content, let changes = item.entries() else {
            return known
        }
        item.allowKeys(merged.map(\.key) + entryKeys + HuggingFaceConfiguration.keysRead)
        merged.removeAll { $0.key == "_meta" }
        for (key, cursor) in changes where key != "id" && key != "base" {
            let entry = DocumentNode.Entry(key: key, value: cursor.node)
            if let index = merged.firstIndex(where: { $0.key == key }) {
                merged[index] = entry
            } else {
                merged.append(entry)
            }
        }
        return DocumentNode(.mapping(merged), location: item.node.location)
    }
}

extension HuggingFaceConfiguration {
    /// Every key that some family's shape follows from.
    static let keysRead = [
        "architectures", "attention_bias", "attention_chunk_size", "compress_ratios",
        "decoder_sparse_step", "dtype", "expert_dtype", "first_k_dense_replace", "hc_mult",
        "head_dim", "hidden_size", "index_head_dim", "index_n_heads", "index_topk",
        "index_topk_freq", "interleave_moe_layer_step", "intermediate_size",
        "intermediate_size_mlp", "kv_lora_rank",
        "layer_types", "max_position_embeddings", "max_window_layers", "mlp_bias",
        "mlp_only_layers", "model_type", "moe_intermediate_size", "moe_layer_freq", "moe_layers",
        "n_embd", "n_group", "n_head", "n_inner", "n_layer", "n_positions", "n_routed_experts",
        "n_shared_experts", "no_rope_layer_interval", "no_rope_layers", "num_attention_heads",
        "num_experts", "num_experts_per_tok", "num_hash_layers", "num_hidden_layers",
        "num_key_value_heads", "num_local_experts", "num_nextn_predict_layers", "o_groups",
        "o_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_norm_type", "qk_rope_head_dim",
        "quantization_config", "sandwich_norm", "shared_expert_intermediate_size",
        "sliding_window", "text_config", "tie_word_embeddings", "topk_group", "torch_dtype",
        "use_qk_norm", "use_sliding_window", "v_head_dim", "vocab_size",
    ]
}
