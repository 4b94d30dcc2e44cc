import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

/// A model's shape as the kernel reads it.
///
/// Operators that layers share are listed once, with how many layers have them.
final class ModelTable: @unchecked Sendable {
    /// The table; it points into the arrays below.
    let table: tangram_model_table
    // Written in `init` only.
    private let matrices: UnsafeMutableBufferPointer<tangram_matrix>
    private let attention: UnsafeMutableBufferPointer<tangram_attention_kind>
    private let experts: UnsafeMutableBufferPointer<tangram_expert_kind>
    private let limited: UnsafeMutableBufferPointer<tangram_limited_parameters>

    /// What does not depend on the model's shape alone.
    struct Setting {
        var times: OperatorTimes
        /// What routed experts are multiplied in.
        var format: NumberFormat
        /// What routed experts are stored in.
        var weights: NumberFormat
        /// Tokens of one sequence.
        var length: Int
        /// Tokens of a document, of which sequences are packed; nil for one a sequence.
        var document: Int?
        /// Whether matrices of decode are wanted.
        var isServing = false
        /// The software, which decides what is kept and what attention cores reach.
        var stack = SoftwareStack.current
        /// What selective recomputation repeats; nil for as the stack does.
        var modules: Set<RecomputeModule>?
        /// Visits of the busiest rank's experts over those of the average one.
        var expertLoad = 1.0

        /// Whether selective recomputation goes by operators, as the software does it where a job names
        /// no modules.
        var isByOperators: Bool { modules == nil && stack.selection == .operators }
    }

    init(_ shape: ModelShape, _ setting: Setting) {
        let layerCount = Double(max(1, shape.layerCount))
        var matrices = Merged<tangram_matrix>()
        var attention = Merged<tangram_attention_kind>()
        var experts = Merged<tangram_expert_kind>()
        var limited: [tangram_limited_parameters] = []
        var whole = 0.0
        var table = tangram_model_table()
        var kept = (none: 0.0, selective: 0.0, full: 0.0)
        for layer in shape.layers {
            let share = Double(layer.count) / layerCount
            let block = layer.feedForward
            for (matrix, key) in Self.matrices(layer, setting) {
                matrices.add(matrix, key, share: share, \.share)
            }
            let (core, key) = Self.attention(layer, setting)
            attention.add(core, key, share: share, \.share)
            if block.expertCount > 0 {
                let (kind, key) = Self.experts(layer, setting)
                experts.add(kind, key, share: share, \.share)
            }
            let fused = Self.streams(layer, setting)
            let streams = setting.stack.fusesElementwise ? fused : Self.unfusedStreams(layer)
            table.stream_bytes += streams.bytes * share
            // Modules that the job names count instead of what the software would choose.
            let chosen = setting.modules == nil ? streams.repeated : fused.repeated
            table.repeated_stream_bytes +=
                (setting.isByOperators ? streams.bytes : chosen) * share
            table.stream_kernels += streams.kernels * share
            // Routed experts take the sequence-sharded tokens as they are; the dense path gathers.
            table.tensor_blocks += (block.denseWidth > 0 ? 2 : 1) * share
            // Matrices that nothing cuts, or into a few parts only, weigh more on each rank.
            whole += shape.hidden * (Double(block.expertCount) + 2 * block.latentWidth) * share
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
            let own = Self.keptElements(layer, setting)
            kept.none += own.none * share
            kept.selective += own.selective * share
            kept.full += shape.hidden * share
            if layer.attention.exchangedWidth > table.gathered_elements {
                table.gathered_elements = layer.attention.exchangedWidth
                table.inverse_gather_limit =
                    1 / Double(max(1, layer.attention.exchangeShardLimit))
            }
        }
        self.matrices = Self.copy(matrices.items)
        self.attention = Self.copy(attention.items)
        self.experts = Self.copy(experts.items)
        self.limited = Self.copy(limited)
        table.matrices = UnsafePointer(self.matrices.baseAddress)
        table.matrix_count = Int32(matrices.items.count)
        table.attention = UnsafePointer(self.attention.baseAddress)
        table.attention_count = Int32(attention.items.count)
        table.experts = UnsafePointer(self.experts.baseAddress)
        table.expert_kind_count = Int32(experts.items.count)
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
        // Of layers in another order the average is taken.
        let plain = shape.layers.prefix { $0.feedForward.expertCount == 0 }
            .reduce(0) { $0 + $1.count }
        let others = shape.layers.drop { $0.feedForward.expertCount == 0 }
        let leads = !others.isEmpty && others.allSatisfy { $0.feedForward.expertCount > 0 }
        table.leading_layers = leads ? Double(plain) : 0
        table.expert_layer_parameters =
            shape.expertParameterCount / max(1, layerCount - table.leading_layers)
        table.embedding_parameters = shape.embeddingParameterCount
        table.head_parameters = shape.headParameterCount
        table.is_tied = shape.isTied ? 1 : 0
        table.kept_elements = (kept.none, kept.selective, kept.full)
        self.table = table
    }

    deinit {
        matrices.deallocate()
        attention.deallocate()
        experts.deallocate()
        limited.deallocate()
    }

    private static func copy<Element>(
        _ elements: [Element]
    ) -> UnsafeMutableBufferPointer<Element> {
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, elements.count))
        _ = buffer.initialize(from: elements)
        return buffer
    }

    /// Operators, those alike joined.
    private struct Merged<Item> {
        var items: [Item] = []
        private var places: [[Double]: Int] = [:]

        /// - Parameter key: Everything that tells it from others.
        mutating func add(
            _ item: Item, _ key: [Double], share: Double, _ path: WritableKeyPath<Item, Double>
        ) {
            if let place = places[key] {
                items[place][keyPath: path] += share
                return
            }
            places[key] = items.count
            var item = item
            item[keyPath: path] = share
            items.append(item)
        }
    }
}
