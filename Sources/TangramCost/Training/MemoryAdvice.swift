public import TangramUnits

/// Changes of a layout that need less memory, and what they cost.
public struct MemoryAdvice: Hashable, Sendable {
    /// One change.
    public struct Change: Hashable, Sendable {
        /// What is changed: "recompute full", "ZeRO-3", "TP8 for TP4".
        public var text: String
        /// The layout after it.
        public var layout: TrainingLayout
        /// What it saves of the fullest device; above 0.
        public var saved: Bytes
        /// What is still missing.
        public var shortfall: Bytes
        /// The step after it over the step before.
        public var slowdown: Double
    }

    /// The part that takes most.
    public var largest: String
    /// Its bytes.
    public var largestBytes: Bytes
    /// Changes that save anything: those that fit first, fastest first, then those that save most.
    public var changes: [Change]

    /// What to change about `layout` on as many accelerators.
    public init(_ layout: TrainingLayout, of model: TrainingModel) {
        let before = model.estimate(layout)
        largest = before.memory.parts.first?.name ?? "weights"
        largestBytes = before.memory.parts.first?.bytes ?? .zero
        let check = LayoutCheck(model: model.demand.model, group: model.group)
        var changes: [Change] = []
        for (text, changed) in Self.candidates(layout)
        where check.problems(
            of: changed, demand: model.demand, count: layout.acceleratorCount
        ).isEmpty {
            let after = model.estimate(changed)
            guard after.memory.total < before.memory.total else { continue }
            changes.append(
                Change(
                    text: text, layout: changed,
                    saved: before.memory.total - after.memory.total,
                    shortfall: after.memory.shortfall,
                    slowdown: after.stepTime / before.stepTime))
        }
        self.changes = changes.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            let (isA, isB) = (a.shortfall == .zero, b.shortfall == .zero)
            if isA != isB { return isA }
            if isA && a.slowdown != b.slowdown { return a.slowdown < b.slowdown }
            if a.saved != b.saved { return a.saved > b.saved }
            return left.offset < right.offset
        }.map(\.element)
    }

    /// Single changes, each of which some term of the memory falls with.
    private static func candidates(
        _ layout: TrainingLayout
    ) -> [(text: String, layout: TrainingLayout)] {
        var result: [(String, TrainingLayout)] = []
        func add(_ text: String, _ change: (inout TrainingLayout) -> Void) {
            var changed = layout
            changed.lastStageLayerCount = nil
            change(&changed)
            if changed != layout { result.append((text, changed)) }
        }
        for mode in TrainingLayout.Recompute.allCases where mode > layout.recompute {
            add("recompute \(mode.rawValue)") { $0.recompute = mode }
        }
        for stage in 1...3 where stage > layout.zeroStage {
            add("ZeRO-\(stage)") { $0.zeroStage = stage }
        }
        if layout.shardCount != nil { add("shards over all ranks") { $0.shardCount = nil } }
        if layout.microBatch > 1 {
            add("micro-batches of \(layout.microBatch / 2)") { $0.microBatch /= 2 }
        }
        if layout.virtualPipeline > 1 { add("no virtual stages") { $0.virtualPipeline = 1 } }
        if layout.schedule != .oneForwardOneBackward {
            add("1F1B") {
                $0.schedule = .oneForwardOneBackward
                if layout.schedule == .zeroBubbleV { $0.virtualPipeline = 1 }
            }
        }
        add("EP\(layout.expertParallel * 2) for EP\(layout.expertParallel)") {
            $0.expertParallel *= 2
        }
        guard layout.dataParallel % 2 == 0 else { return result }
        add("TP\(layout.tensorParallel * 2) for TP\(layout.tensorParallel)") {
            $0.tensorParallel *= 2
            $0.dataParallel /= 2
        }
        add("PP\(layout.pipelineParallel * 2) for PP\(layout.pipelineParallel)") {
            $0.pipelineParallel *= 2
            $0.dataParallel /= 2
        }
        add("CP\(layout.contextParallel * 2) for CP\(layout.contextParallel)") {
            $0.contextParallel *= 2
            $0.dataParallel /= 2
        }
        return result
    }
}
