import TangramDocument

extension OperatorCurve {
    static let keys = [
        "operator", "accelerator", "architecture", "condition", "multiprocessors", "parameters",
        "kernel", "fitted", "residual", "held-out", "median", "p90", "left-out",
        "disputed",
    ]

    /// The curve under `cursor`; nil after reporting what is wrong with it.
    init?(_ cursor: Cursor) {
        guard cursor.allowKeys(Self.keys) else { return nil }
        let error: (Cursor) -> Double? = { $0.number(in: 0...1e6) }
        let count: (Cursor) -> Int? = { $0.integer(in: 1...1_000_000_000) }
        let operation = cursor.required("operator")?.choice(
            Operator.allCases.map { ($0.rawValue, $0) })
        let accelerator = cursor.required("accelerator")?.string()
        let architecture = cursor.required("architecture")?.string()
        let condition = cursor.required("condition")?.string()
        let parameters = cursor.required("parameters")?.table(of: Parameter.self) {
            $0.number(in: 0...1e9)
        }
        let multiprocessors = cursor.maybe("multiprocessors") { $0.integer(in: 1...100_000) }
        let kernel = cursor.required("kernel")?.string()
        let fitted = cursor.required("fitted").flatMap(count)
        let heldOut = cursor.required("held-out").flatMap(count)
        let median = cursor.required("median").flatMap(error)
        let ninetieth = cursor.required("p90").flatMap(error)
        let leftOut = cursor.maybe("left-out") { cursor -> LeftOut? in
            guard cursor.allowKeys(["from", "median", "p90"]),
                let from = cursor.required("from")?.string(),
                let median = cursor.required("median").flatMap(error),
                let ninetieth = cursor.required("p90").flatMap(error)
            else { return nil }
            return LeftOut(acceleratorID: from, medianError: median, ninetiethError: ninetieth)
        }
        let disputed = cursor.maybe("disputed") { $0.string() }
        guard let operation, let accelerator, let architecture, let condition, let multiprocessors,
            let parameters, let kernel, let fitted, let heldOut, let median, let ninetieth,
            let leftOut, let disputed
        else { return nil }
        self.init(
            operation: operation, acceleratorID: accelerator, architecture: architecture,
            condition: condition, multiprocessorCount: multiprocessors, parameters: parameters,
            kernel: kernel, fittedCount: fitted,
            heldOutCount: heldOut, medianError: median, ninetiethError: ninetieth,
            leftOut: leftOut, disputedBy: disputed)
    }
}
