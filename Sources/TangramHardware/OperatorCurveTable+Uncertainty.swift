extension OperatorCurveTable {
    /// Operators of one accelerator; what links do has an uncertainty of its own.
    private static let computing: Set<OperatorCurve.Operator> = [
        .matrix, .experts, .attentionPrefill, .attentionDecode, .latentPrefill, .latentDecode,
    ]

    /// The error that nine in ten points of an operator stay within, on the median of operators and
    /// conditions: for the accelerator that was measured on points that its curves were not fitted
    /// to, for another one what these curves were off by on accelerators left out of the fit.
    func relativeUncertainty(acceleratorID id: String) -> Double? {
        let own = Self.median(
            curves.filter { Self.computing.contains($0.operation) }.map(\.ninetiethError))
        guard id != acceleratorID else { return own }
        let all = (try? Self.shipped())?.flatMap(\.curves) ?? []
        let leftOut = all.filter { Self.computing.contains($0.operation) }.compactMap(\.leftOut)
        let ofThese = leftOut.filter { $0.acceleratorID == acceleratorID }.map(\.ninetiethError)
        // Where nothing was predicted from these curves, what relatives are off by elsewhere.
        let other = Self.median(ofThese.isEmpty ? leftOut.map(\.ninetiethError) : ofThese)
        guard let own, let other else { return own ?? other }
        return max(own, other)
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
