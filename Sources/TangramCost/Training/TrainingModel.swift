import TangramHardware
import TangramModels
public import TangramUnits

/// Costs one training job on one group of accelerators, for any layout.
///
/// Step time = micro-batches × slowest stage + the other stages once (÷ virtual stages) + what
/// data-parallel collectives leave exposed + the optimizer step (Narayanan et al., arXiv
/// 2104.04473, §2.2; the form with unequal stages as in Sailor, arXiv 2504.17096).
public struct TrainingModel: Sendable {
    /// The job.
    public let demand: TrainingDemand
    /// The accelerators.
    public let group: DeviceGroup
    /// The format matrix multiplications are computed in.
    public let computeFormat: NumberFormat

    let shape: ModelShape
    let roofline: Roofline
    let collectives: CollectiveModel
    private let modelFLOPPerToken: Double

    /// Streaming multiprocessors that all-to-all kernels occupy while they overlap: 20 of 132
    /// (DeepSeek-V3 technical report, arXiv 2412.19437, §3.2.2).
    static let overlapComputeShare = 112.0 / 132.0

    /// Prepares `demand` for `group`.
    ///
    /// - Throws: ``Rejection/formatUnsupported(_:accelerator:)`` where the accelerator cannot
    ///   multiply in the format asked for nor in its twin.
    public init(demand: TrainingDemand, group: DeviceGroup) throws(Rejection) {
        guard
            let format = group.accelerator.computeFormat(for: demand.format, isTraining: true)
        else {
            throw .formatUnsupported(demand.format, accelerator: group.accelerator.id)
        }
        self.demand = demand
        self.group = group
        computeFormat = format
        shape = ModelShape(demand.model, includesPrediction: true)
        roofline = Roofline(group)
        collectives = CollectiveModel(group)
        modelFLOPPerToken =
            demand.model.trainingFLOPPerToken(
                sequenceLength: demand.sequenceLength
            ).value
    }

    /// Predicts one layout; its sizes must divide as ``TrainingSearch`` makes them.
    public func estimate(_ layout: TrainingLayout) -> TrainingEstimate {
        let layers = layerCosts(LayerKey(layout))
        return estimate(layout, layers: layers)
    }

    // MARK: Layers

    /// The parts of a layout that the cost of a layer depends on.
    struct LayerKey: Hashable {
        var tensorParallel: Int
        var contextParallel: Int
        var expertParallel: Int
        var microBatch: Int

        init(_ layout: TrainingLayout) {
            tensorParallel = layout.tensorParallel
            contextParallel = layout.contextParallel
            expertParallel = layout.expertParallel
            microBatch = layout.microBatch
        }
    }

    /// One layer averaged over the kinds of the model, and the head.
    struct LayerCosts {
        var average: LayerTrainingCost
        var headForward: TimeTerms
        var headBackward: TimeTerms
        var headActivations: Double
    }

    func layerCosts(_ key: LayerKey) -> LayerCosts {
        let isFrozen: Bool
        if case .lora = demand.method { isFrozen = true } else { isFrozen = false }
        let model = LayerTrainingModel(
            roofline: roofline, collectives: collectives, hidden: shape.hidden,
            sequenceLength: demand.sequenceLength, format: computeFormat,
            dispatchBytes: demand.dispatchFormat.bytesPerElement
                + (demand.dispatchFormat.bits < 16 ? Self.dispatchScaleBytes : 0),
            isFrozen: isFrozen)
        var average = LayerTrainingCost()
        for layer in shape.layers {
            let cost = model.cost(
                layer, tensorParallel: key.tensorParallel, contextParallel: key.contextParallel,
                expertParallel: key.expertParallel, microBatch: key.microBatch)
            let part = Double(layer.count) / Double(max(1, shape.layerCount))
            average.forward.add(cost.forward, times: part)
            average.backward.add(cost.backward, times: part)
            average.selectiveRepeat += cost.selectiveRepeat * part
            average.kept.none += cost.kept.none * part
            average.kept.selective += cost.kept.selective * part
            average.kept.full += cost.kept.full * part
        }
        let tokens =
            Double(demand.sequenceLength * key.microBatch) / Double(key.contextParallel)
        let shards = Double(key.tensorParallel)
        let logits = tokens * shape.vocabulary / shards
        var forward = TimeTerms()
        forward.matrix = roofline.matrix(
            flop: 2 * tokens * shape.hidden * shape.vocabulary / shards,
            bytes: 2 * shape.hidden * shape.vocabulary / shards + 2 * logits,
            format: group.accelerator.attentionFormat ?? computeFormat)
        // Cross entropy reads the logits in 32 bits twice and writes their gradient.
        forward.elementwise = roofline.stream(bytes: 12 * logits)
        var backward = TimeTerms()
        backward.matrix = (isFrozen ? 1 : 2) * forward.matrix
        return LayerCosts(
            average: average, headForward: forward, headBackward: backward,
            headActivations: 6 * logits)
    }

    /// One 32-bit scale for 128 elements of an 8-bit dispatch (DeepSeek-V3, §3.3.2).
    private static let dispatchScaleBytes = 4.0 / 128.0

    // MARK: Steps

    func estimate(_ layout: TrainingLayout, layers: LayerCosts) -> TrainingEstimate {
        let stages = StageTimes(model: self, layout: layout, layers: layers)
        let dataParallel = DataParallelCost(model: self, layout: layout, stages: stages)
        let step = stages.pipelineTime + dataParallel.exposed + dataParallel.optimizer
        let tokens = Double(demand.globalBatchSize) * Double(demand.sequenceLength)
        let throughput = tokens / step
        let peak = roofline.peak(computeFormat) * Double(layout.acceleratorCount)
        var parts = stages.parts
        parts.append(TimePart(.dataParallel, Seconds(dataParallel.exposed)))
        parts.append(TimePart(.optimizer, Seconds(dataParallel.optimizer)))
        return TrainingEstimate(
            layout: layout, computeFormat: computeFormat, stepTime: Seconds(step),
            throughput: TokenRate(throughput),
            modelFLOPUtilisation: throughput * modelFLOPPerToken / peak,
            breakdown: parts.filter { $0.time.value > 0 },
            memory: memory(layout, layers: layers),
            relativeUncertainty: group.accelerator.efficiency.relativeUncertainty)
    }

    /// Micro-batches that each data-parallel rank runs in one step.
    func microBatchCount(_ layout: TrainingLayout) -> Int {
        max(1, demand.globalBatchSize / (layout.dataParallel * layout.microBatch))
    }
}
