import TangramHardware
import TangramModels
import TangramUnits

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
    /// Format of the multiplication with the head.
    let headCompute: NumberFormat
    /// Bytes of one element sent to experts.
    let dispatchBytes: Double

    /// Tokens that go through the model together.
    struct Batch {
        /// New tokens of the group with the most.
        var tokens: Double
        /// Sequences of that group.
        var sequences: Double
        /// New tokens of all groups that share the experts.
        var allTokens: Double
        /// What attention does for one sequence, by kind of layer.
        var work: [AttentionWork]
        /// Whether keys and values are expanded (prefill) or absorbed (decode).
        var isPrefill: Bool
    }

    /// Prefill of `prompts` prompts of `length` tokens on every group.
    func prefill(prompts: Double, length: Int, work: [AttentionWork]) -> TimeTerms {
        let tokens = prompts * Double(max(0, length))
        return pass(
            Batch(
                tokens: tokens, sequences: prompts,
                allTokens: tokens * Double(layout.dataParallel), work: work, isPrefill: true))
    }

    /// One token for each of `sequences` sequences over all groups.
    func decode(sequences: Double, work: [AttentionWork]) -> TimeTerms {
        // The group with the most requests sets the pace; there is no half request.
        let all = max(1, sequences)
        let most = max(1, all / Double(layout.dataParallel))
        return pass(
            Batch(tokens: most, sequences: most, allTokens: all, work: work, isPrefill: false))
    }

    /// The whole model once, all pipeline stages after each other.
    private func pass(_ batch: Batch) -> TimeTerms {
        var terms = TimeTerms()
        for (layer, work) in zip(shape.layers, batch.work) {
            terms.add(self.layer(layer, work, batch), times: Double(layer.count))
        }
        let shards = Double(layout.tensorParallel)
        let ranks = RankGroup(size: layout.tensorParallel)
        let outputs = batch.isPrefill ? batch.sequences : batch.tokens
        let head = shape.vocabulary * shape.hidden / shards
        let logits = 2 * outputs * shape.vocabulary
        terms.matrix += roofline.matrix(
            flop: 2 * outputs * head, bytes: 2 * head + logits / shards, format: headCompute)
        terms.tensorParallel += collectives.seconds(.allGather, bytes: logits, ranks: ranks)
        if layout.pipelineParallel > 1 {
            // Every rank sends its share, and the next stage gathers.
            let bytes = 2 * batch.tokens * shape.hidden
            let send = collectives.sendTime(
                bytes: bytes / shards, distance: layout.stageRankCount)
            terms.pipelineParallel +=
                Double(layout.pipelineParallel - 1)
                * (send.value + collectives.seconds(.allGather, bytes: bytes, ranks: ranks))
        }
        return terms
    }

    private func layer(_ layer: LayerShape, _ work: AttentionWork, _ batch: Batch) -> TimeTerms {
        let shards = Double(layout.tensorParallel)
        let hidden = shape.hidden
        let block = layer.feedForward
        var terms = TimeTerms()
        for matrix in layer.attention.projections {
            terms.matrix += time(of: matrix, tokens: batch.tokens)
        }
        for matrix in batch.isPrefill ? layer.attention.expansion : layer.attention.absorption {
            terms.matrix += time(of: matrix, tokens: batch.tokens)
        }
        // Heads are cut over ranks; the indexer and a cache without heads are whole on each.
        let readShards = Double(min(layout.tensorParallel, layer.attention.cacheShardLimit))
        terms.attention += roofline.attention(
            flop: batch.sequences * (work.core / shards + work.indexer),
            bytes: batch.sequences * work.values * layout.keyValueFormat.bytesPerElement
                / readShards)
        if block.denseWidth > 0 {
            let wide = (block.matrixCount - 1) * block.denseWidth
            terms.matrix +=
                time(
                    of: Projection(input: hidden, output: wide, cut: .output),
                    tokens: batch.tokens)
                + time(
                    of: Projection(input: block.denseWidth, output: hidden, cut: .input),
                    tokens: batch.tokens)
        }
        if block.expertCount > 0 { addExperts(&terms, block, batch) }
        // Two norms, two residual additions, rotary embedding and the activation.
        let widths =
            10 * hidden
            + (layer.attention.keptWidth + block.matrixCount
                * (block.denseWidth + Double(block.activeExpertCount) * block.expertWidth))
            / shards
        let kernels: Double = block.expertCount > 0 ? 6 : 4
        terms.elementwise +=
            2 * batch.tokens * widths * roofline.byteCost + kernels * roofline.launch
        if layout.tensorParallel > 1 {
            let once = collectives.seconds(
                .allReduce, bytes: 2 * batch.tokens * hidden,
                ranks: RankGroup(size: layout.tensorParallel))
            // With groups, one all-reduce is split: scattered before and gathered after experts.
            let blocks: Double = block.expertCount > 0 && layout.dataParallel > 1 ? 1 : 2
            terms.tensorParallel += blocks * once
        }
        return terms
    }

    /// Seconds to multiply `tokens` tokens, all of them on every rank, with a dense matrix.
    private func time(of matrix: Projection, tokens: Double) -> Double {
        let shards = Double(layout.tensorParallel)
        let weights = matrix.weightCount / matrix.shards(shards)
        return roofline.matrix(
            flop: 2 * tokens * weights,
            bytes: weights * denseFormat.storedBytes + 2 * tokens * matrix.width(shards),
            format: denseCompute)
    }

    private func addExperts(_ terms: inout TimeTerms, _ block: FeedForwardShape, _ batch: Batch) {
        let ranks = Double(layout.stageRankCount)
        let experts = Double(block.expertCount)
        let visits = batch.allTokens * Double(block.activeExpertCount) / ranks
        // Expected share of experts that any token visits, routing uniformly:
        // 1 − (1 − k/E)^tokens.
        let touched = 1 - pow(1 - Double(block.activeExpertCount) / experts, batch.allTokens)
        let weights = block.expertWeightCount(hidden: shape.hidden)
        let resident = experts / ranks * touched
        let bytes =
            resident * weights * layout.weightFormat.storedBytes
            + 2 * visits * (2 * shape.hidden + block.matrixCount * block.expertWidth)
        // Two grouped multiplications: inwards and outwards.
        terms.experts +=
            roofline.matrix(flop: 2 * visits * weights, bytes: bytes, format: layout.computeFormat)
            + roofline.launch
        terms.matrix += time(
            of: Projection(input: shape.hidden, output: experts, cut: .none), tokens: batch.tokens)
        guard layout.dataParallel > 1 else { return }
        let group = RankGroup(size: layout.stageRankCount)
        let farShare = block.farShare(nodeCount: collectives.nodeCount(group))
        let sent = visits * shape.hidden
        terms.expertParallel +=
            collectives.seconds(
                .allToAll, bytes: sent * dispatchBytes, ranks: group, farShare: farShare)
            + collectives.seconds(.allToAll, bytes: sent * 2, ranks: group, farShare: farShare)
    }
}
