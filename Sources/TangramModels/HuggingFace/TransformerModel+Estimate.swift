extension TransformerModel {
    /// The parameter count in floating point, which cannot overflow: guards the exact counts.
    var estimatedParameterCount: Double {
        let hidden = Double(hiddenSize)
        func estimate(_ group: LayerGroup) -> Double {
            group.matrices(hiddenSize: hiddenSize).reduce(0) {
                $0 + (Double($1.inputWidth) + 1) * Double($1.outputWidth) * Double($1.copyCount)
            }
        }
        let layers = layerGroups.reduce(0.0) { $0 + Double($1.count) * estimate($1) }
        let prediction =
            Double(multiTokenPredictionLayerCount)
            * ((multiTokenPredictionLayer ?? layerGroups.last).map(estimate) ?? 0
                + 2 * hidden * hidden)
        return layers + prediction
            + hidden * (2 * Double(vocabularySize) + Double(learnedPositionCount))
    }
}
