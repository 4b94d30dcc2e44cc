import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

/// A served model on a group of accelerators, in one set of formats, as the kernel reads it.
final class ServingTable: @unchecked Sendable {
    /// What weights are stored and multiplied in, and what the cache is stored in.
    struct Formats: Hashable, Sendable {
        var weights: NumberFormat
        var compute: NumberFormat
        /// Weights outside of routed experts.
        var denseWeights: NumberFormat
        var denseCompute: NumberFormat
        var cache: NumberFormat
    }

    /// The formats it is for.
    let formats: Formats
    // Written in `init` only; points into `model` and `kinds`.
    private let storage: UnsafeMutablePointer<tangram_serving_job>
    private let kinds: UnsafeMutableBufferPointer<tangram_serving_kind>
    private let model: ModelTable
    private let network: NetworkTable

    init(
        _ demand: ServingDemand, group: DeviceGroup, shape: ModelShape, network: NetworkTable,
        formats: Formats
    ) {
        self.formats = formats
        let times = OperatorTimes(group)
        let prompt = max(0, demand.promptTokens)
        let cached = Int(Double(prompt) * min(max(0, demand.prefixHitRate), 1))
        // Who looks at a running answer finds a long one more often: E[n²] / E[n] tokens on average.
        let written = Int(
            Double(max(0, demand.outputTokens))
                * demand.outputLengths.secondMoment)
        let (decodeContext, isDecodeOver) = prompt.addingReportingOverflow(max(1, written / 2))
        let (end, isEndOver) = prompt.addingReportingOverflow(written)
        model = ModelTable(
            shape,
            ModelTable.Setting(
                times: times, format: formats.compute, weights: formats.weights, length: prompt,
                isServing: true))
        let lengths = demand.promptLengths.shares(mean: prompt)
        kinds = .allocate(capacity: max(1, shape.layers.count))
        for (index, layer) in shape.layers.enumerated() {
            kinds.initializeElement(
                at: index,
                to: Self.kind(
                    layer, times: times, prompt: prompt, cached: cached,
                    lengths: lengths,
                    verified: Double(1 + (demand.speculation?.draftCount ?? 0)),
                    context: isDecodeOver ? .max : decodeContext, end: isEndOver ? .max : end,
                    launches: max(0, demand.engine.launchShare), formats: formats))
        }
        var job = tangram_serving_job()
        job.model = model.table
        job.kinds = UnsafePointer(kinds.baseAddress)
        job.kind_count = Int32(shape.layers.count)
        let layerCount = Double(max(1, shape.layerCount))
        for layer in shape.layers {
            let count = Double(layer.count)
            let block = layer.feedForward
            if block.expertCount > 0 { job.expert_layer_count += count }
            job.cut_width +=
                (layer.attention.keptWidth + block.matrixCount * block.denseWidth) * count
                / layerCount
            job.stream_kernels +=
                ((block.expertCount > 0 ? 6 : 4) + layer.extraKernelCount) * count / layerCount
            job.stream_width += layer.streamWidth * count / layerCount
        }
        job.redundant_experts = Double(max(0, demand.redundantExperts))
        let experts = Double(max(1, shape.expertCount))
        job.expert_copies = (experts + job.redundant_experts) / experts
        if let room = demand.hostCache {
            let link = group.accelerator.hostBandwidth?.value ?? UnlikeLink.fallbackHostRate
            job.host_cache_bytes = max(0, min(room, group.hostMemory ?? room).value)
            job.host_byte_cost_s = 1 / max(1e6, link)
        }
        if let encoder = demand.model.visionEncoder, let images = demand.images {
            job.encoder_s = times.seconds(encoder, images: images)
            job.encoder_bytes =
                Double(encoder.parameterCount) * NumberFormat.bf16.bytesPerElement
        }
        self.network = network
        job.network = network.table
        let hasBlockScales = demand.hasBlockScales ?? (demand.model.checkpointFormat == .fp8)
        job.device.matrix = times.matrix(
            formats.denseCompute, hasBlockScales: hasBlockScales, weights: formats.denseWeights,
            storedBytes: formats.denseWeights.storedBytes)
        job.device.head = times.head()
        job.device.experts = times.experts(
            formats.compute, hasBlockScales: hasBlockScales, weights: formats.weights,
            storedBytes: formats.weights.storedExpertBytes(of: demand.model))
        job.device.byte_cost_s = times.byteCost
        job.device.launch_s = times.launch
        job.device.cast_element_cost_s = times.cast(
            formats.denseCompute, hasBlockScales: hasBlockScales, isFused: true)
        job.device.dispatch_bytes = demand.dispatchFormat.dispatchBytes
        job.device.available_bytes =
            Bytes(rounding: group.memory.value * MemoryReserve.allocatorFraction).value
        job.device.reserved_bytes = MemoryReserve.runtime.value
        job.dense_bytes = formats.denseWeights.storedBytes
        job.end_bytes = NumberFormat.bf16.bytesPerElement
        job.cache_bytes = formats.cache.bytesPerElement
        job.activation_bytes = MixedPrecision.activation
        job.prompt_tokens = Double(prompt - cached)
        job.output_tokens = Double(demand.outputTokens)
        job.chunk_tokens = Double(max(1, demand.engine.prefillChunk))
        job.whole_width = 4 * shape.hidden
        job.widest = shape.layers.map { Self.cutWidth($0) }.max() ?? 0
        // Hybrid and windowed models may cache almost nothing; engines cap the batch then.
        job.group_batch_limit = Double(max(1, demand.engine.batchLimit))
        job.fabric_byte_cost_s = 1 / max(1e3, group.fabricBandwidth.value)
        Self.set(demand, &job)
        job.first_token_limit_s = demand.timeToFirstToken?.value ?? .infinity
        job.token_limit_s = demand.timePerOutputToken?.value ?? .infinity
        storage = .allocate(capacity: 1)
        storage.initialize(to: job)
    }

    deinit {
        storage.deinitialize(count: 1)
        storage.deallocate()
        kinds.deallocate()
    }

    /// The table.
    var pointer: UnsafePointer<tangram_serving_job> { UnsafePointer(storage) }

    /// Exchange and computation slow each other down: of what could hide, this much does. LMSYS gains
    /// 27 to 35 % in prefill and 25 % in decode by two-batch overlap (blog of 2025-05-05), CANN's recipe
    /// for DeepSeek-R1 25 % in prefill; hiding all of it would give 60 to 80 %.
    private static let hiddenShare = 0.55

    /// What the engine adds to the device's time, and how it speculates.
    private static func set(_ demand: ServingDemand, _ job: inout tangram_serving_job) {
        let engine = demand.engine
        job.expert_imbalance = max(1, demand.expertImbalance ?? engine.expertImbalance)
        job.step_host_s = max(0, engine.hostPerStep.value)
        job.sequence_host_s = max(0, engine.hostPerSequence.value)
        job.prefill_host_s = max(0, engine.hostPerPrompt.value)
        job.request_host_s = max(0, engine.hostPerRequest.value)
        job.decode_stretch = max(0.01, engine.decodeStretch)
        job.prefill_stretch = max(0.01, engine.prefillStretch)
        let launches = max(0, engine.launchShare)
        job.device.matrix.launch_s *= launches
        job.device.head.launch_s *= launches
        job.device.experts.launch_s *= launches
        job.device.launch_s *= launches
        job.copy_latency_s = max(0, engine.exchange.copyLatency.value)
        job.copy_efficiency = max(0.01, engine.exchange.copyEfficiency)
        job.merged_latency_s = max(0, engine.exchange.mergedLatency.value)
        job.merged_efficiency = max(0.01, engine.exchange.mergedEfficiency)
        job.overlaps = engine.overlapsBatches ? Self.hiddenShare : 0
        job.rides = engine.mixesPrefill ? 1 : 0
        job.verified_tokens = Double(1 + (demand.speculation?.draftCount ?? 0))
        job.accepted_tokens = max(1, demand.speculation?.keptTokens ?? 1)
        job.draft_count = Double(demand.speculation?.draftCount ?? 0)
    }

    // MARK: Layers

    /// Width of the widest tensors that ranks cut: attention's, and those of the block after it.
    private static func cutWidth(_ layer: LayerShape) -> Double {
        let block = layer.feedForward
        let width = block.denseWidth + Double(block.activeExpertCount) * block.expertWidth
        return layer.attention.keptWidth + block.matrixCount * width
    }

    private static func kind(
        _ layer: LayerShape, times: OperatorTimes, prompt: Int, cached: Int,
        lengths: [LengthDistribution.Share], verified: Double,
        context: Int, end: Int, launches: Double, formats: Formats
    ) -> tangram_serving_kind {
        let shape = layer.attention
        let cache = formats.cache
        var kind = tangram_serving_kind()
        kind.layer_count = Double(layer.count)
        var work = shape.prefill(length: prompt)
        if lengths.count > 1 {
            // Long prompts attend more than in proportion.
            work.core = 0
            work.indexer = 0
            for share in lengths {
                let own = shape.prefill(length: share.tokens)
                work.core += share.weight * own.core
                work.indexer += share.weight * own.indexer
            }
        }
        if cached > 0 {
            // New tokens see the cached ones; those do not attend again.
            let scale = Double(cached) / Double(max(1, prompt))
            for share in lengths {
                let before = shape.prefill(length: Int(scale * Double(share.tokens)))
                work.core -= share.weight * before.core
                work.indexer -= share.weight * before.indexer
            }
            work.core = max(0, work.core)
            work.indexer = max(0, work.indexer)
        }
        kind.prefill = attention(work, times.prefill(shape.attention, cache: cache))
        kind.prefill.inverse_length = 1 / Double(max(1, prompt))
        kind.prefill.inverse_tiles =
            ModelTable.queryTile * kind.prefill.inverse_length
            / Double(max(1, shape.attention.headCount))
        if let bytes = times.headBytes(shape.attention, cache: cache) {
            kind.prefill.head_bytes = bytes * Double(prompt - cached)
            // What the curve counts of a latent core is expanded, none of it cached.
            if case .latent = shape.attention { kind.prefill.values = 0 }
        }
        let decode = times.decode(shape.attention, cache: cache, context: context)
        kind.decode = attention(shape.decode(context: context), decode.curve)
        kind.decode.inverse_length = 1 / Double(max(1, context))
        kind.decode.inverse_tiles =
            cacheTile * kind.decode.inverse_length / Double(shape.cacheShardLimit)
        // Drafts read the cache once together.
        kind.decode.core_flop *= verified
        kind.decode.whole_flop *= verified
        kind.decode.head_bytes = decode.headBytes * verified
        kind.decode.head_ramp = decode.headRamp
        kind.decode.loop_s = decode.loop
        kind.decode.ramps_bytes = 1
        kind.decode.ramps_flop = decode.rampsArithmetic ? 1 : 0
        kind.prefill.curve.launch_s *= launches
        kind.decode.curve.launch_s *= launches
        kind.cached_values = shape.valuesCached(context: end)
        kind.exchanged_values = shape.valuesCached(context: prompt)
        kind.output_values = verified * shape.outputWidth
        kind.inverse_cache_limit = 1 / Double(shape.cacheShardLimit)
        return kind
    }

    /// Tokens of one block of a decode kernel.
    private static let cacheTile = 64.0

    private static func attention(
        _ work: AttentionWork, _ curve: tangram_attention_curve
    ) -> tangram_serving_attention {
        var attention = tangram_serving_attention()
        attention.core_flop = work.core
        attention.whole_flop = work.indexer
        attention.values = work.values
        attention.curve = curve
        return attention
    }

    // MARK: Exchange

    /// The exchange with experts of one layer in a decode step of `sequences` sequences over all
    /// groups; nil where there is none, or no library for it was measured.
    func exchange(_ layout: ServingLayout, sequences: Double) -> ExpertExchangeUse? {
        let groups = Double(max(1, layout.dataParallel))
        return exchange(
            layout, tokens: max(1, max(1, sequences) / groups) * pointer.pointee.verified_tokens)
    }

    /// The same in the first prefill step of `prompts` prompts on every group.
    func exchange(_ layout: ServingLayout, prompts: Double) -> ExpertExchangeUse? {
        let job = pointer.pointee
        // Ranks that share a prompt take a step's tokens each.
        let share = 1 / Double(max(1, layout.contextParallel))
        let steps = max(1, (prompts * share * job.prompt_tokens / job.chunk_tokens).rounded(.up))
        return exchange(layout, tokens: prompts * job.prompt_tokens / steps)
    }

    /// - Parameter tokens: Those of a group, of which every rank sends its part.
    private func exchange(_ layout: ServingLayout, tokens: Double) -> ExpertExchangeUse? {
        let job = pointer.pointee
        guard job.model.expert_kind_count > 0, layout.dataParallel * layout.contextParallel > 1
        else { return nil }
        let kind = job.model.experts[0]
        return network.exchange(
            kind, size: layout.stageRankCount, stride: 1,
            tokens: tokens / Double(max(1, layout.tensorParallel * layout.contextParallel)),
            dispatchRowBytes: kind.width * job.device.dispatch_bytes,
            combineRowBytes: kind.width * job.activation_bytes, mergedOnly: false)
    }

    // MARK: Costs

    /// Seconds of prefill of `prompts` prompts on every group.
    func prefill(_ layout: ServingLayout, prompts: Double) -> TimeTerms {
        var option = layout.kernelOption
        var terms = tangram_serving_terms()
        tangram_serving_prefill(pointer, &option, prompts, &terms)
        return TimeTerms(terms)
    }

    /// Seconds of one token for each of `sequences` sequences over all groups.
    func decode(_ layout: ServingLayout, sequences: Double) -> TimeTerms {
        var option = layout.kernelOption
        var terms = tangram_serving_terms()
        tangram_serving_decode(pointer, &option, sequences, &terms)
        return TimeTerms(terms)
    }

    /// Memory of one device of the fullest stage when the replica decodes `batch` sequences.
    func memory(_ layout: ServingLayout, batch: Double) -> MemoryBreakdown {
        var option = layout.kernelOption
        var memory = tangram_serving_memory()
        tangram_serving_memory_of(pointer, &option, batch, &memory)
        return MemoryBreakdown(
            weights: Bytes(rounding: memory.weight_bytes),
            activations: Bytes(rounding: memory.activation_bytes),
            keyValueCache: Bytes(rounding: memory.cache_bytes),
            hostCache: Bytes(rounding: memory.offloaded_bytes),
            workspace: Bytes(rounding: memory.reserved_bytes),
            available: Bytes(rounding: pointer.pointee.device.available_bytes))
    }

    /// The replica whatever its batch.
    func state(_ layout: ServingLayout) -> tangram_serving_state {
        var option = layout.kernelOption
        var state = tangram_serving_state()
        tangram_serving_state_of(pointer, &option, &state)
        return state
    }

    /// The replica at a batch.
    func point(
        _ layout: ServingLayout, _ state: tangram_serving_state, batch: Double
    ) -> tangram_serving_point {
        var option = layout.kernelOption
        var state = state
        var point = tangram_serving_point()
        tangram_serving_point_of(pointer, &option, &state, batch, &point)
        return point
    }

    /// The largest batch of each layout that meets the limits in single precision, and its requests
    /// per second; 0 and less where there is none.
    func capacities(_ layouts: [ServingLayout]) -> (batches: [Float], rates: [Float]) {
        let options = layouts.map(\.kernelOption)
        var batches = [Float](repeating: 0, count: layouts.count)
        var rates = [Float](repeating: 0, count: layouts.count)
        tangram_serving_capacities(
            KernelLevel.inUse, pointer, options.map(\.tensor), options.map(\.pipeline),
            options.map(\.data), options.map(\.expert), options.map(\.context), layouts.count,
            &batches, &rates)
        return (batches, rates)
    }
}

extension ServingLayout {
    /// The layout as the kernel reads it.
    var kernelOption: tangram_serving_option {
        tangram_serving_option(
            tensor: Int32(clamping: tensorParallel), pipeline: Int32(clamping: pipelineParallel),
            data: Int32(clamping: dataParallel), expert: Int32(clamping: expertParallel),
            context: Int32(clamping: contextParallel))
    }
}

extension TimeTerms {
    /// The kernel's terms.
    init(_ terms: tangram_serving_terms) {
        self.init(
            matrix: terms.matrix_s, experts: terms.experts_s, attention: terms.attention_s,
            elementwise: terms.elementwise_s, tensorParallel: terms.tensor_s,
            expertParallel: terms.expert_s, pipelineParallel: terms.pipeline_s,
            contextParallel: terms.context_s)
    }
}
