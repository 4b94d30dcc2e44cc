public import TangramCost
public import TangramUnits

/// One way to run a job with its speed, from a ``CostTable``. It may take accelerators of several
/// unlike pools: stages of a pipeline, replicas of unequal batch, prefill here and decode there, RL
/// rollouts apart from the learner.
public struct CostedOption: Hashable, Sendable {
    /// Accelerators of one pool.
    public struct Part: Hashable, Sendable {
        /// The pool.
        public var poolID: String
        /// Accelerators taken of it, at least 1.
        public var acceleratorCount: Int
        /// Accelerators that must share a node, or whole nodes of one scale-up domain where they are
        /// more; it divides `acceleratorCount`.
        public var blockSize: Int
        /// What they do, for people: "prefill", "stages 0-3".
        public var role: String?

        /// Creates a part.
        ///
        /// - Parameters:
        ///   - poolID: The pool.
        ///   - acceleratorCount: Accelerators taken of it.
        ///   - blockSize: What must lie together; nil for all accelerators of the part.
        ///   - role: What they do, for people.
        public init(
            poolID: String, acceleratorCount: Int, blockSize: Int? = nil, role: String? = nil
        ) {
            self.poolID = poolID
            self.acceleratorCount = acceleratorCount
            self.blockSize = blockSize ?? acceleratorCount
            self.role = role
        }
    }

    /// Its layout, for people.
    public var summary: String
    /// What it takes, at most one part of each pool.
    public var parts: [Part]
    /// On healthy nodes: tokens per second of training, requests per second of serving within the
    /// job's limits. Above 0.
    public var rate: Double
    /// What it costs; nil for the prices of the pools.
    public var cost: MoneyRate?
    /// What it draws; nil for the power that the catalogue gives.
    public var power: Power?
    /// Memory that its fullest accelerator needs; an option that needs more than the accelerators of
    /// its parts have is not offered.
    public var memory: Bytes?
    /// What a step is made of; nil where the table does not say.
    public var explanation: StepExplanation?
    /// Time to the first token of serving at this rate; nil where it is not known.
    public var timeToFirstToken: Seconds?
    /// Time between output tokens of serving at this rate; nil where it is not known.
    public var timePerOutputToken: Seconds?
    /// How far measurements may be from its figures; nil where nobody says.
    public var uncertainty: ServingUncertainty?
    /// What it is made of, a sentence each, for people; empty for a table that says no more.
    public var details: [String] = []

    /// Creates an option.
    public init(
        summary: String, parts: [Part], rate: Double, cost: MoneyRate? = nil, power: Power? = nil,
        memory: Bytes? = nil
    ) {
        self.summary = summary
        self.parts = parts
        self.rate = rate
        self.cost = cost
        self.power = power
        self.memory = memory
    }

    /// Creates an option of one pool.
    public init(
        summary: String, poolID: String, acceleratorCount: Int, blockSize: Int? = nil,
        rate: Double, cost: MoneyRate? = nil, power: Power? = nil, memory: Bytes? = nil
    ) {
        self.init(
            summary: summary,
            parts: [
                Part(poolID: poolID, acceleratorCount: acceleratorCount, blockSize: blockSize)
            ], rate: rate, cost: cost, power: power, memory: memory)
    }
}

extension CostedOption {
    /// What makes it no option at all; nil where nothing does.
    func fault(pools: [String: Int]) -> String? {
        guard rate.isFinite, rate > 0, rate <= Self.largestFigure else {
            return "rate \(rate) is not a number above 0 and at most \(Self.largestFigure)"
        }
        if let cost, !(0...Self.largestFigure).contains(cost.value) {
            return "cost \(cost.value) USD/h is not between 0 and \(Self.largestFigure)"
        }
        if let power, !(0...Self.largestFigure).contains(power.value) {
            return "power \(power.value) W is not between 0 and \(Self.largestFigure)"
        }
        if let memory, memory.count < 0 {
            return "memory of \(memory.count) bytes is below 0"
        }
        guard !parts.isEmpty else { return "it takes no accelerators; give at least one part" }
        guard parts.count <= Self.partLimit else {
            return "\(parts.count) parts; at most \(Self.partLimit)"
        }
        if Set(parts.map(\.poolID)).count < parts.count {
            return "it names a pool twice; put both into one part"
        }
        for part in parts {
            guard pools[part.poolID] != nil else {
                return "there is no pool \"\(part.poolID)\"; there are "
                    + pools.keys.sorted().joined(separator: ", ")
            }
            guard (1...Self.largestCount).contains(part.acceleratorCount), part.blockSize >= 1,
                part.acceleratorCount % part.blockSize == 0
            else {
                return "\(part.acceleratorCount) accelerators of \(part.poolID) in blocks of "
                    + "\(part.blockSize); give 1 to \(Self.largestCount), a multiple of the block"
            }
        }
        return nil
    }

    /// Unlike pools that one option may span: beyond, its resources fill the table's slots.
    static let partLimit = 4
    /// Figures beyond this are refused, so that sums of them stay finite and exact enough.
    private static let largestFigure = 1e15
    /// Sums of so many accelerators fit an `Int`.
    private static let largestCount = 1_000_000_000
}
