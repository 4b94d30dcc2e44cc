import CCatalogueData
import TangramDocument
public import TangramUnits

/// What a framework of reinforcement learning reaches of the pace of its engine and its training
/// software, between which it moves data and weights.
public struct ReinforcementFramework: Hashable, Sendable {
    /// The name, for example `nemo-rl-2025`.
    public var id: String
    /// Pace of sampling over that of the engine alone; above 0 to 1.
    public var rolloutRate: Double
    /// Pace of updates and of scoring over that of the software alone; above 0 to 1.
    public var learnerRate: Double
    /// Weights that one accelerator converts and brings to the engine per second; nil for no time.
    public var refitRate: Bandwidth?
    /// The training software that it drives.
    public var stack: String?
    /// The engine that it drives.
    public var engine: String?
    /// One-sided relative uncertainty of a step; nil where none was compared.
    public var relativeUncertainty: Double?

    /// Creates a framework.
    public init(
        id: String, rolloutRate: Double = 1, learnerRate: Double = 1, refitRate: Bandwidth? = nil,
        stack: String? = nil, engine: String? = nil, relativeUncertainty: Double? = nil
    ) {
        self.id = id
        self.rolloutRate = min(1, max(rolloutRate, 1e-3))
        self.learnerRate = min(1, max(learnerRate, 1e-3))
        self.refitRate = refitRate
        self.stack = stack
        self.engine = engine
        self.relativeUncertainty = relativeUncertainty
    }

    /// Phases follow each other without any loss.
    public static let ideal = ReinforcementFramework(id: "ideal")

    /// A shipped framework; nil where there is none of that name.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shipped(_ id: String) throws(CatalogueError) -> ReinforcementFramework? {
        if id == ideal.id { return .ideal }
        return try table.get().first { $0.id == id }
    }

    /// The names of the shipped frameworks, in order.
    ///
    /// - Throws: ``CatalogueError`` where the data file was damaged when the package was built.
    public static func shippedNames() throws(CatalogueError) -> [String] {
        try table.get().map(\.id) + [ideal.id]
    }

    private init?(_ cursor: Cursor) {
        guard
            cursor.allowKeys([
                "id", "name", "stack", "engine", "rollout", "learner", "refit", "uncertainty",
                "fitted", "held-out", "median", "held-out-median", "source", "retrieved",
            ]),
            let id = cursor.required("id")?.string(), cursor.required("source") != nil,
            let rollout = cursor.required("rollout")?.number(in: 0.01...1),
            let learner = cursor.required("learner")?.number(in: 0.01...1)
        else { return nil }
        self.init(
            id: id, rolloutRate: rollout, learnerRate: learner,
            refitRate: cursor.optional("refit")?.quantity(
                Bandwidth.self, in: Bandwidth(1)...Bandwidth(1e15)),
            stack: cursor.optional("stack")?.string(), engine: cursor.optional("engine")?.string(),
            relativeUncertainty: cursor.optional("uncertainty")?.number(in: 0...10))
    }

    private static let table: Result<[ReinforcementFramework], CatalogueError> = .init {
        () throws(CatalogueError) -> [ReinforcementFramework] in
        try shippedEntries(
            "catalogue/frameworks.json",
            UnsafeBufferPointer(
                start: tangram_frameworks(), count: Int(tangram_frameworks_json_count)),
            "frameworks", allowed: ["method", "frameworks"]
        ) { ReinforcementFramework($0) }
    }
}
