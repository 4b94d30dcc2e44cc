public import TangramUnits

/// How one replica of a served model is cut over accelerators.
///
/// Attention is cut by tensor parallelism inside `dataParallel` groups, each with its own requests;
/// the experts of an MoE layer are spread over all ranks of a stage (DP attention with expert
/// parallelism, as SGLang and DeepSeek serve MLA models).
public struct ServingLayout: Hashable, Sendable {
    /// Tensor parallel size of attention and dense layers.
    public var tensorParallel: Int
    /// Pipeline stages.
    public var pipelineParallel: Int
    /// Groups with separate requests and KV cache that share the experts.
    public var dataParallel: Int
    /// Ranks that share the tokens of a prompt in prefill and the cache of a sequence in decode, each
    /// with all weights of its tensor-parallel rank: ring attention over long prompts (arXiv
    /// 2310.01889), decode context parallelism over long caches.
    public var contextParallel: Int
    /// Ranks of a stage that whole experts are spread over; ranks that are left share the work of
    /// each expert as tensor parallelism does. Divides ``stageRankCount``.
    public var expertParallel: Int
    /// How weights are stored.
    public var weightFormat: NumberFormat
    /// How matrix multiplications are computed.
    public var computeFormat: NumberFormat
    /// How the KV cache is stored.
    public var keyValueFormat: NumberFormat

    /// Creates a layout; every size is at least 1.
    ///
    /// - Parameter expertParallel: nil for all ranks of a stage.
    public init(
        tensorParallel: Int = 1, pipelineParallel: Int = 1, dataParallel: Int = 1,
        contextParallel: Int = 1, expertParallel: Int? = nil, weightFormat: NumberFormat = .bf16,
        computeFormat: NumberFormat = .bf16,
        keyValueFormat: NumberFormat = .bf16
    ) {
        self.tensorParallel = max(1, tensorParallel)
        self.pipelineParallel = max(1, pipelineParallel)
        self.dataParallel = max(1, dataParallel)
        self.contextParallel = max(1, contextParallel)
        self.expertParallel = max(
            1,
            expertParallel
                ?? max(1, tensorParallel) * max(1, dataParallel) * max(1, contextParallel))
        self.weightFormat = weightFormat
        self.computeFormat = computeFormat
        self.keyValueFormat = keyValueFormat
    }

    /// How many accelerators one replica takes.
    public var acceleratorCount: Int { stageRankCount * pipelineParallel }

    /// Ranks of one pipeline stage.
    public var stageRankCount: Int { tensorParallel * dataParallel * contextParallel }

    /// "TP4 PP2 w:fp8 kv:bf16", sizes of 1 left out.
    public var summary: String {
        var parts: [String] = []
        if tensorParallel > 1 { parts.append("TP\(tensorParallel)") }
        if pipelineParallel > 1 { parts.append("PP\(pipelineParallel)") }
        if dataParallel > 1 { parts.append("DP\(dataParallel)") }
        if contextParallel > 1 { parts.append("CP\(contextParallel)") }
        if dataParallel > 1 || expertParallel != stageRankCount {
            parts.append("EP\(expertParallel)")
        }
        if parts.isEmpty { parts.append("TP1") }
        parts.append(
            weightFormat == computeFormat
                ? weightFormat.rawValue : "\(weightFormat.rawValue)→\(computeFormat.rawValue)")
        parts.append("kv \(keyValueFormat.rawValue)")
        return parts.joined(separator: " ")
    }
}
