import CCatalogueData
import TangramDocument
public import TangramHardware
public import TangramUnits

/// A generation of serving software: what it adds to the time of the device, and how it batches.
///
/// Operator curves are of kernels that run alone. An engine leaves gaps between them, schedules and
/// samples on the host, and decides how prefill and decode share the device.
public struct ServingEngine: Hashable, Sendable {
    /// The name, for example `vllm-2025`.
    public var id: String
    /// Tokens that one prefill step takes at most.
    public var prefillChunk: Int
    /// Whether prefill tokens ride on decode steps; otherwise decoding waits for them.
    public var mixesPrefill: Bool
    /// Host time that shows in every decode step.
    public var hostPerStep: Seconds
    /// Host time that shows in every prefill step.
    public var hostPerPrefill: Seconds
    /// Time of a request before its prefill begins: transport, tokenising, scheduling.
    public var hostPerRequest: Seconds
    /// Device time of a decode step over the sum of its operators, at least 1.
    public var decodeStretch: Double
    /// Device time of a prefill step over the sum of its operators, at least 1.
    public var prefillStretch: Double
    /// The busiest rank's share of the tokens sent to experts over the average, at least 1.
    public var expertImbalance: Double

    /// Creates an engine; without arguments one that costs nothing.
    public init(
        id: String, prefillChunk: Int = 4_096, mixesPrefill: Bool = false,
        hostPerStep: Seconds = .zero, hostPerPrefill: Seconds = .zero,
        hostPerRequest: Seconds = .zero, decodeStretch: Double = 1, prefillStretch: Double = 1,
        expertImbalance: Double = 1
    ) {
        self.id = id
        self.prefillChunk = prefillChunk
        self.mixesPrefill = mixesPrefill
        self.hostPerStep = hostPerStep
        self.hostPerPrefill = hostPerPrefill
        self.hostPerRequest = hostPerRequest
        self.decodeStretch = decodeStretch
        self.prefillStretch = prefillStretch
        self.expertImbalance = expertImbalance
    }

    /// An engine without overheads: the operators alone.
    public static let ideal = ServingEngine(id: "ideal")

    /// The engine of plans.
    public static let current = ideal
}
