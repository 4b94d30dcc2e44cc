import TangramHardware
import TangramModels
public import TangramUnits

/// Costs one training job on one group of accelerators, for any layout.
///
/// Step time = micro-batches × slowest stage + the other stages once (÷ virtual stages) + what
/// data-parallel collectives leave exposed + the optimizer step (Narayanan et al., arXiv
/// 2104.04473, §2.2; the form with unequal stages as in Sailor, arXiv 2504.17096).
public final class TrainingModel: Sendable {
    /// The job.
    public let demand: TrainingDemand
    /// The accelerators.
    public let group: DeviceGroup
    /// The format matrix multiplications are computed in.
    public let computeFormat: NumberFormat

    let shape: ModelShape
    let roofline: Roofline
    let collectives: CollectiveModel
    /// What the attention core of each kind of layer does for one sequence.
    private let attentionWork: [AttentionWork]
    private let modelFLOPPerToken: Double
    /// Parameters of adapters, 0 where all parameters are trained.
    let adapterParameterCount: Double

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
        attentionWork = shape.layers.map { $0.attention.prefill(length: demand.sequenceLength) }
        let full = demand.model.trainingFLOPPerToken(sequenceLength: demand.sequenceLength)
        switch demand.method {
        case .full:
            modelFLOPPerToken = full.value
            adapterParameterCount = 0
        case .lora(let rank):
            // Frozen weights get no gradient: four operations instead of six per weight and token.
            modelFLOPPerToken = full.value - 2 * Double(demand.model.multipliedParameterCount)
            adapterParameterCount = Double(rank) * shape.adapterWidth
        }
    }

    /// Whether only adapters are trained.
    var isFrozen: Bool {
        if case .lora = demand.method { true } else { false }
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
        /// Parameters outside of routed experts of one average layer on one rank.
        var denseParameters: Double
    }

    func layerCosts(_ key: LayerKey) -> LayerCosts {
        let model = LayerTrainingModel(
            roofline: roofline, collectives: collectives, hidden: shape.hidden,
            sequenceLength: Double(demand.sequenceLength), format: computeFormat,
            dispatchBytes: demand.dispatchFormat.dispatchBytes, isFrozen: isFrozen)
        var average = LayerTrainingCost()
        for (layer, work) in zip(shape.layers, attentionWork) {
            let cost = model.cost(
                layer, work: work, tensorParallel: key.tensorParallel,
                contextParallel: key.contextParallel, expertParallel: key.expertParallel,
                microBatch: key.microBatch)
            let part = Double(layer.count) / Double(max(1, shape.layerCount))
            average.forward.add(cost.forward, times: part)
            average.backward.add(cost.backward, times: part)
            average.selectiveRepeat += cost.selectiveRepeat * part
            average.kept.none += cost.kept.none * part
            average.kept.selective += cost.kept.selective * part
            average.kept.full += cost.kept.full * part
        }
        return headCosts(key, average: average)
    }

    /// The head, once more for every multi-token prediction layer, with the matrix that joins
    /// hidden state and embedding in front of such a layer.
    private func headCosts(_ key: LayerKey, average: LayerTrainingCost) -> LayerCosts {
        let tokens =
            Double(demand.sequenceLength) * Double(key.microBatch) / Double(key.contextParallel)
        let shards = Double(key.tensorParallel)
        let predictions = Double(shape.predictionLayerCount)
        let heads = 1 + predictions
        let logits = tokens * shape.vocabulary / shards
        let format = group.accelerator.attentionFormat ?? computeFormat
        var forward = TimeTerms()
        forward.matrix =
            heads
            * roofline.matrix(
                flop: 2 * tokens * shape.hidden * shape.vocabulary / shards,
                bytes: 2 * shape.hidden * shape.vocabulary / shards + 2 * logits, format: format)
        if predictions > 0 {
            let join = 2 * shape.hidden * shape.hidden / shards
            forward.matrix +=
                predictions
                * roofline.matrix(
                    flop: 2 * tokens * join, bytes: 2 * join + 6 * tokens * shape.hidden / shards,
                    format: format)
        }
        var backward = TimeTerms()
        backward.matrix = (isFrozen ? 1 : 2) * forward.matrix
        // Cross entropy reads the logits in 32 bits twice and writes their gradient.
        forward.elementwise = heads * roofline.stream(bytes: 12 * logits)
        // Sequence-sharded hidden states are gathered in front of the head.
        let ranks = RankGroup(size: key.tensorParallel)
        let bytes = MixedPrecision.activation * tokens * shape.hidden
        forward.tensorParallel =
            heads * collectives.seconds(.allGather, bytes: bytes, ranks: ranks)
        backward.tensorParallel =
            heads * collectives.seconds(.reduceScatter, bytes: bytes, ranks: ranks)
        return LayerCosts(
            average: average, headForward: forward, headBackward: backward,
            headActivations: 6 * heads * logits,
            denseParameters: shape.denseParametersPerLayer(tensorParallel: shards))
    }

    // MARK: Steps

    /// A layout with its times, before anything is written down about it.
    struct Step {
        var stages: StageTimes
        var dataParallel: DataParallelCost
        var seconds: Double {
            stages.pipelineTime + dataParallel.exposed + dataParallel.optimizer
        }
    }

    func step(_ layout: TrainingLayout, layers: LayerCosts) -> Step {
        let stages = StageTimes(model: self, layout: layout, layers: layers)
        return Step(
            stages: stages,
            dataParallel: DataParallelCost(
                model: self, layout: layout, layers: layers, stages: stages))
    }

    func estimate(_ layout: TrainingLayout, layers: LayerCosts) -> TrainingEstimate {
        estimate(
            layout, step: step(layout, layers: layers), memory: memory(layout, layers: layers))
    }

    func estimate(
        _ layout: TrainingLayout, step: Step, memory: MemoryBreakdown
    ) -> TrainingEstimate {
        let tokens = Double(demand.globalBatchSize) * Double(demand.sequenceLength)
        let throughput = tokens / step.seconds
        let peak = roofline.peak(computeFormat) * Double(layout.acceleratorCount)
        var parts = step.stages.parts
        parts.append(TimePart(.dataParallel, Seconds(step.dataParallel.exposed)))
        parts.append(TimePart(.optimizer, Seconds(step.dataParallel.optimizer)))
        return TrainingEstimate(
            layout: layout, computeFormat: computeFormat, stepTime: Seconds(step.seconds),
            throughput: TokenRate(throughput),
            modelFLOPUtilisation: throughput * modelFLOPPerToken / peak,
            breakdown: parts.filter { $0.time.value > 0 }, memory: memory,
            relativeUncertainty: group.accelerator.efficiency.relativeUncertainty)
    }

    /// Micro-batches that each data-parallel rank runs in one step.
    func microBatchCount(_ layout: TrainingLayout) -> Int {
        max(1, demand.globalBatchSize / (layout.dataParallel * layout.microBatch))
    }
}
