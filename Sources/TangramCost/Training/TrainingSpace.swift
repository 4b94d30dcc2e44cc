/// What a training search may choose from; sizes that do not divide the job are left out of it.
public struct TrainingSpace: Hashable, Sendable {
    /// Sequences of a micro-batch.
    public var microBatches: [Int]
    /// ZeRO stages; 2 and 3 are tried without a pipeline only.
    public var zeroStages: [Int]
    /// Whether states may be sharded inside a scale-up domain and copied to the others (HSDP).
    public var triesHybridSharding = false
    /// Pipeline schedules; those beside 1F1B are tried with a pipeline only.
    public var schedules: [TrainingLayout.Schedule]
    /// Virtual stages per device under 1F1B.
    public var virtualStages: [Int]
    /// Exchanges of context parallelism.
    public var exchanges: [TrainingLayout.ContextExchange]
    /// Ranks that share one expert.
    public var expertTensorSizes: [Int]
    /// Recomputation, least first.
    public var recomputes: [TrainingLayout.Recompute]
    /// The largest tensor parallel size; nil for a node or larger scale-up domain.
    public var tensorLimit: Int?
    /// Tokens of a sequence from which on a rank more of context parallelism is tried.
    public var tokensPerContextRank: Int

    /// What planning searches: few values of each, which rarely miss the best layout.
    public init(
        microBatches: [Int] = [1, 2, 4, 8], zeroStages: [Int] = [1, 3],
        schedules: [TrainingLayout.Schedule] = [.oneForwardOneBackward, .dualPipe],
        virtualStages: [Int] = [1, 2, 4],
        exchanges: [TrainingLayout.ContextExchange] = [.ring],
        expertTensorSizes: [Int] = [1],
        recomputes: [TrainingLayout.Recompute] = TrainingLayout.Recompute.allCases,
        tensorLimit: Int? = nil, tokensPerContextRank: Int = 8_192
    ) {
        self.microBatches = microBatches
        self.zeroStages = zeroStages
        self.schedules = schedules
        self.virtualStages = virtualStages
        self.exchanges = exchanges
        self.expertTensorSizes = expertTensorSizes
        self.recomputes = recomputes
        self.tensorLimit = tensorLimit
        self.tokensPerContextRank = tokensPerContextRank
    }

    /// Everything that the cost model knows.
    public static let everything = everythingButHybrid.withHybridSharding

    private var withHybridSharding: TrainingSpace {
        var space = self
        space.triesHybridSharding = true
        return space
    }

    private static let everythingButHybrid = TrainingSpace(
        microBatches: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32], zeroStages: [0, 1, 2, 3],
        schedules: TrainingLayout.Schedule.allCases, virtualStages: [1, 2, 3, 4, 5, 6, 8, 10, 12],
        exchanges: TrainingLayout.ContextExchange.allCases, expertTensorSizes: [1, 2, 4, 8],
        tokensPerContextRank: 1_024)
}
