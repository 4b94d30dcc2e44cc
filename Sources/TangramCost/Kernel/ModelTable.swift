import CCostKernel
import TangramModels
import TangramUnits

/// A model's shape as the kernel reads it.
final class ModelTable: @unchecked Sendable {
    /// The table; it points into the arrays below.
    let table: tangram_model_table
    // Written in `init` only.
    private let kinds: UnsafeMutableBufferPointer<tangram_layer_kind>
    private let matrices: UnsafeMutableBufferPointer<tangram_matrix>
    private let limited: UnsafeMutableBufferPointer<tangram_limited_parameters>

    /// - Parameters:
    ///   - format: What routed experts are multiplied in.
    ///   - weights: What they are stored in.
    ///   - length: Tokens of one sequence.
    ///   - work: What the attention core of each kind of layer does for one sequence.
    ///   - isServing: Whether matrices of decode are wanted.
    init(
        _ shape: ModelShape, times: OperatorTimes, format: NumberFormat, weights: NumberFormat,
        length: Int, work: [AttentionWork],
        isServing: Bool = false
    ) {
        let layerCount = Double(max(1, shape.layerCount))
        var kinds: [tangram_layer_kind] = []
        var matrices: [tangram_matrix] = []
        var limited: [tangram_limited_parameters] = []
        var whole = 0.0
        var kept = (none: 0.0, selective: 0.0, full: 0.0)
        var gathered = (elements: 0.0, inverseLimit: 0.0)
        for (layer, work) in zip(shape.layers, work) {
            let share = Double(layer.count) / layerCount
            var kind = Self.kind(layer, hidden: shape.hidden, share: share)
            kind.core_flop = work.core + work.indexer
            kind.core = times.prefill(layer.attention.attention, cache: .bf16)
            if let bytes = times.headBytes(layer.attention.attention, cache: .bf16) {
                kind.core_bytes = bytes
                if case .grouped = layer.attention.attention {
                    kind.core_bytes += MixedPrecision.activation * layer.attention.exchangedWidth
                }
            }
            kind.row_bytes = times.rowBytes(
                layer.feedForward, hidden: shape.hidden, format: format, weights: weights,
                fallback: kind.row_bytes)
            kind.inverse_length = 1 / Double(max(1, length))
            kind.inverse_tiles =
                Self.queryTile * kind.inverse_length
                / Double(max(1, layer.attention.attention.headCount))
            kind.matrix_begin = Int32(matrices.count)
            matrices += Self.matrices(layer, hidden: shape.hidden, isServing: isServing)
            kind.matrix_end = Int32(matrices.count)
            kinds.append(kind)
            // Matrices that nothing cuts, or into a few parts only, weigh more on each rank.
            whole += shape.hidden * Double(layer.feedForward.expertCount) * share
            for matrix in layer.attention.projections {
                if matrix.cut == .none {
                    whole += matrix.weightCount * share
                } else if matrix.shardLimit.isFinite {
                    limited.append(
                        tangram_limited_parameters(
                            count: matrix.weightCount * share,
                            inverse_shard_limit: 1 / matrix.shardLimit))
                }
            }
            let own = Self.keptElements(layer, hidden: shape.hidden)
            kept.none += own.none * share
            kept.selective += own.selective * share
            kept.full += shape.hidden * share
            if layer.attention.exchangedWidth > gathered.elements {
                gathered = (
                    layer.attention.exchangedWidth,
                    1 / Double(max(1, layer.attention.exchangeShardLimit))
                )
            }
        }
        self.kinds = Self.copy(kinds)
        self.matrices = Self.copy(matrices)
        self.limited = Self.copy(limited)
        var table = tangram_model_table()
        table.kinds = UnsafePointer(self.kinds.baseAddress)
        table.kind_count = Int32(kinds.count)
        table.matrices = UnsafePointer(self.matrices.baseAddress)
        table.limited = UnsafePointer(self.limited.baseAddress)
        table.limited_count = Int32(limited.count)
        table.layer_count = Int32(clamping: shape.layerCount)
        table.hidden = shape.hidden
        table.vocabulary = shape.vocabulary
        table.prediction_count = Double(shape.predictionLayerCount)
        table.whole_parameters = whole
        table.cut_parameters =
            shape.denseParameterCount / layerCount - whole
            - limited.reduce(0.0) { $0 + $1.count }
        table.expert_parameters = shape.expertParameterCount / layerCount
        table.embedding_parameters = shape.embeddingParameterCount
        table.head_parameters = shape.headParameterCount
        table.is_tied = shape.isTied ? 1 : 0
        table.kept_elements = (kept.none, kept.selective, kept.full)
        table.gathered_elements = gathered.elements
        table.inverse_gather_limit = gathered.inverseLimit
        self.table = table
    }

    deinit {
        kinds.deallocate()
        matrices.deallocate()
        limited.deallocate()
    }

    private static func copy<Element>(
        _ elements: [Element]
    ) -> UnsafeMutableBufferPointer<Element> {
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, elements.count))
        _ = buffer.initialize(from: elements)
        return buffer
    }

    // MARK: Layers

    /// Queries of one block of a fused attention kernel.
    static let queryTile = 128.0

    /// Kernels bound by memory: norms, residual additions, rotary embedding, activations, and the
    /// permutation of tokens for experts; all but the attention core's work.
    private static func kind(
        _ layer: LayerShape, hidden: Double, share: Double
    ) -> tangram_layer_kind {
        let block = layer.feedForward
        let attention = layer.attention
        let visits = Double(block.activeExpertCount)
        var kind = tangram_layer_kind()
        kind.share = share
        kind.core_bytes = MixedPrecision.activation * attention.keptWidth
        kind.exchanged_width = attention.exchangedWidth
        kind.inverse_exchange_limit = 1 / Double(max(1, attention.exchangeShardLimit))
        kind.head_width = attention.headWidth
        kind.expert_count = Double(block.expertCount)
        kind.active_expert_count = max(1, visits)
        kind.log_missed = tangram_log_missed(visits, Double(block.expertCount))
        kind.expert_weight_count = block.expertWeightCount(hidden: hidden)
        kind.expert_total_width = block.matrixCount * block.expertWidth
        kind.expert_width = block.expertWidth
        kind.group_limit = Double(block.nodeLimit ?? 0)
        kind.inverse_group_count = 1 / Double(max(1, block.groupCount))
        // Two norms (read and write) and two residual additions (read two, write one) of 16 bits.
        let residual = 20 * hidden
        // Rotary embedding reads and writes queries and keys; bounded by the kept width.
        let rotary = 4 * attention.keptWidth / 2
        // A gated activation reads two and writes one.
        let dense = 2 * block.matrixCount * block.denseWidth
        let activation = 2 * block.matrixCount * block.expertWidth
        kind.stream_bytes = residual + rotary + dense
        kind.row_bytes = block.expertCount > 0 ? activation + 8 * hidden : 0
        kind.repeated_stream_bytes = 8 * hidden + dense + visits * activation
        kind.stream_kernels = block.expertCount > 0 ? 9 : 6
        // Routed experts take the sequence-sharded tokens as they are; the dense path gathers.
        kind.tensor_blocks = block.denseWidth > 0 ? 2 : 1
        return kind
    }

    private static func matrices(
        _ layer: LayerShape, hidden: Double, isServing: Bool
    ) -> [tangram_matrix] {
        let block = layer.feedForward
        var matrices = layer.attention.projections.map { matrix($0) }
        matrices += layer.attention.expansion.map {
            matrix($0, phase: TANGRAM_PHASE_PREFILL, isRebuilt: true)
        }
        if isServing {
            matrices += layer.attention.absorption.map { matrix($0, phase: TANGRAM_PHASE_DECODE) }
        }
        if block.denseWidth > 0 {
            let wide = block.denseWidth * (block.matrixCount - 1)
            matrices.append(matrix(Projection(input: hidden, output: wide, cut: .output)))
            matrices.append(
                matrix(Projection(input: block.denseWidth, output: hidden, cut: .input)))
        }
        if block.expertCount > 0 {
            matrices.append(
                matrix(Projection(input: hidden, output: Double(block.expertCount), cut: .none)))
        }
        return matrices
    }

    private static func matrix(
        _ projection: Projection, phase: tangram_phase = TANGRAM_PHASE_ALWAYS,
        isRebuilt: Bool = false
    ) -> tangram_matrix {
        let cut: tangram_cut =
            switch projection.cut {
            case .none: TANGRAM_CUT_NONE
            case .output: TANGRAM_CUT_OUTPUT
            case .input: TANGRAM_CUT_INPUT
            case .copies: TANGRAM_CUT_COPIES
            }
        return tangram_matrix(
            input: projection.input, output: projection.output,
            weight_count: projection.weightCount, inverse_shard_limit: 1 / projection.shardLimit,
            inverse_inner: projection.output / max(1, projection.weightCount),
            inverse_output: 1 / max(1, projection.output), cut: Int32(cut.rawValue),
            phase: Int32(phase.rawValue), is_rebuilt: isRebuilt ? 1 : 0)
    }

    /// Elements per token that a layer keeps for the backward pass, with a fused attention core
    /// that keeps no score matrix (Korthikanti et al., arXiv 2205.05198, §4, restated per operator
    /// so that GQA, MLA, gated and expert layers count their own widths).
    private static func keptElements(
        _ shape: LayerShape, hidden: Double
    ) -> (none: Double, selective: Double) {
        let block = shape.feedForward
        let attention = shape.attention
        let visits = Double(block.activeExpertCount)
        let inputs = 2 * hidden
        let norms = 2 * hidden
        let wide = block.matrixCount - 1
        let dense = wide * block.denseWidth
        let denseOutput = block.denseWidth
        let experts = visits * (2 * hidden + wide * block.expertWidth)
        let expertOutput = visits * block.expertWidth
        let all =
            inputs + norms + attention.keptWidth + dense + denseOutput + experts + expertOutput
        let rebuilt = norms + attention.rebuiltWidth + denseOutput + expertOutput
        return (all, all - rebuilt)
    }
}
