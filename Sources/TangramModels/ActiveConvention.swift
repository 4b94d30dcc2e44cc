/// What publishers count as "active parameters" of a token.
public enum ActiveConvention: String, Hashable, Sendable, CaseIterable {
    /// Everything a token passes through, embedding and head included: Qwen3, Llama 4, Mixtral,
    /// Pangu Pro MoE.
    case all
    /// Without the input embedding and learned positions, which are looked up and not multiplied:
    /// DeepSeek, gpt-oss, Kimi, Pangu Ultra MoE. A tied head goes with the embedding.
    case withoutInputEmbedding
    /// Without embedding and head: GLM-4.5 and 5, MiniMax M2.
    case withoutEmbeddings
}
