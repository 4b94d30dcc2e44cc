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
    /// How the lengths of prompts lie around their mean.
    public var promptLengths = LengthDistribution.constant
    /// How the lengths of answers lie around their mean.
    public var outputLengths = LengthDistribution.constant
    /// Images of a prompt, whose tokens are among ``promptTokens``; nil for none.
    public var images: ImageInput?
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
    /// Further copies of busy experts in every layer, over all ranks (EPLB).
    public var redundantExperts = 0
    /// The busiest rank's share of the tokens sent to experts over the average, at least 1; nil for
    /// the engine's.
    public var expertImbalance: Double?
    /// Memory of the host that the cache of one accelerator may fill; nil where it stays on the card.
    public var hostCache: Bytes?
    /// Whether prefill and decode may run on unlike pools of one site, where that serves more.
    public var spansPools = false
    /// The engine that serves; ``ServingEngine/current`` for the usual one of the accelerator.
    public var engine: ServingEngine
    /// Drafts of further tokens that every step checks; nil for none.
    public var speculation: Speculation?
    /// Share of prompt tokens whose keys and values are cached from earlier requests, 0 to below 1.
    public var prefixHitRate: Double
    /// The longest time to the first token: of the mean request, or of ``percentile``.
    public var timeToFirstToken: Seconds?
    /// The longest time between output tokens: of the mean request, or of ``percentile``.
    public var timePerOutputToken: Seconds?
    /// Of how many requests in a hundred that arrive at random the limits hold: 50, 90 or 99; nil for
    /// the mean.
    public var percentile: Int?

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
