public import TangramUnits

/// What one replica of a served model does on given accelerators under a given layout and load.
public struct ServingEstimate: Hashable, Sendable {
    /// The layout of the replica.
    public var layout: ServingLayout
    /// Requests per second it serves.
    public var requestRate: RequestRate
    /// The most requests per second it can serve within memory and the limits on latency.
    public var capacity: RequestRate
    /// Sequences being decoded at the same time, on average.
    public var batch: Double
    /// Most sequences that fit into memory at the same time.
    public var batchLimit: Int
    /// Mean time to the first token, queueing included.
    public var timeToFirstToken: Seconds
    /// Mean time between output tokens, with prefill of other requests in between.
    public var timePerOutputToken: Seconds
    /// Output tokens per second.
    public var outputThroughput: TokenRate
    /// What the time per output token is made of; the parts sum to it.
    public var decodeBreakdown: [TimePart]
    /// What the time to first token is made of; the parts sum to it.
    public var prefillBreakdown: [TimePart]
    /// Memory of one device at this load.
    public var memory: MemoryBreakdown
    /// What its accelerators draw on average at this load, without hosts, network and cooling; nil
    /// where their power limit or what they draw of it is not known.
    public var power: Power?
    /// The exchange with experts of one layer in a decode step, and where its curves come from; nil
    /// where there is none, or no library for it was measured.
    public var decodeExchange: ExpertExchangeUse?
    /// The same of a prefill step of one prompt.
    public var prefillExchange: ExpertExchangeUse?
    /// The engine whose overheads are counted.
    public var engine: String
    /// How far measurements may be from the figures.
    public var uncertainty: ServingUncertainty

    /// One-sided relative uncertainty of the time per output token.
    public var relativeUncertainty: Double { uncertainty.token }

    /// Accelerators of the replica.
    public var acceleratorCount: Int { layout.acceleratorCount }
    /// What its accelerators take for one output token, prefill included.
    public var energyPerOutputToken: Energy? {
        guard outputThroughput.value > 0 else { return nil }
        return power.map { Energy($0.value / outputThroughput.value) }
    }
}
