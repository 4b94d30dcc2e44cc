public import TangramHardware
public import TangramModels
public import TangramUnits

/// What a training job asks for.
public struct TrainingDemand: Hashable, Sendable {
    /// Which parameters are trained.
    public enum Method: Hashable, Sendable {
        /// All parameters.
        case full
        /// Low-rank adapters of this rank on the matrices of attention and of dense and shared
        /// feed-forward blocks; everything else, routed experts too, is frozen.
        case lora(rank: Int)
    }

    /// The model.
    public var model: TransformerModel
    /// Tokens of one sequence.
    public var sequenceLength: Int
    /// Sequences of one optimizer step, over all replicas.
    public var globalBatchSize: Int
    /// Tokens to train on; nil where the job runs on without end.
    public var tokens: Tokens?
    /// Arithmetic of the matrix multiplications: `bf16`, `fp16`, `fp8` or `fp4`.
    public var format: NumberFormat
    /// Arithmetic that may be used instead, where it is faster.
    public var alternativeFormats: [NumberFormat] = []
    /// How operands of 8 bits are scaled; nil for the stack's way.
    public var narrowScaling: NarrowScaling?
    /// Elements of tokens sent to experts: `bf16`, or `fp8` to halve the dispatch of an all-to-all.
    public var dispatchFormat: NumberFormat
    /// Which parameters are trained.
    public var method: Method
    /// The software it runs on.
    public var stack: SoftwareStack
    /// Mean tokens of documents that are packed into a sequence and attend to themselves alone; nil for
    /// one document a sequence.
    public var documentTokens: Int?
    /// Checkpoints; nil for none.
    public var checkpoint: CheckpointPlan?
    /// What selective recomputation computes again; nil for what the software does by itself.
    public var recomputeModules: Set<RecomputeModule>?
    /// How unevenly tokens are routed to experts.
    public var expertLoad = ExpertLoad.even
    /// What is sent in fewer bits.
    public var compression = CommunicationCompression.none
    /// Whether it may run on unlike pools of one site together.
    public var spansPools = false
    /// When it must be done, counted from the start of the plan.
    public var deadline: Seconds?

    /// Creates a demand.
    public init(
        model: TransformerModel, sequenceLength: Int, globalBatchSize: Int, tokens: Tokens? = nil,
        format: NumberFormat = .bf16, method: Method = .full, deadline: Seconds? = nil,
        dispatchFormat: NumberFormat = .bf16, stack: SoftwareStack = .current
    ) {
        self.model = model
        self.sequenceLength = sequenceLength
        self.globalBatchSize = globalBatchSize
        self.tokens = tokens
        self.format = format
        self.dispatchFormat = dispatchFormat
        self.method = method
        self.deadline = deadline
        self.stack = stack
    }
}
