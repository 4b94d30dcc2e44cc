import CCostKernel
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
    /// The job, with the engine that it is served by.
    public let demand: ServingDemand
    /// The accelerators.
    public let group: DeviceGroup
    let shape: ModelShape
    /// What the kernel reads, for the formats that a search may choose.
    private let tables: [ServingTable]
    private let network: NetworkTable

    /// Prepares `demand` for `group`.
    public init(demand: ServingDemand, group: DeviceGroup) {
        var demand = demand
        demand.engine = demand.engine.resolved(on: group.accelerator)
        self.demand = demand
        self.group = group
        let shape = ModelShape(demand.model, includesPrediction: false)
        self.shape = shape
        let network = NetworkTable(group, isServing: true)
        self.network = network
        tables = Self.formats(demand, group).map {
            ServingTable(
                demand, group: group, shape: shape, network: network,
                formats: Self.tableFormats(
                    $0.weights, $0.compute, demand.keyValueFormat, demand, group))
        }
    }

    // MARK: Formats

    /// The formats weights may be served in on this accelerator with what they are multiplied in,
    /// best first; empty where there is none.
    ///
    /// Without a list in the demand: the checkpoint's own format; where the card lacks an 8-bit
    /// checkpoint's format, 8-bit integers and 16 bits instead. Nothing is made narrower unasked.
    public var formats: [(weights: NumberFormat, compute: NumberFormat)] {
        Self.formats(demand, group)
    }

    private static func formats(
        _ demand: ServingDemand, _ group: DeviceGroup
    ) -> [(weights: NumberFormat, compute: NumberFormat)] {
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

    /// Weights outside of routed experts keep the checkpoint's format where experts do.
    private static func tableFormats(
        _ weights: NumberFormat, _ compute: NumberFormat, _ cache: NumberFormat,
        _ demand: ServingDemand, _ group: DeviceGroup
    ) -> ServingTable.Formats {
        let accelerator = group.accelerator
        var dense = weights
        if let experts = demand.model.expertCheckpointFormat, experts == weights {
            let own = demand.model.checkpointFormat ?? .bf16
            dense = accelerator.computeFormat(for: own, isTraining: false) != nil ? own : .bf16
        }
        return ServingTable.Formats(
            weights: weights, compute: compute, denseWeights: dense,
            denseCompute: accelerator.computeFormat(for: dense, isTraining: false) ?? compute,
            cache: cache)
    }

    /// What the kernel reads for the formats of `layout`.
    func table(_ layout: ServingLayout) -> ServingTable {
        let formats = Self.tableFormats(
            layout.weightFormat, layout.computeFormat, layout.keyValueFormat, demand, group)
        return tables.first { $0.formats == formats }
            ?? ServingTable(
                demand, group: group, shape: shape, network: network, formats: formats)
    }

    // MARK: Estimates

    /// The replica at its capacity: the most requests per second within memory and limits.
    public func estimate(_ layout: ServingLayout) -> Result<ServingEstimate, Rejection> {
        estimate(layout, near: nil)
    }

    /// - Parameter guess: About the largest batch that meets the limits, found in single precision.
    func estimate(
        _ layout: ServingLayout, near guess: Double?
    ) -> Result<ServingEstimate, Rejection> {
        do throws(Rejection) {
            try InputCheck.check(demand)
            try InputCheck.check(group)
        } catch {
            return .failure(error)
        }
        let state = ReplicaState(model: self, layout: layout)
        guard state.batchLimit >= 1 else {
            return .failure(memoryRejection(layout))
        }
        let least = state.point(batch: state.leastBatch)
        if let limit = demand.timePerOutputToken, least.token_s > limit.value {
            return .failure(
                .timePerOutputToken(best: Seconds(least.token_s), limit: limit))
        }
        if let limit = demand.timeToFirstToken, least.first_token_s > limit.value {
            return .failure(
                .timeToFirstToken(best: Seconds(least.first_token_s), limit: limit))
        }
        let best = state.largestBatch(near: guess) { self.meets($0) }
        return .success(state.estimate(batch: best, capacity: state.point(batch: best).rate))
    }

    /// By how much one sequence does not fit.
    func memoryRejection(_ layout: ServingLayout) -> Rejection {
        let memory = table(layout).memory(layout, batch: 1)
        let largest = memory.parts.first
        return .memory(
            layout: layout.summary, shortfall: max(memory.shortfall, Bytes(1)),
            largest: largest?.name ?? "weights", largestBytes: largest?.bytes ?? .zero)
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

    private func meets(_ point: tangram_serving_point) -> Bool {
        if let limit = demand.timePerOutputToken, point.token_s > limit.value {
            return false
        }
        if let limit = demand.timeToFirstToken, point.first_token_s > limit.value {
            return false
        }
        return true
    }
}
