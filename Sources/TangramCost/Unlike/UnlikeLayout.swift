import TangramUnits

/// How a training job is cut over accelerators that do not match.
///
/// Tensor and expert parallelism stay inside one group of like accelerators; stages of a pipeline,
/// and replicas of unequal batch, may be on different groups.
public struct UnlikeLayout: Hashable, Sendable {
    /// A stage of a pipeline, on accelerators of one group.
    public struct Stage: Hashable, Sendable {
        /// The group, by its place among those of the model.
        public var group: Int
        /// Tensor parallel size.
        public var tensorParallel: Int
        /// Layers it holds.
        public var layerCount: Int

        /// Creates a stage.
        public init(group: Int, tensorParallel: Int = 1, layerCount: Int) {
            self.group = group
            self.tensorParallel = max(1, tensorParallel)
            self.layerCount = max(0, layerCount)
        }
    }

    /// Replicas that are cut alike.
    public struct Pipeline: Hashable, Sendable {
        /// The stages in order.
        public var stages: [Stage]
        /// How many replicas there are.
        public var replicaCount: Int
        /// Micro-batches of one replica in one step.
        public var microBatchCount: Int

        /// Creates replicas.
        public init(stages: [Stage], replicaCount: Int = 1, microBatchCount: Int) {
            self.stages = stages
            self.replicaCount = max(1, replicaCount)
            self.microBatchCount = max(1, microBatchCount)
        }
    }

    /// The replicas, those cut alike together.
    public var pipelines: [Pipeline]
    /// Sequences of one micro-batch.
    public var microBatch: Int
    /// What is recomputed.
    public var recompute: TrainingLayout.Recompute

    /// Creates a layout.
    public init(
        pipelines: [Pipeline], microBatch: Int = 1,
        recompute: TrainingLayout.Recompute = .none
    ) {
        self.pipelines = pipelines
        self.microBatch = max(1, microBatch)
        self.recompute = recompute
    }

    /// Replicas of all kinds.
    public var replicaCount: Int { pipelines.reduce(0) { $0 + $1.replicaCount } }

    /// Sequences of one step.
    public var batch: Int {
        pipelines.reduce(0) { $0 + $1.replicaCount * $1.microBatchCount } * microBatch
    }

    /// "4 × [A TP8 12 layers | B TP8 8 layers], 16 micro-batches of 1" with the groups' names.
    public func summary(_ names: [String]) -> String {
        let kinds = pipelines.map { pipeline in
            let stages = pipeline.stages.map { stage in
                let name = names.indices.contains(stage.group) ? names[stage.group] : "?"
                return "\(name) TP\(stage.tensorParallel) \(stage.layerCount) layers"
            }
            return "\(pipeline.replicaCount) × [" + Self.runs(stages)
                + "], \(pipeline.microBatchCount) micro-batches of \(microBatch)"
        }
        let again = recompute == .none ? "" : "; recompute \(recompute.rawValue)"
        return kinds.joined(separator: " + ") + again
    }

    /// Stages alike that follow each other, counted.
    private static func runs(_ stages: [String]) -> String {
        var runs: [(text: String, count: Int)] = []
        for stage in stages {
            if let last = runs.indices.last, runs[last].text == stage {
                runs[last].count += 1
            } else {
                runs.append((stage, 1))
            }
        }
        return runs.map { $0.count > 1 ? "\($0.count) × (\($0.text))" : $0.text }
            .joined(separator: " | ")
    }
}
