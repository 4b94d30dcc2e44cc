/// A part of a layer whose results may be dropped and computed again in the backward pass
/// (Megatron-LM's `--recompute-modules`).
public enum RecomputeModule: String, CaseIterable, Hashable, Sendable {
    /// Outputs of norms.
    case norms = "norm"
    /// Outputs of activation functions.
    case activations = "activation"
    /// MLA's up-projections of keys and values.
    case latentProjections = "mla-up"
    /// The attention core: its output, and scores where software keeps them.
    case coreAttention = "core-attention"
    /// Dense and shared feed-forward blocks, of which the input alone is kept.
    case feedForward = "mlp"
    /// Routed experts with their all-to-all, of which the input alone is kept.
    case experts = "moe"
}

extension ModelTable.Setting {
    /// Whether selective recomputation repeats `module`: as asked, or what the software does by itself.
    func repeats(_ module: RecomputeModule) -> Bool {
        if let modules { return modules.contains(module) }
        switch module {
        case .norms, .activations, .latentProjections: return true
        case .coreAttention, .feedForward, .experts: return false
        }
    }
}
