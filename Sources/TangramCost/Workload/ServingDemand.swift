public import TangramModels
public import TangramUnits

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
    /// Formats that weights may be served in, in order of preference: a later one is taken only where
    /// no earlier one fits or is fast enough; empty for the fastest on the card of the checkpoint's
    /// format, `fp8`, `int8` and `bf16`.
    public var weightFormats: [NumberFormat]
    /// The format of the KV cache.
    public var keyValueFormat: NumberFormat
    /// Elements of tokens sent to experts: `bf16`, or `fp8` to halve the dispatch of an all-to-all.
    public var dispatchFormat: NumberFormat
    /// Whether 8-bit weights have a scale for every block of 128 × 128; nil for as the checkpoint has:
    /// blocks where it is published in 8 bits, one scale a matrix where it was rounded later.
    public var hasBlockScales: Bool?
    /// The engine that serves.
    public var engine: ServingEngine
    /// Drafts of further tokens that every step checks; nil for none.
    public var speculation: Speculation?
    /// Share of prompt tokens whose keys and values are cached from earlier requests, 0 to below 1.
    public var prefixHitRate: Double
    /// The longest mean time to the first token.
    public var timeToFirstToken: Seconds?
    /// The longest mean time between output tokens.
    public var timePerOutputToken: Seconds?

    /// Creates a demand.
    public init(
        model: TransformerModel, requestRate: RequestRate, promptTokens: Int, outputTokens: Int,
        weightFormats: [NumberFormat] = [], keyValueFormat: NumberFormat = .bf16,
        timeToFirstToken: Seconds? = nil, timePerOutputToken: Seconds? = nil,
        dispatchFormat: NumberFormat = .bf16, engine: ServingEngine = .current,
        speculation: Speculation? = nil, prefixHitRate: Double = 0
    ) {
        self.model = model
        self.requestRate = requestRate
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.weightFormats = weightFormats
        self.keyValueFormat = keyValueFormat
        self.dispatchFormat = dispatchFormat
        self.timeToFirstToken = timeToFirstToken
        self.timePerOutputToken = timePerOutputToken
        self.engine = engine
        self.speculation = speculation
        self.prefixHitRate = prefixHitRate
    }
}
