import TangramUnits

/// How a training job is cut over accelerators.
///
/// Ranks are numbered with tensor parallelism fastest, then context, then data, then pipeline, so
/// that a tensor-parallel group is made of neighbours (Narayanan et al. 2021, arXiv 2104.04473,
/// §3.2). Expert parallelism divides the tensor × context × data ranks of a stage, with no tensor
/// parallelism inside an expert unless ``expertTensorParallel`` says so (MoE parallel folding, arXiv
/// 2504.14960).
public struct TrainingLayout: Hashable, Sendable {
    /// What is computed again in the backward pass instead of being kept.
    public enum Recompute: String, CaseIterable, Hashable, Sendable, Comparable {
        /// Nothing but the attention core, which fused kernels always recompute.
        case none
        /// Norms, activation functions and MLA's up-projections.
        case selective
        /// Whole layers; only their inputs are kept.
        case full

        /// Less recomputation first.
        public static func < (left: Recompute, right: Recompute) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The order in which a pipeline runs micro-batches.
    public enum Schedule: String, CaseIterable, Hashable, Sendable {
        /// One forward, one backward, interleaved where there are virtual stages.
        case oneForwardOneBackward = "1f1b"
        /// All micro-batches forward, then all backward (Huang et al., arXiv 1811.06965); keeps the
        /// activations of every micro-batch.
        case gpipe
        /// 1F1B whose weight gradients fill a part of the bubble, at the same memory (Qi et al.,
        /// arXiv 2401.10241, §2).
        case zeroBubbleH1 = "zb-h1"
        /// Two virtual stages in a V, so that the first device holds both ends of the model; weight
        /// gradients fill the bubble (Qi et al., arXiv 2405.15362).
        case zeroBubbleV = "zb-v"
        /// Bidirectional, all-to-all hidden behind the other direction's computation
        /// (DeepSeek-V3 technical report, arXiv 2412.19437, §3.2.1); two copies of the weights.
        case dualPipe = "dualpipe"
    }

    /// How context-parallel ranks get at each other's keys and values.
    public enum ContextExchange: String, CaseIterable, Hashable, Sendable {
        /// Blocks pass from rank to rank behind the attention core (Liu et al., arXiv 2310.01889).
        case ring
        /// Every rank gathers all of them in front of the core (Llama 3, arXiv 2407.21783, §3.3.2).
        case allGather = "all-gather"
        /// An all-to-all turns a part of the sequence into a part of the heads, and back
        /// (DeepSpeed-Ulysses, arXiv 2309.14509).
        case ulysses
    }

    /// Tensor parallel size, with sequence parallelism.
    public var tensorParallel: Int
    /// Pipeline stages.
    public var pipelineParallel: Int
    /// Virtual stages per device.
    public var virtualPipeline: Int
    /// Context parallel size.
    public var contextParallel: Int
    /// Data parallel size.
    public var dataParallel: Int
    /// Expert parallel size.
    public var expertParallel: Int
    /// Ranks that share one expert, inside expert parallelism.
    public var expertTensorParallel: Int
    /// ZeRO stage: 0 shards nothing, 1 optimizer states over data-parallel ranks, 2 gradients too, 3
    /// weights too.
    public var zeroStage: Int
    /// Sequences of one micro-batch.
    public var microBatch: Int
    /// What is recomputed.
    public var recompute: Recompute
    /// The pipeline schedule.
    public var schedule: Schedule
    /// The exchange of context parallelism.
    public var contextExchange: ContextExchange
    /// Layers of the last stage, which has the head and multi-token prediction; 0 leaves it to them
    /// alone. nil for the split that balances the stages.
    public var lastStageLayerCount: Int?
    /// Ranks of data and context parallelism that ZeRO shards over, neighbours first; the others hold
    /// copies of the shards (hybrid sharding, HSDP, arXiv 2304.11277, §3.2.2). nil for all of them.
    public var shardCount: Int?

    /// Creates a layout; every size is at least 1.
    public init(
        tensorParallel: Int = 1, pipelineParallel: Int = 1, virtualPipeline: Int = 1,
        contextParallel: Int = 1, dataParallel: Int = 1, expertParallel: Int = 1,
        zeroStage: Int = 1, microBatch: Int = 1, recompute: Recompute = .none,
        schedule: Schedule = .oneForwardOneBackward, expertTensorParallel: Int = 1,
        contextExchange: ContextExchange = .ring, lastStageLayerCount: Int? = nil,
        shardCount: Int? = nil
    ) {
        self.tensorParallel = max(1, tensorParallel)
        self.pipelineParallel = max(1, pipelineParallel)
        self.virtualPipeline = max(1, virtualPipeline)
        self.contextParallel = max(1, contextParallel)
        self.dataParallel = max(1, dataParallel)
        self.expertParallel = max(1, expertParallel)
        self.zeroStage = zeroStage
        self.microBatch = max(1, microBatch)
        self.recompute = recompute
        self.schedule = schedule
        self.expertTensorParallel = max(1, expertTensorParallel)
        self.contextExchange = contextExchange
        self.lastStageLayerCount = lastStageLayerCount
        self.shardCount = shardCount
    }

    /// How many accelerators it takes.
    public var acceleratorCount: Int {
        tensorParallel * pipelineParallel * contextParallel * dataParallel
    }

    /// Ranks of one pipeline stage.
    public var stageRankCount: Int { tensorParallel * contextParallel * dataParallel }

    /// "TP4 PP8 VPP2 DP16 EP8 ZeRO-1 mb1 recompute selective", sizes of 1 left out.
    public var summary: String {
        var parts: [String] = []
        for (name, size) in [
            ("TP", tensorParallel), ("PP", pipelineParallel), ("VPP", virtualPipeline),
            ("CP", contextParallel), ("DP", dataParallel), ("EP", expertParallel),
            ("ETP", expertTensorParallel),
        ] where size > 1 {
            parts.append("\(name)\(size)")
        }
        if dataParallel * contextParallel > 1 {
            parts.append("ZeRO-\(zeroStage)" + (shardCount.map { "/\($0)" } ?? ""))
        }
        parts.append("mb\(microBatch)")
        if recompute != .none { parts.append("recompute \(recompute.rawValue)") }
        switch schedule {
        case .oneForwardOneBackward: break
        case .gpipe: parts.append("GPipe")
        case .zeroBubbleH1: parts.append("ZB-H1")
        case .zeroBubbleV: parts.append("ZB-V")
        case .dualPipe: parts.append("DualPipe")
        }
        if contextParallel > 1 && contextExchange != .ring {
            parts.append("CP \(contextExchange.rawValue)")
        }
        if let lastStageLayerCount { parts.append("last stage \(lastStageLayerCount) layers") }
        return parts.joined(separator: " ")
    }
}
