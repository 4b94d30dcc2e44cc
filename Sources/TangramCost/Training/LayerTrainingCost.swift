import TangramHardware
import TangramModels
import TangramUnits

/// Times and kept activations of one layer for one micro-batch on one rank.
struct LayerTrainingCost: Sendable {
    /// The forward pass.
    var forward = TimeTerms()
    /// The backward pass without anything recomputed.
    var backward = TimeTerms()
    /// Computation that selective recomputation repeats, in seconds.
    var selectiveRepeat = 0.0
    /// Bytes kept for the backward pass under none, selective and full recomputation.
    var kept: (none: Double, selective: Double, full: Double) = (0, 0, 0)

    /// Bytes kept under `recompute`.
    func keptBytes(_ recompute: TrainingLayout.Recompute) -> Double {
        switch recompute {
        case .none: kept.none
        case .selective: kept.selective
        case .full: kept.full
        }
    }

    /// Compute seconds repeated under `recompute`; full recomputation repeats the tensor-parallel
    /// collectives of the forward pass too.
    func repeated(_ recompute: TrainingLayout.Recompute) -> TimeTerms {
        switch recompute {
        case .none: return TimeTerms()
        case .selective:
            var terms = TimeTerms()
            terms.elementwise = selectiveRepeat
            return terms
        case .full: return forward
        }
    }
}

/// Costs the operators of one layer for training.
struct LayerTrainingModel {
    let roofline: Roofline
    let collectives: CollectiveModel
    let hidden: Double
    let sequenceLength: Int
    /// Format of matrix multiplications.
    let format: NumberFormat
    /// Bytes of one element sent to experts.
    let dispatchBytes: Double
    /// Whether only adapters are trained: no weight gradients.
    let isFrozen: Bool

    /// Backward attention runs five matrix multiplications where forward runs two
    /// (FlashAttention-2, arXiv 2307.08691, §4: 2.5 × the forward FLOPs).
    private static let attentionBackwardFactor = 2.5

    func cost(
        _ shape: LayerShape, tensorParallel: Int, contextParallel: Int, expertParallel: Int,
        microBatch: Int
    ) -> LayerTrainingCost {
        let t = Double(tensorParallel)
        let tokens = Double(sequenceLength * microBatch) / Double(contextParallel)
        let attention = shape.attention
        let feedForward = shape.feedForward
        var cost = LayerTrainingCost()

        for projection in attention.projections {
            addMatrix(&cost, projection, tokens: tokens, shards: t)
        }
        for projection in attention.expansion {
            let before = cost.forward.compute
            addMatrix(&cost, projection, tokens: tokens, shards: t)
            cost.selectiveRepeat += cost.forward.compute - before
        }
        addAttentionCore(
            &cost, attention, tokens: tokens, microBatch: Double(microBatch), shards: t,
            contextParallel: contextParallel)
        if feedForward.denseWidth > 0 {
            let wide = feedForward.denseWidth * (feedForward.matrixCount - 1)
            addMatrix(
                &cost, Projection(input: hidden, output: wide, isSharded: true),
                tokens: tokens, shards: t)
            addMatrix(
                &cost,
                Projection(
                    input: feedForward.denseWidth, output: hidden, isSharded: true),
                tokens: tokens, shards: t)
        }
        if feedForward.expertCount > 0 {
            addExperts(
                &cost, feedForward, tokens: tokens, shards: t, expertParallel: expertParallel)
        }
        addElementwise(&cost, shape, tokens: tokens, shards: t)
        addTensorParallel(&cost, shape, tokens: tokens, tensorParallel: tensorParallel)
        cost.kept = keptActivations(shape, tokens: tokens, shards: t)
        return cost
    }

    private func addMatrix(
        _ cost: inout LayerTrainingCost, _ projection: Projection, tokens: Double, shards: Double
    ) {
        let weights = projection.weightCount / (projection.isSharded ? shards : 1)
        let flop = 2 * tokens * projection.weightCount / shards
        let activations =
            MixedPrecision.activation * tokens
            * (projection.input + projection.output / (projection.isSharded ? shards : 1))
        let bytes = weights * format.bytesPerElement + activations
        let forward = roofline.matrix(flop: flop, bytes: bytes, format: format)
        cost.forward.matrix += forward
        let weightGradient =
            isFrozen
            ? 0
            : roofline.matrix(
                flop: flop, bytes: activations + weights * MixedPrecision.gradient, format: format)
        cost.backward.matrix += forward + weightGradient
        if format.bits < 16 {
            // Quantising an operand reads 16 bits and writes the narrow copy.
            let cast = (MixedPrecision.activation + format.bytesPerElement) * tokens / shards
            cost.forward.elementwise += cast * projection.input * roofline.byteCost
            cost.backward.elementwise += 2 * cast * projection.output * roofline.byteCost
        }
    }

    private func addAttentionCore(
        _ cost: inout LayerTrainingCost, _ attention: AttentionShape, tokens: Double,
        microBatch: Double, shards: Double, contextParallel: Int
    ) {
        let flop =
            attention.prefillFLOP(length: sequenceLength) * microBatch
            / (Double(contextParallel) * shards)
        let bytes = MixedPrecision.activation * tokens * attention.keptWidth / shards
        let forward = roofline.attention(flop: flop, bytes: bytes)
        let backward = roofline.attention(
            flop: flop * Self.attentionBackwardFactor, bytes: 2 * bytes)
        cost.forward.attention += forward
        cost.backward.attention += backward
        guard contextParallel > 1 else { return }
        // Keys and values of the whole sequence visit every rank, behind the attention core.
        let ranks = RankGroup(size: contextParallel, stride: Int(shards))
        let keys =
            MixedPrecision.activation * tokens * Double(contextParallel)
            * attention.attention.cachedValuesPerToken
            / Double(min(Int(shards), attention.cacheShardLimit))
        let gather = collectives.seconds(.allGather, bytes: keys, ranks: ranks)
        let scatter = collectives.seconds(.reduceScatter, bytes: keys, ranks: ranks)
        cost.forward.contextParallel += max(0, gather - forward)
        cost.backward.contextParallel += max(0, gather + scatter - backward)
    }

    private func addExperts(
        _ cost: inout LayerTrainingCost, _ block: FeedForwardShape, tokens: Double,
        shards: Double, expertParallel: Int
    ) {
        let visits = tokens / shards * Double(block.activeExpertCount)
        let resident = Double(block.expertCount) / Double(expertParallel)
        let weights = resident * block.expertWeightCount(hidden: hidden)
        let flop = 2 * visits * block.expertWeightCount(hidden: hidden)
        let activations =
            MixedPrecision.activation * visits
            * (2 * hidden + block.matrixCount * block.expertWidth)
        let bytes = weights * format.bytesPerElement + activations
        let forward = roofline.matrix(flop: flop, bytes: bytes, format: format) + roofline.launch
        cost.forward.experts += forward
        let weightGradient =
            isFrozen
            ? 0
            : roofline.matrix(
                flop: flop, bytes: activations + weights * MixedPrecision.gradient, format: format)
        cost.backward.experts += forward + weightGradient
        if format.bits < 16 {
            let cast = (MixedPrecision.activation + format.bytesPerElement) * visits
            cost.forward.elementwise += cast * (hidden + block.expertWidth) * roofline.byteCost
            cost.backward.elementwise +=
                2 * cast * (hidden + block.expertWidth) * roofline.byteCost
        }
        let router = Projection(
            input: hidden, output: Double(block.expertCount), isSharded: false)
        addMatrix(&cost, router, tokens: tokens, shards: shards)
        guard expertParallel > 1 else { return }
        let ranks = RankGroup(size: expertParallel)
        let copies = Double(block.nodeLimit ?? block.activeExpertCount)
        let farShare = min(1, copies / Double(max(1, block.activeExpertCount)))
        let dispatch = collectives.seconds(
            .allToAll, bytes: visits * hidden * dispatchBytes, ranks: ranks, farShare: farShare)
        let combine = collectives.seconds(
            .allToAll, bytes: visits * hidden * MixedPrecision.activation, ranks: ranks,
            farShare: farShare)
        cost.forward.expertParallel += dispatch + combine
        cost.backward.expertParallel += dispatch + combine
    }

    private func addElementwise(
        _ cost: inout LayerTrainingCost, _ shape: LayerShape, tokens: Double, shards: Double
    ) {
        let block = shape.feedForward
        // Two norms (read and write) and two residual additions (read two, write one) of 16 bits.
        let residual = 20 * hidden
        // Rotary embedding reads and writes queries and keys; bounded by the kept width.
        let rotary = 4 * shape.attention.keptWidth / 2
        // A gated activation reads two and writes one.
        let dense = 2 * block.matrixCount * block.denseWidth
        let visits = Double(block.activeExpertCount)
        let experts = visits * (2 * block.matrixCount * block.expertWidth + 8 * hidden)
        let bytes = tokens / shards * (residual + rotary + dense + experts)
        let kernels: Double = block.expertCount > 0 ? 9 : 6
        let time = bytes * roofline.byteCost + kernels * roofline.launch
        cost.forward.elementwise += time
        cost.backward.elementwise += 2 * time
        cost.selectiveRepeat +=
            tokens / shards * (8 * hidden + dense + visits * 6 * block.expertWidth)
            * roofline.byteCost + 3 * roofline.launch
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

    /// Bytes a layer keeps for the backward pass, 16 bits an element, with a fused attention core
    /// that keeps no score matrix (Korthikanti et al., arXiv 2205.05198, §4, restated per operator
    /// so that GQA, MLA, gated and expert layers count their own widths).
    private func keptActivations(
        _ shape: LayerShape, tokens: Double, shards: Double
    ) -> (none: Double, selective: Double, full: Double) {
        let block = shape.feedForward
        let attention = shape.attention
        let perToken = MixedPrecision.activation * tokens / shards
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
        return (perToken * all, perToken * (all - rebuilt), perToken * hidden)
    }
}
