extension LayerTrainingModel {
    /// Adds kernels bound by memory: norms, residual additions, rotary embedding, activations,
    /// and the permutation of tokens for experts.
    func addElementwise(
        _ cost: inout LayerTrainingCost, _ shape: LayerShape, tokens: Double, ranks: Double
    ) {
        let block = shape.feedForward
        // Two norms (read and write) and two residual additions (read two, write one) of 16 bits.
        let residual = 20 * hidden
        // Rotary embedding reads and writes queries and keys; bounded by the kept width.
        let rotary = 4 * shape.attention.keptWidth / 2
        // A gated activation reads two and writes one.
        let dense = 2 * block.matrixCount * block.denseWidth
        let activation = 2 * block.matrixCount * block.expertWidth
        let visits = Double(block.activeExpertCount)
        let experts = visits * (activation + 8 * hidden)
        let bytes = tokens / ranks * (residual + rotary + dense + experts)
        let kernels: Double = block.expertCount > 0 ? 9 : 6
        let time = bytes * roofline.byteCost + kernels * roofline.launch
        cost.forward.elementwise += time
        cost.backward.elementwise += 2 * time
        cost.selectiveRepeat +=
            tokens / ranks * (8 * hidden + dense + visits * activation)
            * roofline.byteCost + 3 * roofline.launch
    }

    /// Bytes a layer keeps for the backward pass, 16 bits an element, with a fused attention core
    /// that keeps no score matrix (Korthikanti et al., arXiv 2205.05198, §4, restated per operator
    /// so that GQA, MLA, gated and expert layers count their own widths).
    func keptActivations(
        _ shape: LayerShape, tokens: Double, ranks: Double
    ) -> (none: Double, selective: Double, full: Double) {
        let block = shape.feedForward
        let attention = shape.attention
        let perToken = MixedPrecision.activation * tokens / ranks
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
