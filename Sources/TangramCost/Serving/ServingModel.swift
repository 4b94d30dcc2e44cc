import TangramHardware
import TangramModels
public import TangramUnits

/// Costs one served model on one group of accelerators, for any layout of a replica.
///
/// Continuous batching in the mean: a replica that decodes b sequences at once and prefills
/// requests in between serves X = b / (O·D(b) + b·P) requests per second, where O is the number of
/// decode steps (one less than output tokens: prefill gives the first), D(b) the time of one step
/// and P the replica's prefill time per request. Little's law then gives the time per output token
/// D(b) + b·P/O. Waiting for prefill is that of an M/D/1 queue (Pollaczek–Khinchine) and of the
/// rest of a running step.
public final class ServingModel: Sendable {
    /// The job.
    public let demand: ServingDemand
    /// The accelerators.
    public let group: DeviceGroup
    let shape: ModelShape
    let roofline: Roofline
    let collectives: CollectiveModel
    /// What attention does for one prompt, by kind of layer.
    let prefillWork: [AttentionWork]
    /// What attention does for one output token in the middle of the answer, by kind of layer.
    let decodeWork: [AttentionWork]

    /// Tokens that a prefill step gathers from several short prompts.
    static let prefillChunk = 4_096

    /// Prepares `demand` for `group`.
    public init(demand: ServingDemand, group: DeviceGroup) {
        self.demand = demand
        self.group = group
        shape = ModelShape(demand.model, includesPrediction: false)
        roofline = Roofline(group)
        collectives = CollectiveModel(group)
        let prompt = max(0, demand.promptTokens)
        let (context, isOver) = prompt.addingReportingOverflow(max(1, demand.outputTokens / 2))
        prefillWork = shape.layers.map { $0.attention.prefill(length: prompt) }
        decodeWork = shape.layers.map {
            $0.attention.decode(context: isOver ? .max : context)
        }
    }

    // MARK: Formats

    /// The formats weights may be served in on this accelerator with what they are multiplied in,
    /// best first; empty where there is none.
    ///
    /// Without a list in the demand: the checkpoint's own format; where the card lacks an 8-bit
    /// checkpoint's format, 8-bit integers and 16 bits instead. Nothing is made narrower unasked.
    public var formats: [(weights: NumberFormat, compute: NumberFormat)] {
        let model = demand.model
        let checkpoint = model.expertCheckpointFormat ?? model.checkpointFormat ?? .bf16
        let accelerator = group.accelerator
        func supported(_ list: [NumberFormat]) -> [(NumberFormat, NumberFormat)] {
            list.compactMap { format in
                accelerator.computeFormat(for: format, isTraining: false).map { (format, $0) }
            }
        }
        if !demand.weightFormats.isEmpty { return supported(demand.weightFormats) }
        let own = supported([checkpoint])
        if !own.isEmpty { return own }
        return checkpoint.bits < 16 ? supported([.fp8, .int8, .bf16]) : []
    }

    /// The format of weights outside of routed experts when experts are stored in `format`.
    func denseFormat(_ format: NumberFormat) -> NumberFormat {
        guard let experts = demand.model.expertCheckpointFormat, experts == format else {
            return format
        }
        let dense = demand.model.checkpointFormat ?? .bf16
        return group.accelerator.computeFormat(for: dense, isTraining: false) != nil ? dense : .bf16
    }

    func steps(_ layout: ServingLayout) -> ServingStepModel {
        let dense = denseFormat(layout.weightFormat)
        return ServingStepModel(
            shape: shape, roofline: roofline, collectives: collectives, layout: layout,
            denseFormat: dense,
            denseCompute: group.accelerator.computeFormat(for: dense, isTraining: false)
                ?? layout.computeFormat,
            headCompute: group.accelerator.attentionFormat ?? layout.computeFormat,
            dispatchBytes: demand.dispatchFormat.dispatchBytes)
    }

    // MARK: Estimates

    /// The replica at its capacity: the most requests per second within memory and limits.
    public func estimate(_ layout: ServingLayout) -> Result<ServingEstimate, Rejection> {
        let state = ReplicaState(model: self, layout: layout)
        guard state.batchLimit >= 1 else {
            let memory = self.memory(layout, batch: 1)
            let largest = memory.parts.first
            return .failure(
                .memory(
                    layout: layout.summary, shortfall: max(memory.shortfall, Bytes(1)),
                    largest: largest?.name ?? "weights", largestBytes: largest?.bytes ?? .zero))
        }
        let least = state.point(batch: state.leastBatch)
        if let limit = demand.timePerOutputToken, least.timePerOutputToken > limit.value {
            return .failure(
                .timePerOutputToken(best: Seconds(least.timePerOutputToken), limit: limit))
        }
        if let limit = demand.timeToFirstToken, least.timeToFirstToken > limit.value {
            return .failure(
                .timeToFirstToken(best: Seconds(least.timeToFirstToken), limit: limit))
        }
        let best = state.largestBatch { self.meets($0) }
        return .success(state.estimate(batch: best, capacity: state.point(batch: best).rate))
    }

    /// The replica at a load below its capacity.
    ///
    /// - Parameter capacity: The estimate at capacity, from ``estimate(_:)``.
    public func estimate(
        _ capacity: ServingEstimate, at load: RequestRate
    ) -> ServingEstimate {
        guard load < capacity.capacity else { return capacity }
        let state = ReplicaState(model: self, layout: capacity.layout)
        var low = 0.0
        var high = capacity.batch
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if state.point(batch: middle).rate < load.value { low = middle } else { high = middle }
        }
        return state.estimate(batch: high, capacity: capacity.capacity.value)
    }

    private func meets(_ point: ReplicaState.Point) -> Bool {
        if let limit = demand.timePerOutputToken, point.timePerOutputToken > limit.value {
            return false
        }
        if let limit = demand.timeToFirstToken, point.timeToFirstToken > limit.value {
            return false
        }
        return true
    }
}
