/// How the work of attention is counted over a sequence.
public enum AttentionMasking: String, Hashable, Sendable {
    /// A token attends to those before it: half of the square. What kernels do, and what DeepSeek
    /// and Megatron-LM count.
    case causal
    /// Every token attends to the whole sequence, the convention of arXiv 2104.04473: twice the
    /// causal count where there is no window.
    case full
}
