import CCostKernel
import TangramHardware
import TangramModels
public import TangramUnits

/// Costs one training job on one group of accelerators, for any layout.
///
/// Step time = micro-batches × slowest stage + the other stages once (÷ virtual stages) + what
/// data-parallel collectives leave exposed + the optimizer step (Narayanan et al., arXiv
/// 2104.04473, §2.2; the form with unequal stages as in Sailor, arXiv 2504.17096). The arithmetic
/// is that of the C target CCostKernel, here in double with its breakdown.
public final class TrainingModel: Sendable {
    /// The job.
    public let demand: TrainingDemand
    /// The accelerators.
    public let group: DeviceGroup
    /// The format matrix multiplications are computed in.
    public let computeFormat: NumberFormat

    let shape: ModelShape
    /// What the kernel reads.
    let table: TrainingTable
    private let modelFLOPPerToken: Double
    private let peak: Double

    /// Prepares `demand` for `group`.
    ///
    /// - Throws: ``Rejection/formatUnsupported(_:accelerator:)`` where the accelerator cannot
    ///   multiply in the format asked for nor in its twin; ``Rejection/invalidInput(_:)`` where a
    ///   figure is zero, not a number, or too large to compute with.
    public init(demand: TrainingDemand, group: DeviceGroup) throws(Rejection) {
        try InputCheck.check(demand)
        try InputCheck.check(group)
        guard
            let format = group.accelerator.computeFormat(for: demand.format, isTraining: true)
        else {
            throw .formatUnsupported(demand.format, accelerator: group.accelerator.id)
        }
        self.demand = demand
        self.group = group
        computeFormat = format
        shape = ModelShape(demand.model, includesPrediction: true)
        let times = OperatorTimes(group)
        peak = times.peak(format)
        let full = demand.model.trainingFLOPPerToken(sequenceLength: demand.sequenceLength)
        let adapterParameterCount: Double
        switch demand.method {
        case .full:
            modelFLOPPerToken = full.value
            adapterParameterCount = 0
        case .lora(let rank):
            // Frozen weights get no gradient: four operations instead of six per weight and token.
            modelFLOPPerToken = full.value - 2 * Double(demand.model.multipliedParameterCount)
            adapterParameterCount = Double(rank) * shape.adapterWidth
        }
        table = TrainingTable(
            demand, group: group, shape: shape, times: times,
            network: NetworkTable(group), computeFormat: format,
            adapterParameterCount: adapterParameterCount)
    }

    /// Predicts one layout; its sizes must divide as ``TrainingSearch`` makes them.
    public func estimate(_ layout: TrainingLayout) -> TrainingEstimate {
        let cost = table.cost(layout)
        let tokens = Double(demand.globalBatchSize) * Double(demand.sequenceLength)
        let share = checkpointShare(acceleratorCount: layout.acceleratorCount)
        let throughput = tokens / cost.step_s * share
        let exchange = table.exchange(layout)
        let uncertainty =
            demand.stack.relativeUncertainty
            ?? group.accelerator.efficiency.relativeUncertainty
        return TrainingEstimate(
            layout: layout, computeFormat: computeFormat, stepTime: Seconds(cost.step_s),
            throughput: TokenRate(throughput),
            modelFLOPUtilisation: throughput * modelFLOPPerToken
                / (peak * Double(layout.acceleratorCount)),
            breakdown: Self.parts(cost), dualPipe: Self.dualPipe(cost), memory: memory(cost),
            workPerAccelerator: FLOP(cost.flop),
            energyPerStep: cost.energy_j > 0 ? Energy(cost.energy_j) : nil,
            expertExchange: exchange,
            relativeUncertainty: exchange?.widened(
                uncertainty, share: cost.expert_s / cost.step_s) ?? uncertainty)
    }

    /// Part of the time that checkpoints leave for training.
    private func checkpointShare(acceleratorCount: Int) -> Double {
        guard let checkpoint = demand.checkpoint else { return 1 }
        let all = Double(demand.model.parameterCount)
        let trained = demand.method == .full ? all : table.pointer.pointee.adapter_parameters
        let host =
            group.accelerator.hostBandwidth?.value ?? group.fabricBandwidth.value
        return checkpoint.trainingShare(
            bytes: CheckpointPlan.bytes(trained: trained, all: demand.method == .full ? all : 0),
            hostRate: host * Double(acceleratorCount))
    }

    /// Memory of the fullest device under `layout`.
    func memory(_ layout: TrainingLayout) -> MemoryBreakdown { memory(table.cost(layout)) }

    /// Layers of each stage before the last, and of the last.
    func stageLayers(_ layout: TrainingLayout) -> (others: Int, last: Int) {
        let cost = table.cost(layout)
        return (Int(cost.other_layers), Int(cost.last_layers))
    }

    private func memory(_ cost: tangram_training_cost) -> MemoryBreakdown {
        MemoryBreakdown(
            weights: Bytes(rounding: cost.weight_bytes),
            gradients: Bytes(rounding: cost.gradient_bytes),
            optimizer: Bytes(rounding: cost.optimizer_bytes),
            activations: Bytes(rounding: cost.activation_bytes),
            workspace: Bytes(rounding: cost.reserved_bytes),
            available: Bytes(rounding: table.pointer.pointee.device.available_bytes))
    }

    /// The phases of DualPipe, which sum to the step; nil under another schedule.
    private static func dualPipe(_ cost: tangram_training_cost) -> DualPipePhases? {
        guard cost.dual_both_s > 0 else { return nil }
        let busy =
            cost.dual_forward_s + cost.dual_backward_s + cost.dual_weight_s + cost.dual_both_s
        let update = cost.data_s + cost.optimizer_s
        return DualPipePhases(
            forward: Seconds(cost.dual_forward_s), backward: Seconds(cost.dual_backward_s),
            weight: Seconds(cost.dual_weight_s), both: Seconds(cost.dual_both_s),
            bubble: Seconds(max(0, cost.step_s - busy - update)), optimizer: Seconds(update))
    }

    /// Where the time goes; the parts sum to the step.
    private static func parts(_ cost: tangram_training_cost) -> [TimePart] {
        let parts: [(TimePart.Cause, Double)] = [
            (.matrixMultiply, cost.matrix_s), (.experts, cost.experts_s),
            (.attention, cost.attention_s), (.elementwise, cost.elementwise_s),
            (.recompute, cost.recompute_s), (.tensorParallel, cost.tensor_s),
            (.contextParallel, cost.context_s), (.expertParallel, cost.expert_s),
            (.pipelineParallel, cost.pipeline_s), (.bubble, cost.bubble_s),
            (.dataParallel, cost.data_s), (.optimizer, cost.optimizer_s), (.host, cost.host_s),
        ]
        return parts.filter { $0.1 > 0 }.map { TimePart($0.0, Seconds($0.1)) }
    }
}
