import TangramHardware
import TangramModels
public import TangramUnits

/// Times of one prefill or decode step of a replica.
struct ServingStepModel: Sendable {
    let shape: ModelShape
    let roofline: Roofline
    let collectives: CollectiveModel
    let layout: ServingLayout
    /// Format of weights outside of routed experts.
    let denseFormat: NumberFormat
    /// Format of multiplications outside of routed experts.
    let denseCompute: NumberFormat
    /// Bytes of one element sent to experts.
    let dispatchBytes: Double

    /// A batch of tokens that go through the model together on each group with its own requests.
    struct Batch {
        /// New tokens of one group.
        var tokens: Double
        /// Sequences of one group.
        var sequences: Double
        /// FLOP of attention cores of one layer for all sequences of one group.
        var attentionFLOP: (AttentionShape) -> Double
        /// Cached values that attention reads in one layer, over all sequences of one group.
        var valuesRead: (AttentionShape) -> Double
        /// Whether keys and values are expanded (prefill) or absorbed (decode).
        var isPrefill: Bool
    }

    /// Prefill of `prompts` prompts of `length` tokens on every group.
    func prefill(prompts: Double, length: Int) -> TimeTerms {
        pass(
            Batch(
                tokens: prompts * Double(length), sequences: prompts,
                attentionFLOP: { prompts * $0.prefillFLOP(length: length) },
                valuesRead: { prompts * $0.valuesCached(context: length) }, isPrefill: true))
    }

    /// One token for each of `sequences` sequences of `context` tokens on every group.
    func decode(sequences: Double, context: Int) -> TimeTerms {
        pass(
            Batch(
                tokens: sequences, sequences: sequences,
                attentionFLOP: { sequences * $0.decodeFLOP(context: context) },
                valuesRead: { sequences * $0.valuesRead(context: context) }, isPrefill: false))
    }

    /// The whole model once, all pipeline stages after each other.
    private func pass(_ batch: Batch) -> TimeTerms {
        var terms = TimeTerms()
        for layer in shape.layers {
            terms.add(self.layer(layer, batch), times: Double(layer.count))
        }
        let shards = Double(layout.tensorParallel)
        let outputs = batch.isPrefill ? batch.sequences : batch.tokens
        let head = shape.vocabulary * shape.hidden / shards
        terms.matrix += roofline.matrix(
            flop: 2 * outputs * head, bytes: 2 * head, format: denseCompute)
        if layout.tensorParallel > 1 {
            terms.tensorParallel += collectives.seconds(
                .allGather, bytes: 2 * outputs * shape.vocabulary,
                ranks: RankGroup(size: layout.tensorParallel))
        }
        if layout.pipelineParallel > 1 {
            let send = collectives.sendTime(
                bytes: 2 * batch.tokens * shape.hidden / shards, distance: layout.stageRankCount)
            terms.pipelineParallel += Double(layout.pipelineParallel - 1) * send.value
        }
        return terms
    }

    private func layer(_ layer: LayerShape, _ batch: Batch) -> TimeTerms {
        let shards = Double(layout.tensorParallel)
        let hidden = shape.hidden
        let block = layer.feedForward
        var terms = TimeTerms()
        let matrices =
            layer.attention.projections
            + (batch.isPrefill ? layer.attention.expansion : layer.attention.absorption)
        for matrix in matrices {
            terms.matrix += matrixTime(
                weights: matrix.weightCount / (matrix.isSharded ? shards : 1),
                input: matrix.input, output: matrix.output, tokens: batch.tokens)
        }
        let readShards = Double(min(layout.tensorParallel, layer.attention.cacheShardLimit))
        terms.attention += roofline.attention(
            flop: batch.attentionFLOP(layer.attention) / shards,
            bytes: batch.valuesRead(layer.attention) * layout.keyValueFormat.bytesPerElement
                / readShards)
        if block.denseWidth > 0 {
            let wide = (block.matrixCount - 1) * block.denseWidth / shards
            terms.matrix += matrixTime(
                weights: hidden * wide, input: hidden, output: wide, tokens: batch.tokens)
            let narrow = block.denseWidth / shards
            terms.matrix += matrixTime(
                weights: hidden * narrow, input: narrow, output: hidden, tokens: batch.tokens)
        }
        if block.expertCount > 0 { addExperts(&terms, block, batch) }
        // Two norms, two residual additions, rotary embedding and the activation.
        let widths =
            10 * hidden + layer.attention.keptWidth
            + block.matrixCount
            * (block.denseWidth / shards + Double(block.activeExpertCount) * block.expertWidth
                / shards)
        let kernels: Double = block.expertCount > 0 ? 6 : 4
        terms.elementwise +=
            2 * batch.tokens * widths * roofline.byteCost + kernels * roofline.launch
        if layout.tensorParallel > 1 {
            let once = collectives.seconds(
                .allReduce, bytes: 2 * batch.tokens * hidden,
                ranks: RankGroup(size: layout.tensorParallel))
            let blocks: Double = block.expertCount > 0 && layout.dataParallel > 1 ? 1 : 2
            terms.tensorParallel += blocks * once
        }
        return terms
    }

    private func matrixTime(
        weights: Double, input: Double, output: Double, tokens: Double
    ) -> Double {
        roofline.matrix(
            flop: 2 * tokens * weights,
            bytes: weights * denseFormat.storedBytes + 2 * tokens * (input + output),
            format: denseCompute)
    }

    private func addExperts(_ terms: inout TimeTerms, _ block: FeedForwardShape, _ batch: Batch) {
        let ranks = Double(layout.stageRankCount)
        let experts = Double(block.expertCount)
        let allTokens = batch.tokens * Double(layout.dataParallel)
        let visits = allTokens * Double(block.activeExpertCount) / ranks
        // Expected share of experts that any token visits, routing uniformly:
        // 1 − (1 − k/E)^tokens.
        let touched = 1 - pow(1 - Double(block.activeExpertCount) / experts, allTokens)
        let weights = block.expertWeightCount(hidden: shape.hidden)
        let resident = experts / ranks * touched
        let flop = 2 * visits * weights
        let bytes =
            resident * weights * layout.weightFormat.storedBytes
            + 2 * visits * (2 * shape.hidden + block.matrixCount * block.expertWidth)
        terms.experts +=
            roofline.matrix(flop: flop, bytes: bytes, format: layout.computeFormat)
            + roofline.launch
        terms.matrix += matrixTime(
            weights: shape.hidden * experts, input: shape.hidden, output: experts,
            tokens: batch.tokens / Double(layout.tensorParallel))
        guard layout.dataParallel > 1 else { return }
        let group = RankGroup(size: layout.stageRankCount)
        let copies = Double(block.nodeLimit ?? block.activeExpertCount)
        let farShare = min(1, copies / Double(max(1, block.activeExpertCount)))
        let sent = visits * shape.hidden
        terms.expertParallel +=
            collectives.seconds(
                .allToAll, bytes: sent * dispatchBytes, ranks: group, farShare: farShare)
            + collectives.seconds(.allToAll, bytes: sent * 2, ranks: group, farShare: farShare)
    }
}

/// `base` to the power `exponent` for 0 ≤ base ≤ 1 and exponent ≥ 0, by squaring and square roots
/// of the fraction left over, so that no math library is linked.
func pow(_ base: Double, _ exponent: Double) -> Double {
    guard base > 0, exponent >= 0 else { return exponent == 0 ? 1 : 0 }
    var result = 1.0
    var factor = base
    var whole = UInt64(min(exponent, 1e15))
    let fraction = min(exponent, 1e15) - Double(whole)
    while whole > 0 {
        if whole & 1 == 1 { result *= factor }
        factor *= factor
        whole >>= 1
    }
    var root = base.squareRoot()
    var rest = fraction
    for _ in 0..<24 where rest > 0 {
        rest *= 2
        if rest >= 1 {
            result *= root
            rest -= 1
        }
        root = root.squareRoot()
    }
    return result
}

extension NumberFormat {
    /// Bytes of one stored weight with its scales: NVFP4 adds an 8-bit scale per 16 elements
    /// (NVIDIA, NVFP4 format), 8-bit formats a 32-bit scale per 128 × 128 block (DeepSeek-V3,
    /// arXiv 2412.19437, §3.3.2), int4 a 16-bit scale per 128.
    public var storedBytes: Double {
        switch self {
        case .fp4: 0.5 + 1.0 / 16
        case .int4: 0.5 + 2.0 / 128
        case .fp8, .int8: 1 + 4.0 / (128 * 128)
        default: bytesPerElement
        }
    }
}
