import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

extension ModelTable {
    /// Queries of one block of a fused attention kernel.
    static let queryTile = 128.0

    // MARK: Matrices

    /// The matrices of a layer, each with what tells it from others.
    static func matrices(
        _ layer: LayerShape, _ setting: Setting
    ) -> [(matrix: tangram_matrix, key: [Double])] {
        let block = layer.feedForward
        let hidden = layer.hidden
        var matrices = layer.attention.projections.map { matrix($0) }
        matrices += layer.attention.expansion.map {
            matrix(
                $0, phase: TANGRAM_PHASE_PREFILL, isRebuilt: setting.repeats(.latentProjections))
        }
        if setting.isServing {
            matrices += layer.attention.absorption.map { matrix($0, phase: TANGRAM_PHASE_DECODE) }
        }
        if block.denseWidth > 0 {
            let wide = block.denseWidth * (block.matrixCount - 1)
            let isRebuilt = setting.repeats(.feedForward)
            matrices.append(
                matrix(
                    Projection(input: hidden, output: wide, cut: .output), isRebuilt: isRebuilt))
            matrices.append(
                matrix(
                    Projection(input: block.denseWidth, output: hidden, cut: .input),
                    isRebuilt: isRebuilt))
        }
        if block.expertCount > 0 {
            matrices.append(
                matrix(Projection(input: hidden, output: Double(block.expertCount), cut: .none)))
            if block.latentWidth > 0 {
                matrices.append(
                    matrix(Projection(input: hidden, output: block.latentWidth, cut: .none)))
                matrices.append(
                    matrix(Projection(input: block.latentWidth, output: hidden, cut: .none)))
            }
        }
        return matrices
    }

    private static func matrix(
        _ projection: Projection, phase: tangram_phase = TANGRAM_PHASE_ALWAYS,
        isRebuilt: Bool = false
    ) -> (matrix: tangram_matrix, key: [Double]) {
        let cut: tangram_cut =
            switch projection.cut {
            case .none: TANGRAM_CUT_NONE
            case .output: TANGRAM_CUT_OUTPUT
            case .input: TANGRAM_CUT_INPUT
            case .copies: TANGRAM_CUT_COPIES
            }
        let matrix = tangram_matrix(
            share: 0, input: projection.input, output: projection.output,
            weight_count: projection.weightCount, shard_limit: projection.shardLimit,
            inverse_shard_limit: 1 / projection.shardLimit,
            inverse_inner: projection.output / max(1, projection.weightCount),
            inverse_output: 1 / max(1, projection.output), cut: Int32(cut.rawValue),
            phase: Int32(phase.rawValue), is_rebuilt: isRebuilt ? 1 : 0)
        let key = [
            projection.input, projection.output, projection.weightCount, projection.shardLimit,
            Double(cut.rawValue), Double(phase.rawValue), isRebuilt ? 1 : 0,
        ]
        return (matrix, key)
    }

    // MARK: Attention

    /// The attention core of a layer with what tells it from others.
    static func attention(
        _ layer: LayerShape, _ setting: Setting
    ) -> (kind: tangram_attention_kind, key: [Double]) {
        let shape = layer.attention
        // Packed documents attend to themselves alone (kernels for sequences of varied length).
        let document = min(setting.document ?? setting.length, setting.length)
        let count = Double(setting.length) / Double(max(1, document))
        var work = shape.prefill(length: document)
        work.core *= count
        work.indexer *= count
        var kind = tangram_attention_kind()
        kind.core_flop = work.core + work.indexer
        kind.core = setting.times.prefill(shape.attention, cache: .bf16)
        kind.core.flop_cost_s /= setting.stack.attention
        if let bytes = setting.times.headBytes(shape.attention, cache: .bf16) {
            kind.core_bytes = bytes
            if case .grouped = shape.attention {
                kind.core_bytes += MixedPrecision.activation * shape.exchangedWidth
            }
        } else {
            kind.core_bytes = MixedPrecision.activation * shape.keptWidth
        }
        if case .stateSpace(let mixer) = shape.attention {
            scan(&kind, mixer, setting)
        } else if setting.stack.keepsScores {
            unfuse(&kind, work, shape, setting)
        }
        kind.inverse_length = 1 / Double(max(1, setting.length))
        kind.inverse_tiles =
            queryTile * kind.inverse_length / Double(max(1, shape.attention.headCount))
        kind.exchanged_width = shape.exchangedWidth
        kind.inverse_exchange_limit = 1 / Double(max(1, shape.exchangeShardLimit))
        kind.head_width = shape.headWidth
        let key = [
            kind.core_flop, kind.core_bytes, kind.core.launch_s, kind.core.flop_cost_s,
            kind.inverse_tiles, kind.exchanged_width, kind.inverse_exchange_limit,
            kind.head_width,
        ]
        return (kind, key)
    }

    /// Bytes per score that kernels of unfused attention move forward: written by the product of
    /// queries and keys, read and written by the masked softmax, read and written by dropout with its
    /// mask of one byte, read by the product with values.
    private static let scoreBytes = 13.0
    /// Backward: the gradient of the product with values (2 read, 2 written), of dropout (3 read, 2
    /// written), of the softmax (4 read, 2 written), and of the product of queries and keys (2 × 2
    /// read).
    static let scoreBackwardBytes = 19.0 / scoreBytes
    /// Kernels of unfused attention: two multiplications, a softmax, dropout.
    private static let unfusedKernels = 4.0

    /// An attention core before FlashAttention: two multiplications of whole squares and kernels
    /// that move the scores in between (Korthikanti et al., arXiv 2205.05198, Fig. 3).
    private static func unfuse(
        _ kind: inout tangram_attention_kind, _ work: AttentionWork, _ shape: AttentionShape,
        _ setting: Setting
    ) {
        let times = setting.times
        let length = Double(setting.length)
        let matrix = times.head()
        // The mask hides half of what is multiplied.
        kind.core_flop = 2 * work.core + work.indexer
        kind.core_bytes = scoreBytes * Double(shape.attention.headCount) * length
        kind.core = tangram_attention_curve()
        kind.core.launch_s = unfusedKernels * times.launch
        // One product is short in what it sums over, the other in what comes out.
        let width = Double(max(1, shape.attention.queryKeyDimension))
        kind.core.flop_cost_s =
            matrix.flop_cost_s * (1 + matrix.k_ramp * (1 / width + 1 / max(1, length)) / 2)
            / setting.stack.matrix
        kind.core.byte_cost_s = times.byteCost / setting.stack.attention
        kind.core.power = 1
    }

    /// Kernels of the chunked scan: the convolution, sums of steps, states of chunks, their passing
    /// on, scores, the scan, the gated norm.
    private static let scanKernels = 7.0

    /// A state-space layer's scan: kernels that move what they read and write one after the other
    /// (arXiv 2405.21060, §6 and its Triton kernels), bounded by the multiplications in 16 bits.
    private static func scan(
        _ kind: inout tangram_attention_kind, _ mixer: StateSpaceMixer, _ setting: Setting
    ) {
        kind.core_bytes = MixedPrecision.activation * mixer.scannedElements
        kind.core = tangram_attention_curve()
        kind.core.launch_s = scanKernels * setting.times.launch
        kind.core.flop_cost_s = setting.times.head().flop_cost_s / setting.stack.matrix
        kind.core.byte_cost_s = setting.times.scanByteCost
        kind.core.power = 0
    }

    // MARK: Experts

    /// The routed experts of a layer with what tells them from others.
    static func experts(
        _ layer: LayerShape, _ setting: Setting
    ) -> (kind: tangram_expert_kind, key: [Double]) {
        let block = layer.feedForward
        let hidden = block.expertStreamWidth(hidden: layer.hidden)
        let visits = Double(block.activeExpertCount)
        var kind = tangram_expert_kind()
        kind.width = hidden
        kind.expert_count = Double(block.expertCount)
        kind.active_expert_count = max(1, visits)
        kind.log_missed = tangram_log_missed(visits, Double(block.expertCount))
        kind.expert_weight_count = block.expertWeightCount(hidden: hidden)
        kind.expert_total_width = block.matrixCount * block.expertWidth
        kind.expert_width = block.expertWidth
        kind.group_limit = Double(block.nodeLimit ?? 0)
        kind.inverse_group_count = 1 / Double(max(1, block.groupCount))
        let activation = MixedPrecision.activation * block.matrixCount * block.expertWidth
        // Permutation reads and writes the hidden state on the way in and out; engines do it inside
        // of the all-to-all.
        kind.row_bytes = setting.times.rowBytes(
            block, hidden: hidden, format: setting.format, weights: setting.weights,
            fallback: activation + (setting.isServing ? 0 : 8 * hidden))
        let key = [
            kind.expert_count, visits, kind.expert_weight_count, kind.expert_total_width,
            kind.group_limit, kind.inverse_group_count,
        ]
        return (kind, key)
    }

    // MARK: Streams

    /// Bytes per token of kernels bound by memory: norms, residual additions, rotary embedding and
    /// activations; what selective recomputation moves again; and how many kernels they are.
    static func streams(
        _ layer: LayerShape, _ setting: Setting
    ) -> (bytes: Double, repeated: Double, kernels: Double) {
        let block = layer.feedForward
        let visits = Double(block.activeExpertCount)
        // Two norms (read and write) and two residual additions (read two, write one) of 16 bits.
        let halves = block.denseWidth > 0 || block.expertCount > 0 ? 2.0 : 1.0
        let residual = 10 * halves * layer.hidden
        // Rotary embedding reads and writes queries and keys; bounded by the kept width.
        var rotary = 4 * layer.attention.keptWidth / 2
        if case .stateSpace = layer.attention.attention { rotary = 0 }
        // A gated activation reads two and writes one.
        let dense = 2 * block.matrixCount * block.denseWidth
        let activation = 2 * block.matrixCount * block.expertWidth
        return (
            residual + rotary + dense,
            (setting.repeats(.norms) ? 8 * layer.hidden : 0)
                + (setting.repeats(.activations) || setting.repeats(.feedForward)
                    ? dense : 0)
                + (setting.repeats(.activations) ? visits * activation * setting.expertLoad : 0),
            block.expertCount > 0 ? 9 : 6
        )
    }

    /// The same where every addition, product and cast is a kernel of its own, as PyTorch runs them
    /// without compilation.
    ///
    /// A residual addition moves 6 bytes an element. A norm moves 36: cast to 32 bits (6), square
    /// (8), mean (4), scale (8), cast back (6), weight (4 of 16 bits, read and written). Rotary
    /// embedding of queries and keys moves 20: to 32 bits (6), a product of pairs (8), back (6). A
    /// gate moves 10: its function (4) and the product (6).
    static func unfusedStreams(
        _ layer: LayerShape
    ) -> (bytes: Double, repeated: Double, kernels: Double) {
        let block = layer.feedForward
        let attention = layer.attention.attention
        let halves = block.denseWidth > 0 || block.expertCount > 0 ? 2.0 : 1.0
        let residual = (6 + 36) * halves * layer.hidden
        var heads = Double(attention.headCount + attention.keyValueHeadCount)
        if case .stateSpace = attention { heads = 0 }
        let rotary = 20 * heads * Double(attention.queryKeyDimension)
        let perWidth = block.matrixCount > 2 ? 10.0 : 4.0
        let visits = Double(block.activeExpertCount)
        let bytes = residual + rotary + perWidth * block.denseWidth
        return (bytes, bytes + visits * perWidth * block.expertWidth, 9 * halves + 7)
    }

    // MARK: Memory

    /// Elements per token that a layer keeps for the backward pass, with a fused attention core
    /// that keeps no score matrix (Korthikanti et al., arXiv 2205.05198, §4, restated per operator
    /// so that GQA, MLA, gated and expert layers count their own widths).
    static func keptElements(
        _ shape: LayerShape, _ setting: Setting
    ) -> (none: Double, selective: Double) {
        let stack = setting.stack
        let block = shape.feedForward
        let attention = shape.attention
        let visits = Double(block.activeExpertCount) * setting.expertLoad
        // Operands of narrow multiplications are all that is kept of what only they read.
        let isNarrow = stack.keepsNarrowOperands && setting.format.bits < 16
        let operand =
            isNarrow ? setting.format.bytesPerElement / MixedPrecision.activation : 1.0
        let inputs = 2 * shape.hidden
        let norms = 2 * shape.hidden * operand
        let wide = block.matrixCount - 1
        // What goes into activation functions.
        let inner = isNarrow && stack.keepsNarrowActivations ? operand : 1.0
        let dense = wide * block.denseWidth * inner
        let denseOutput = block.denseWidth * operand
        let stream = block.expertStreamWidth(hidden: shape.hidden)
        let outputs = stack.keepsExpertOutputs ? stream : 0
        let experts = visits * (stream * operand + outputs + wide * block.expertWidth * inner)
        let expertOutput = visits * block.expertWidth * operand
        // The core keeps its output in 16 bits, the multiplication behind it a narrow copy; or both use
        // one of 12 bits (DeepSeek-V3, arXiv 2412.19437, §3.3.3).
        let packed = 12.0 / 16
        let share = stack.keepsNarrowActivations ? packed - 1 : operand
        let copies =
            isNarrow
            ? share * Double(attention.attention.headCount)
                * Double(attention.attention.valueDimension) : 0
        let all =
            inputs + norms + attention.keptWidth + copies + dense + denseOutput + experts
            + expertOutput
        // Two bytes of a score, two of what dropout makes of it, one of the mask (arXiv 2205.05198,
        // §4.1: 5·a·s²·b).
        let scores =
            stack.keepsScores
            ? 5 / MixedPrecision.activation * Double(attention.attention.headCount)
                * Double(setting.length) : 0
        if setting.modules == nil, stack.keepsScores { return (all + scores, all) }
        if setting.isByOperators { return (all, operatorElements(shape)) }
        let core =
            Double(attention.attention.headCount) * Double(attention.attention.valueDimension)
        var left = all + scores
        if setting.repeats(.norms) { left -= norms }
        if setting.repeats(.latentProjections) { left -= attention.rebuiltWidth }
        if setting.repeats(.coreAttention) { left -= scores + core }
        if setting.repeats(.feedForward) {
            left -= dense + denseOutput
        } else if setting.repeats(.activations) {
            left -= denseOutput
        }
        if setting.repeats(.experts) {
            left -= experts + expertOutput
        } else if setting.repeats(.activations) {
            left -= expertOutput
        }
        return (all + scores, left)
    }

    /// Of multiplications, every other one is repeated under selection by operators.
    static let repeatedOperators = 0.5

    /// Elements that remain where every other multiplication is repeated: the layer's input, the
    /// attention core's output, half of what multiplications put out (torchtitan, selective
    /// activation checkpointing per operator).
    private static func operatorElements(_ shape: LayerShape) -> Double {
        let block = shape.feedForward
        let attention = shape.attention
        let outputs =
            attention.projections.reduce(0) { $0 + $1.output }
            + attention.expansion.reduce(0) { $0 + $1.output }
            + (block.matrixCount - 1) * block.denseWidth + (block.denseWidth > 0 ? shape.hidden : 0)
        let visits = Double(block.activeExpertCount)
        let experts =
            visits
            * ((block.matrixCount - 1) * block.expertWidth
                + 2 * block.expertStreamWidth(hidden: shape.hidden))
        let core =
            Double(attention.attention.headCount) * Double(attention.attention.valueDimension)
        return shape.hidden + core + outputs / 2 + experts
    }
}
