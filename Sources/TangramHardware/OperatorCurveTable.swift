import CCatalogueData
import TangramDocument

/// The curves that describe one accelerator: its own, or those of its architecture.
///
/// A class, so that accelerators share it; two tables are equal where they describe the same one.
public final class OperatorCurveTable: Hashable, Sendable {
    private struct Key: Hashable {
        var operation: OperatorCurve.Operator
        var condition: String
    }

    /// The accelerator that was measured, by catalogue name.
    public let acceleratorID: String
    /// The curves.
    public let curves: [OperatorCurve]
    private let indices: [Key: Int]
    /// Curves of exchanges with experts with their conditions, read once: every costed table asks.
    let exchanges: [(condition: ExchangeCondition, curve: OperatorCurve)]

    private init(_ acceleratorID: String, _ curves: [OperatorCurve]) {
        self.acceleratorID = acceleratorID
        self.curves = curves
        indices = Dictionary(
            curves.enumerated().map {
                (Key(operation: $1.operation, condition: $1.condition), $0)
            }, uniquingKeysWith: { first, _ in first })
        exchanges = curves.compactMap { curve in
            ExchangeCondition(curve.condition).map { ($0, curve) }
        }
    }

    /// The curve of an operator under a condition; nil where it was not measured.
    public func curve(_ operation: OperatorCurve.Operator, _ condition: String) -> OperatorCurve? {
        indices[Key(operation: operation, condition: condition)].map { curves[$0] }
    }

    /// Whether both describe the same accelerator.
    public static func == (left: OperatorCurveTable, right: OperatorCurveTable) -> Bool {
        left === right || left.curves == right.curves
    }

    /// By the accelerator's name.
    public func hash(into hasher: inout Hasher) { hasher.combine(acceleratorID) }

    // MARK: Shipped

    /// The tables that ship with the package, in the order of their file.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shipped() throws(CatalogueError) -> [OperatorCurveTable] {
        try tables.get()
    }

    /// The table of an accelerator, else of one of its architecture, nil where there is neither.
    static func table(
        acceleratorID: String, architecture: String
    ) -> OperatorCurveTable? {
        guard case .success(let tables) = tables else { return nil }
        return tables.first { $0.acceleratorID == acceleratorID }
            ?? tables.first { $0.curves.first?.architecture == architecture }
    }

    private static let tables: Result<[OperatorCurveTable], CatalogueError> = .init {
        () throws(CatalogueError) -> [OperatorCurveTable] in
        let curves = try shippedEntries(
            "catalogue/curves.json",
            UnsafeBufferPointer(start: tangram_curves(), count: Int(tangram_curves_json_count)),
            "curves", allowed: ["source", "retrieved", "method", "curves"]
        ) { OperatorCurve($0) }
        var names: [String] = []
        for curve in curves where !names.contains(curve.acceleratorID) {
            names.append(curve.acceleratorID)
        }
        return names.map { name in
            OperatorCurveTable(name, curves.filter { $0.acceleratorID == name })
        }
    }
}
