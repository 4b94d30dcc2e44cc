/// How layers are divided over pipeline stages: the last stage, which has the head, may take fewer
/// than the others.
struct StageSplit {
    /// Layers of each stage before the last; 0 without a pipeline.
    let others: Int
    /// Layers of the last stage.
    let last: Int

    /// The split that makes the slowest stage fastest. Stages before the last hold the same number
    /// of layers in every virtual stage.
    init(layerCount: Int, layout: TrainingLayout, layerTime: Double, headTime: Double) {
        let stageCount = layout.pipelineParallel
        guard stageCount > 1 else {
            others = 0
            last = layerCount
            return
        }
        let virtual = layout.virtualPipeline
        var best = (others: layerCount, last: 0)
        var bestTime = Double.infinity
        let most = Self.roundedUp((layerCount + stageCount - 1) / stageCount, to: virtual)
        for last in stride(from: min(most, layerCount), through: 0, by: -1) {
            let each = (layerCount - last + stageCount - 2) / (stageCount - 1)
            let others = Self.roundedUp(each, to: virtual)
            let time = max(Double(others) * layerTime, Double(last) * layerTime + headTime)
            if time < bestTime {
                bestTime = time
                best = (others, last)
            } else if time > bestTime {
                break
            }
        }
        others = best.others
        last = best.last
    }

    private static func roundedUp(_ count: Int, to multiple: Int) -> Int {
        (count + multiple - 1) / multiple * multiple
    }
}
