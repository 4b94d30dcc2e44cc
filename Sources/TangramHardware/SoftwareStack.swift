import CCatalogueData
import TangramDocument
public import TangramUnits

/// What a generation of training software reaches of the rates that single operators were measured
/// at, and what it hides behind computation.
///
/// The operator curves are of current, well-tuned kernels. A run of 2021 had other kernels, and a
/// framework that launches them one by one, or waits for gradients, is slower than their sum.
public struct SoftwareStack: Hashable, Sendable {
    /// The name, for example `llm-foundry-2023`.
    public var id: String
    /// Rate of matrix multiplications, relative to the curves; above 0.
    public var matrix: Double
    /// Rate of attention cores, relative to the curves; above 0.
    public var attention: Double
    /// Rate of kernels bound by memory, relative to the curves; above 0.
    public var stream: Double
    /// Share of the forward and backward pass that data-parallel collectives hide behind, 0...1.
    public var gradientOverlap: Double

    /// Time the host needs to launch the kernels of one layer's forward pass; the backward pass has
    /// twice as many. 0 where graphs or compilation hide it.
    public var hostTimePerLayer: Seconds

    /// Creates a stack.
    public init(
        id: String, matrix: Double = 1, attention: Double = 1, stream: Double = 1,
        gradientOverlap: Double = 1, hostTimePerLayer: Seconds = .zero
    ) {
        self.id = id
        self.matrix = matrix
        self.attention = attention
        self.stream = stream
        self.gradientOverlap = gradientOverlap
        self.hostTimePerLayer = hostTimePerLayer
    }

    /// Current software, tuned: as the curves say, with gradients behind the backward pass.
    public static let current = SoftwareStack(id: "current")

    // MARK: Shipped

    /// A shipped stack on an architecture; what was not fitted there is as ``current``, but for the
    /// overlap. nil where there is no stack of that name.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shipped(
        _ id: String, architecture: String
    ) throws(CatalogueError) -> SoftwareStack? {
        guard let entry = try table.get().first(where: { $0.id == id }) else { return nil }
        var stack = entry.factors[architecture] ?? SoftwareStack(id: id)
        stack.gradientOverlap = entry.gradientOverlap
        stack.hostTimePerLayer = entry.host
        return stack
    }

    private struct Entry: Sendable {
        var id: String
        var gradientOverlap: Double
        var host: Seconds
        var factors: [String: SoftwareStack]

        init?(_ cursor: Cursor) {
            guard
                cursor.allowKeys([
                    "id", "name", "gradient-overlap", "host-per-layer", "factors", "source",
                ]),
                let id = cursor.required("id")?.string(), cursor.required("source") != nil,
                let overlap = cursor.required("gradient-overlap")?.number(in: 0...1),
                let host = cursor.required("host-per-layer")?.quantity(
                    Seconds.self, in: Seconds(0)...Seconds(1))
            else { return nil }
            self.id = id
            gradientOverlap = overlap
            self.host = host
            factors = [:]
            for item in cursor.list("factors") {
                let rate: (Cursor) -> Double? = { $0.number(in: 0.01...10) }
                guard
                    item.allowKeys([
                        "architecture", "matrix", "attention", "stream", "fitted", "held-out",
                        "median", "held-out-median",
                    ]), let architecture = item.required("architecture")?.string(),
                    let matrix = item.required("matrix").flatMap(rate),
                    let attention = item.required("attention").flatMap(rate),
                    let stream = item.required("stream").flatMap(rate)
                else { return nil }
                factors[architecture] = SoftwareStack(
                    id: id, matrix: matrix, attention: attention, stream: stream)
            }
        }
    }

    private static let table: Result<[Entry], CatalogueError> = .init {
        () throws(CatalogueError) -> [Entry] in
        let file = "catalogue/stacks.json"
        let node: DocumentNode
        do throws(DiagnosticList) {
            let bytes = UnsafeBufferPointer(
                start: tangram_stacks(), count: Int(tangram_stacks_json_count))
            node = try JSONDocument.parse(Array(bytes), file: file)
        } catch {
            throw .invalid(error)
        }
        let collector = DiagnosticCollector(file: file)
        let root = Cursor(node, collector: collector)
        _ = root.allowKeys(["method", "stacks"])
        let entries = root.list("stacks").compactMap { Entry($0) }
        if collector.hasErrors { throw .invalid(DiagnosticList(collector.sorted)) }
        return entries
    }
}
