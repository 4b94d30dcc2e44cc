import TangramUnits

/// How a training job is cut over accelerators.
///
/// Ranks are numbered with tensor parallelism fastest, then context, then data, then pipeline, so
/// that a tensor-parallel group is made of neighbours (Narayanan et al. 2021, arXiv 2104.04473,
/// §3.2). Expert parallelism divides the tensor × context × data ranks of a stage, with no tensor
/// parallelism inside an expert (MoE parallel folding, arXiv 2504.14960).
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
        /// Bidirectional, all-to-all hidden behind the other direction's computation
        /// (DeepSeek-V3 technical report, arXiv 2412.19437, §3.2.1); two copies of the weights.
        case dualPipe = "dualpipe"
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
    /// ZeRO stage: 1 shards optimizer states over data-parallel ranks, 3 weights and gradients too.
    public var zeroStage: Int
    /// Sequences of one micro-batch.
    public var microBatch: Int
    /// What is recomputed.
    public var recompute: Recompute
    /// The pipeline schedule.
    public var schedule: Schedule

    /// Creates a layout; every size is at least 1.
    public init(
        tensorParallel: Int = 1, pipelineParallel: Int = 1, virtualPipeline: Int = 1,
        contextParallel: Int = 1, dataParallel: Int = 1, expertParallel: Int = 1,
        zeroStage: Int = 1, microBatch: Int = 1, recompute: Recompute = .none,
        schedule: Schedule = .oneForwardOneBackward
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
        ] where size > 1 {
            parts.append("\(name)\(size)")
        }
        if dataParallel * contextParallel > 1 { parts.append("ZeRO-\(zeroStage)") }
        parts.append("mb\(microBatch)")
        if recompute != .none { parts.append("recompute \(recompute.rawValue)") }
        if schedule == .dualPipe { parts.append("DualPipe") }
        return parts.joined(separator: " ")
    }
}
