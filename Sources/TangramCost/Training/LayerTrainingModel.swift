import TangramHardware
import TangramUnits

/// Costs the operators of one layer for training.
struct LayerTrainingModel {
    let roofline: Roofline
    let collectives: CollectiveModel
    let hidden: Double
    /// Tokens of one sequence.
    let sequenceLength: Double
    /// Format of matrix multiplications.
    let format: NumberFormat
    /// Bytes of one element sent to experts.
    let dispatchBytes: Double
    /// Whether only adapters are trained: no weight gradients.
    let isFrozen: Bool

    /// Backward attention runs five matrix multiplications where forward runs two
    /// (FlashAttention-2, arXiv 2307.08691, §4: 2.5 × the forward FLOPs).
    private static let attentionBackwardFactor = 2.5

    /// - Parameter work: The attention core's work for one whole sequence.
    func cost(
        _ shape: LayerShape, work: AttentionWork, tensorParallel: Int, contextParallel: Int,
        expertParallel: Int, microBatch: Int
    ) -> LayerTrainingCost {
        let t = Double(tensorParallel)
        let tokens = sequenceLength * Double(microBatch) / Double(contextParallel)
        let attention = shape.attention
        let feedForward = shape.feedForward
        var cost = LayerTrainingCost()

        for projection in attention.projections {
            addMatrix(&cost, projection, tokens: tokens, ranks: t)
        }
        for projection in attention.expansion {
            let before = cost.forward.compute
            addMatrix(&cost, projection, tokens: tokens, ranks: t)
            cost.selectiveRepeat += cost.forward.compute - before
        }
        addAttentionCore(
            &cost, attention, work: work, tokens: tokens, microBatch: Double(microBatch),
            ranks: t, contextParallel: contextParallel)
        if feedForward.denseWidth > 0 {
            let wide = feedForward.denseWidth * (feedForward.matrixCount - 1)
            addMatrix(
                &cost, Projection(input: hidden, output: wide, cut: .output), tokens: tokens,
                ranks: t)
            addMatrix(
                &cost, Projection(input: feedForward.denseWidth, output: hidden, cut: .input),
                tokens: tokens, ranks: t)
        }
        if feedForward.expertCount > 0 {
            addExperts(
                &cost, feedForward, tokens: tokens, ranks: t, expertParallel: expertParallel)
        }
        addElementwise(&cost, shape, tokens: tokens, ranks: t)
        addTensorParallel(&cost, shape, tokens: tokens, tensorParallel: tensorParallel)
        cost.kept = keptActivations(shape, tokens: tokens, ranks: t)
        return cost
    }

    /// With sequence parallelism a matrix that is not cut multiplies only the rank's own tokens.
    private func addMatrix(
        _ cost: inout LayerTrainingCost, _ projection: Projection, tokens: Double, ranks: Double
    ) {
        let shards = projection.shards(ranks)
        let share = projection.cut == .none ? ranks : shards
        let rows = projection.cut == .none ? tokens / ranks : tokens
        let weights = projection.weightCount / shards
        let flop = 2 * tokens * projection.weightCount / share
        let activations = MixedPrecision.activation * rows * projection.width(ranks)
        let bytes = weights * format.bytesPerElement + activations
        let forward = roofline.matrix(flop: flop, bytes: bytes, format: format)
        cost.forward.matrix += forward
        cost.backward.matrix +=
            forward + weightGradient(flop: flop, activations: activations, weights: weights)
        if format.bits < 16 {
            // Quantising an operand reads 16 bits and writes the narrow copy.
            let cast = (MixedPrecision.activation + format.bytesPerElement) * tokens / ranks
            cost.forward.elementwise += cast * projection.input * roofline.byteCost
            cost.backward.elementwise += 2 * cast * projection.output * roofline.byteCost
        }
    }

    /// Seconds to multiply and to add to the accumulated gradient; 0 for frozen weights.
    private func weightGradient(flop: Double, activations: Double, weights: Double) -> Double {
        guard !isFrozen else { return 0 }
        return roofline.matrix(
            flop: flop, bytes: activations + 2 * weights * MixedPrecision.gradient, format: format)
    }

    private func addAttentionCore(
        _ cost: inout LayerTrainingCost, _ attention: AttentionShape, work: AttentionWork,
        tokens: Double, microBatch: Double, ranks: Double, contextParallel: Int
    ) {
        let flop = (work.core + work.indexer) * microBatch / (Double(contextParallel) * ranks)
        let bytes = MixedPrecision.activation * tokens * attention.keptWidth / ranks
        let forward = roofline.attention(flop: flop, bytes: bytes)
        let backward = roofline.attention(
            flop: flop * Self.attentionBackwardFactor, bytes: 2 * bytes)
        cost.forward.attention += forward
        cost.backward.attention += backward
        guard contextParallel > 1 else { return }
        // Keys and values of the whole sequence visit every rank, behind the attention core; their
        // gradients return.
        let group = RankGroup(size: contextParallel, stride: Int(ranks))
        let keys =
            MixedPrecision.activation * tokens * Double(contextParallel)
            * attention.exchangedWidth / min(ranks, Double(attention.exchangeShardLimit))
        let gather = collectives.seconds(.allGather, bytes: keys, ranks: group)
        let scatter = collectives.seconds(.reduceScatter, bytes: keys, ranks: group)
        cost.forward.contextParallel += max(0, gather - forward)
        cost.backward.contextParallel += max(0, gather + scatter - backward)
    }

    private func addExperts(
        _ cost: inout LayerTrainingCost, _ block: FeedForwardShape, tokens: Double,
        ranks: Double, expertParallel: Int
    ) {
        let visits = tokens / ranks * Double(block.activeExpertCount)
        let resident = Double(block.expertCount) / Double(expertParallel)
        let weights = resident * block.expertWeightCount(hidden: hidden)
        let flop = 2 * visits * block.expertWeightCount(hidden: hidden)
        let activations =
            MixedPrecision.activation * visits
            * (2 * hidden + block.matrixCount * block.expertWidth)
        let bytes = weights * format.bytesPerElement + activations
        // Two grouped multiplications: inwards and outwards.
        let forward = roofline.matrix(flop: flop, bytes: bytes, format: format) + roofline.launch
        cost.forward.experts += forward
        let gradient = weightGradient(flop: flop, activations: activations, weights: weights)
        cost.backward.experts += forward + gradient
        if format.bits < 16 {
            let cast = (MixedPrecision.activation + format.bytesPerElement) * visits
            cost.forward.elementwise += cast * (hidden + block.expertWidth) * roofline.byteCost
            cost.backward.elementwise +=
                2 * cast * (hidden + block.expertWidth) * roofline.byteCost
        }
        let router = Projection(input: hidden, output: Double(block.expertCount), cut: .none)
        addMatrix(&cost, router, tokens: tokens, ranks: ranks)
        guard expertParallel > 1 else { return }
        let group = RankGroup(size: expertParallel)
        let farShare = block.farShare(nodeCount: collectives.nodeCount(group))
        let dispatch = collectives.seconds(
            .allToAll, bytes: visits * hidden * dispatchBytes, ranks: group, farShare: farShare)
        let combine = collectives.seconds(
            .allToAll, bytes: visits * hidden * MixedPrecision.activation, ranks: group,
            farShare: farShare)
        cost.forward.expertParallel += dispatch + combine
        cost.backward.expertParallel += dispatch + combine
    }

    private func addTensorParallel(
        _ cost: inout LayerTrainingCost, _ shape: LayerShape, tokens: Double, tensorParallel: Int
    ) {
        guard tensorParallel > 1 else { return }
        let ranks = RankGroup(size: tensorParallel)
        let bytes = MixedPrecision.activation * tokens * hidden
        let pair =
            collectives.seconds(.allGather, bytes: bytes, ranks: ranks)
            + collectives.seconds(.reduceScatter, bytes: bytes, ranks: ranks)
        // Routed experts take the sequence-sharded tokens as they are; the dense path gathers.
        let blocks: Double = shape.feedForward.denseWidth > 0 ? 2 : 1
        cost.forward.tensorParallel += blocks * pair
        cost.backward.tensorParallel += blocks * pair
    }
}
