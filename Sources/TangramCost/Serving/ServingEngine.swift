public import TangramUnits

/// A generation of serving software: what it adds to the time of the device, and how it batches.
///
/// Operator curves are of kernels that run alone. An engine launches them from graphs, leaves gaps
/// between them, schedules and samples on the host, and decides how prefill and decode share the
/// device.
public struct ServingEngine: Hashable, Sendable {
    /// The name, for example `vllm-2025`.
    public var id: String
    /// Tokens that one prefill step takes at most.
    public var prefillChunk = 8_192
    /// Whether prefill tokens ride on decode steps; otherwise decoding waits for them.
    public var mixesPrefill = false
    /// Sequences that one group decodes at most, where memory would take more.
    public var batchLimit = 4_096
    /// Host time that shows in every decode step.
    public var hostPerStep = Seconds.zero
    /// Host time of each sequence in a decode step: scheduling, sampling, detokenising. It runs beside
    /// the device, so that it shows only where it is the longer of the two.
    public var hostPerSequence = Seconds.zero
    /// Host time of each prompt that is prefilled, in which its group does nothing else.
    public var hostPerPrompt = Seconds.zero
    /// Time of a request before its prefill begins: transport, tokenising, scheduling.
    public var hostPerRequest = Seconds.zero
    /// Part of the launch cost of single kernels that is left when a graph launches them.
    public var launchShare = 1.0
    /// Device time of a decode step over the sum of its operators.
    public var decodeStretch = 1.0
    /// Device time of a prefill step over the sum of its operators.
    public var prefillStretch = 1.0
    /// The busiest rank's share of the tokens sent to experts over the average, at least 1.
    public var expertImbalance = 1.0
    /// Part of the queue of clients that all start at once that is left when they have spread: their
    /// requests stay in bunches, and each waits behind others of its bunch.
    public var bunching = 0.0
    /// Decode steps that a request waits for before its prefill begins.
    public var stepsBeforePrefill = 0.5
    /// Drafts of a step where nothing is known of them.
    public var draftCount = 1
    /// Acceptance of a draft where nothing is known of it.
    public var draftAcceptance = 0.8
    /// Whether half batches take turns, so that one computes while the other exchanges tokens with
    /// experts (two-batch overlap).
    public var overlapsBatches = false
    /// How tokens go to experts on other nodes.
    public var exchange = ExpertExchange.deepEP
    /// How far times of this engine have been from predictions: eight in ten measurements that it was
    /// not fitted to lie within a factor of 1 plus this; nil where nobody compared.
    public var uncertainty: Double?

    /// Whether its figures are looked up for the accelerator that a job is costed on.
    public internal(set) var followsAccelerator = false
    /// Whether it was fitted to runs on the architecture that it stands for here.
    public var isFitted = false

    /// An engine of this name that costs nothing.
    public init(id: String) { self.id = id }

    /// An engine without overheads: the operators alone.
    public static let ideal = ServingEngine(id: "ideal")

    /// The usual engine of whatever accelerator a job is costed on: ``usual(on:)``.
    public static let current = named("current")

    /// The shipped engine of this name, as it is on whatever accelerator a job is costed on.
    public static func named(_ id: String) -> ServingEngine {
        var engine = ServingEngine(id: id)
        engine.followsAccelerator = true
        return engine
    }
}
