import CCostKernel
import TangramHardware
import TangramUnits

/// A training job on a group of accelerators as the kernel reads it.
final class TrainingTable: @unchecked Sendable {
    // Written in `init` only; points into `model`.
    private let storage: UnsafeMutablePointer<tangram_training_job>
    private let model: ModelTable
    private let network: NetworkTable

    init(
        _ demand: TrainingDemand, group: DeviceGroup, shape: ModelShape, times: OperatorTimes,
        network: NetworkTable, computeFormat: NumberFormat, adapterParameterCount: Double
    ) {
        let setting = ModelTable.Setting(
            times: times, format: computeFormat, weights: computeFormat,
            length: demand.sequenceLength, document: demand.documentTokens,
            stack: demand.stack, modules: demand.recomputeModules,
            expertLoad: demand.expertLoad.busiest)
        model = ModelTable(shape, setting)
        self.network = network
        var job = tangram_training_job()
        let scaling = demand.narrowScaling ?? demand.stack.narrowScaling
        job.model = model.table
        job.network = network.table
        job.device.matrix = times.matrix(
            computeFormat, hasBlockScales: scaling.isByKernel, weights: computeFormat,
            storedBytes: computeFormat.bytesPerElement)
        job.device.head = times.head()
        job.device.experts = times.experts(
            computeFormat, hasBlockScales: scaling.isByKernel, weights: computeFormat,
            storedBytes: computeFormat.bytesPerElement)
        // Serving kernels quantise inside; in training, activations between experts' matrices are of
        // 16 bits and casts are counted on their own.
        let wide = times.experts(
            times.wideFormat, weights: times.wideFormat,
            storedBytes: times.wideFormat.bytesPerElement)
        job.device.experts.near_byte_cost_s = wide.near_byte_cost_s
        job.device.experts.far_byte_cost_s = wide.far_byte_cost_s
        job.device.byte_cost_s = times.byteCost
        job.device.launch_s = times.launch
        job.device.cast_element_cost_s = times.cast(
            computeFormat, hasBlockScales: scaling.isByKernel, isFused: false)
        job.device.recast_share = scaling.recastShare
        job.device.apply(demand.stack)
        job.gradient_overlap = demand.stack.gradientOverlap
        job.repeated_matrix_share =
            setting.isByOperators ? ModelTable.repeatedOperators : 0
        job.host_layer_s = Self.hostTime(shape, demand.stack)
        job.gather_slowdown = 1 / max(demand.stack.gatherRate, 1e-3)
        job.tensor_overlap = demand.stack.tensorOverlap
        job.exchange_overlap = demand.stack.exchangeOverlap
        // Read and written.
        job.gather_copy_share = demand.stack.copiesGathered ? 2 : 0
        job.merges_copies = demand.stack.mergesCopies ? 1 : 0
        let modules = demand.recomputeModules
        job.repeats_attention =
            modules?.contains(.coreAttention) ?? demand.stack.keepsScores ? 1 : 0
        job.repeats_experts = modules?.contains(.experts) ?? false ? 1 : 0
        job.expert_load = demand.expertLoad.busiest
        job.expert_computed = demand.expertLoad.computedShare
        job.logit_bytes = demand.stack.logitBytes
        job.unsharded_elements =
            demand.stack.isSequenceParallel ? 0 : Self.unshardedWidths * shape.hidden
        job.device.copy_bytes = MixedPrecision.computeCopy(
            computeFormat, narrowOnly: demand.stack.keepsNarrowWeightsOnly)
        job.device.dispatch_bytes = demand.dispatchFormat.dispatchBytes
        job.device.available_bytes =
            Bytes(rounding: group.memory.value * MemoryReserve.allocatorFraction).value
        job.device.reserved_bytes = MemoryReserve.runtime.value
        job.sequence_length = Double(demand.sequenceLength)
        job.batch = Double(demand.globalBatchSize)
        if case .lora = demand.method { job.is_frozen = 1 }
        job.adapter_parameters = adapterParameterCount
        job.weight_bytes = MixedPrecision.weight
        job.gradient_bytes = demand.stack.gradientFormat.bytesPerElement
        job.optimizer_bytes = MixedPrecision.optimizer(moments: demand.stack.momentFormat)
        let compression = demand.compression
        job.combine_bytes = compression.combineBytes
        job.sent_gradient_bytes = compression.gradientBytes(
            accumulated: demand.stack.gradientFormat.bytesPerElement, width: shape.hidden)
        job.sent_weight_bytes = compression.gatherBytes
        job.update_bytes = MixedPrecision.updateTraffic + compression.gradientTraffic
        job.activation_bytes = MixedPrecision.activation
        if let limit = group.accelerator.power, let power = group.accelerator.efficiency.power {
            job.computing_w = limit.value * power.computing
            job.moving_w = limit.value * power.memoryBound
            job.waiting_w = limit.value * power.waiting
        }
        // Backward, unfused attention multiplies four times where forward it multiplies twice.
        job.attention_backward =
            demand.stack.keepsScores ? 2 : Self.attentionBackwardFactor
        job.attention_backward_slowdown =
            demand.stack.keepsScores ? 1 : Self.attentionBackwardSlowdown
        job.attention_backward_bytes =
            demand.stack.keepsScores ? ModelTable.scoreBackwardBytes : 2
        job.overlap_slowdown = 1 / Self.overlapComputeShare
        job.collective_share = group.accelerator.efficiency.collectiveShare
        storage = .allocate(capacity: 1)
        storage.initialize(to: job)
    }

    /// Widths of the residual stream that a rank keeps whole without sequence parallelism: the
    /// inputs of both blocks and of both norms, and two dropout masks of a byte (arXiv 2205.05198,
    /// §4.2.1: 10·s·b·h bytes). Sharded, four of them are counted with the layer.
    private static let unshardedWidths = 5.0

    /// Time the host needs for the forward pass of an average layer.
    private static func hostTime(_ shape: ModelShape, _ stack: SoftwareStack) -> Double {
        let count = Double(max(1, shape.layerCount))
        return stack.hostTimePerLayer.value
            + shape.layers.reduce(0) {
                $0 + Double($1.count) / count * stack.hostTimePerExpertOperator.value
                    * $1.expertOperatorCount
            }
    }

    deinit {
        storage.deinitialize(count: 1)
        storage.deallocate()
    }

    /// The table.
    var pointer: UnsafePointer<tangram_training_job> { UnsafePointer(storage) }

    /// Backward attention runs five matrix multiplications where forward runs two
    /// (FlashAttention-2, arXiv 2307.08691, §4: 2.5 × the forward FLOPs).
    private static let attentionBackwardFactor = 2.5
    /// Forward kernels reach up to 73 % of the peak, backward ones up to 63 % (the same, §4.1).
    private static let attentionBackwardSlowdown = 73.0 / 63.0

    /// Streaming multiprocessors that all-to-all kernels occupy while they overlap: 20 of 132
    /// (DeepSeek-V3 technical report, arXiv 2412.19437, §3.2.2).
    private static let overlapComputeShare = 112.0 / 132.0

    /// What one layout costs, in double.
    func cost(_ layout: TrainingLayout) -> tangram_training_cost {
        var option = layout.kernelOption
        tangram_training_balance(pointer, &option)
        var cost = tangram_training_cost()
        tangram_training_cost_of(pointer, &option, &cost)
        return cost
    }
}

extension TrainingTable {
    /// The exchange with experts of one layer and micro-batch; nil where there is none, or software
    /// or accelerator has no measured library for it.
    func exchange(_ layout: TrainingLayout) -> ExpertExchangeUse? {
        let job = pointer.pointee
        guard job.merges_copies != 0, job.model.expert_kind_count > 0, layout.expertParallel > 1
        else { return nil }
        let ranks = Double(max(1, layout.contextParallel * layout.tensorParallel))
        let kind = job.model.experts[0]
        return network.exchange(
            kind, size: layout.expertParallel, stride: layout.expertTensorParallel,
            tokens: job.sequence_length * Double(layout.microBatch) / ranks * job.expert_load,
            dispatchRowBytes: kind.width * job.device.dispatch_bytes,
            combineRowBytes: kind.width * job.combine_bytes, mergedOnly: true)
    }
}

extension tangram_device_table {
    /// Slows operators down to what `stack` reaches.
    fileprivate mutating func apply(_ stack: SoftwareStack) {
        matrix.flop_cost_s /= stack.matrix
        head.flop_cost_s /= stack.matrix
        experts.flop_cost_s /= stack.experts ?? stack.matrix
        experts.near_byte_cost_s /= stack.stream
        experts.far_byte_cost_s /= stack.stream
        byte_cost_s /= stack.stream
        cast_element_cost_s /= stack.stream
    }
}

extension TrainingLayout {
    /// The layout as the kernel reads it.
    var kernelOption: tangram_training_option {
        tangram_training_option(
            tensor: Int32(clamping: tensorParallel), pipeline: Int32(clamping: pipelineParallel),
            virtual_stages: Int32(clamping: virtualPipeline),
            context: Int32(clamping: contextParallel), data: Int32(clamping: dataParallel),
            expert: Int32(clamping: expertParallel),
            expert_tensor: Int32(clamping: expertTensorParallel), zero: Int32(clamping: zeroStage),
            micro_batch: Int32(clamping: microBatch), recompute: recompute.kernelValue,
            schedule: schedule.kernelValue, exchange: contextExchange.kernelValue,
            last_layers: lastStageLayerCount.map { Int32(clamping: $0) } ?? -1,
            shard: Int32(clamping: shardCount ?? 0))
    }

    /// The layout that the kernel found.
    init(_ option: tangram_training_option) {
        self.init(
            tensorParallel: Int(option.tensor), pipelineParallel: Int(option.pipeline),
            virtualPipeline: Int(option.virtual_stages), contextParallel: Int(option.context),
            dataParallel: Int(option.data), expertParallel: Int(option.expert),
            zeroStage: Int(option.zero), microBatch: Int(option.micro_batch),
            recompute: Recompute.allCases.first { $0.kernelValue == option.recompute } ?? .none,
            schedule: Schedule.allCases.first { $0.kernelValue == option.schedule }
                ?? .oneForwardOneBackward,
            expertTensorParallel: Int(option.expert_tensor),
            contextExchange: ContextExchange.allCases.first {
                $0.kernelValue == option.exchange
            } ?? .ring,
            lastStageLayerCount: option.last_layers >= 0 ? Int(option.last_layers) : nil,
            shardCount: option.shard > 0 ? Int(option.shard) : nil)
    }
}

extension TrainingLayout.Recompute {
    /// The kernel's number of it.
    var kernelValue: Int32 {
        switch self {
        case .none: Int32(TANGRAM_RECOMPUTE_NONE.rawValue)
        case .selective: Int32(TANGRAM_RECOMPUTE_SELECTIVE.rawValue)
        case .full: Int32(TANGRAM_RECOMPUTE_FULL.rawValue)
        }
    }
}

extension TrainingLayout.Schedule {
    /// The kernel's number of it.
    var kernelValue: Int32 {
        switch self {
        case .oneForwardOneBackward: Int32(TANGRAM_SCHEDULE_1F1B.rawValue)
        case .gpipe: Int32(TANGRAM_SCHEDULE_GPIPE.rawValue)
        case .zeroBubbleH1: Int32(TANGRAM_SCHEDULE_ZB_H1.rawValue)
        case .zeroBubbleV: Int32(TANGRAM_SCHEDULE_ZB_V.rawValue)
        case .dualPipe: Int32(TANGRAM_SCHEDULE_DUALPIPE.rawValue)
        }
    }
}

extension TrainingLayout.ContextExchange {
    /// The kernel's number of it.
    var kernelValue: Int32 {
        switch self {
        case .ring: Int32(TANGRAM_CONTEXT_RING.rawValue)
        case .allGather: Int32(TANGRAM_CONTEXT_ALL_GATHER.rawValue)
        case .ulysses: Int32(TANGRAM_CONTEXT_ULYSSES.rawValue)
        }
    }
}
