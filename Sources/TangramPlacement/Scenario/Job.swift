public import TangramModels
public import TangramUnits

/// Training or serving of one model, with demand and limits.
public struct Job: Hashable, Sendable, Identifiable {
    /// What is done with the model.
    public enum Work: Hashable, Sendable {
        /// Training, from scratch or fine-tuning.
        case train(TrainingDemand)
        /// Serving requests.
        case serve(ServingDemand)
    }

    /// The name, unique in the scenario.
    public var id: String
    /// What is done.
    public var work: Work
    /// How much this job counts against others; above 0.
    public var weight: Double
    /// Whose job it is.
    public var tenant: String?
    /// The fewest accelerators it may get.
    public var minimumAccelerators: Int?
    /// The most accelerators it may get.
    public var maximumAccelerators: Int?
    /// What its placement must obey besides the scenario's policy.
    public var constraints: [PolicyRule]

    /// Creates a job.
    public init(
        id: String, work: Work, weight: Double = 1, tenant: String? = nil,
        minimumAccelerators: Int? = nil, maximumAccelerators: Int? = nil,
        constraints: [PolicyRule] = []
    ) {
        self.id = id
        self.work = work
        self.weight = weight
        self.tenant = tenant
        self.minimumAccelerators = minimumAccelerators
        self.maximumAccelerators = maximumAccelerators
        self.constraints = constraints
    }

    /// The model it trains or serves.
    public var model: TransformerModel {
        switch work {
        case .train(let demand): demand.model
        case .serve(let demand): demand.model
        }
    }
}

/// What a training job asks for.
public struct TrainingDemand: Hashable, Sendable {
    /// Which parameters are trained.
    public enum Method: Hashable, Sendable {
        /// All parameters.
        case full
        /// Low-rank adapters of this rank on every linear layer; the base is frozen.
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
    /// Which parameters are trained.
    public var method: Method
    /// When it must be done, counted from the start of the plan.
    public var deadline: Seconds?
    /// What tokens are sent to experts in, `bf16` or `fp8`; results come back in `bf16`.
    public var dispatchFormat: NumberFormat

    /// Creates a demand.
    public init(
        model: TransformerModel, sequenceLength: Int, globalBatchSize: Int, tokens: Tokens? = nil,
        format: NumberFormat = .bf16, method: Method = .full, deadline: Seconds? = nil,
        dispatchFormat: NumberFormat = .bf16
    ) {
        self.model = model
        self.sequenceLength = sequenceLength
        self.globalBatchSize = globalBatchSize
        self.tokens = tokens
        self.format = format
        self.method = method
        self.deadline = deadline
        self.dispatchFormat = dispatchFormat
    }
}

/// What a serving job asks for.
public struct ServingDemand: Hashable, Sendable {
    /// The model.
    public var model: TransformerModel
    /// Requests arriving per second.
    public var requestRate: RequestRate
    /// Mean tokens of a prompt.
    public var promptTokens: Int
    /// Mean tokens of an answer.
    public var outputTokens: Int
    /// Formats that weights may be served in, best first; empty for whatever the card does best of
    /// the checkpoint's format, `fp8`, `int8` and `bf16`.
    public var weightFormats: [NumberFormat]
    /// The format of the KV cache.
    public var keyValueFormat: NumberFormat
    /// The longest mean time to the first token.
    public var timeToFirstToken: Seconds?
    /// The longest mean time between output tokens.
    public var timePerOutputToken: Seconds?
    /// What tokens are sent to experts in, `bf16` or `fp8`; results come back in `bf16`.
    public var dispatchFormat: NumberFormat

    /// Creates a demand.
    public init(
        model: TransformerModel, requestRate: RequestRate, promptTokens: Int, outputTokens: Int,
        weightFormats: [NumberFormat] = [], keyValueFormat: NumberFormat = .bf16,
        timeToFirstToken: Seconds? = nil, timePerOutputToken: Seconds? = nil,
        dispatchFormat: NumberFormat = .bf16
    ) {
        self.model = model
        self.requestRate = requestRate
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.weightFormats = weightFormats
        self.keyValueFormat = keyValueFormat
        self.timeToFirstToken = timeToFirstToken
        self.timePerOutputToken = timePerOutputToken
        self.dispatchFormat = dispatchFormat
    }
}
