public import TangramUnits

/// What is published about a model, where its shape was read, and what was not verified.
public struct ModelProvenance: Hashable, Sendable {
    /// The published total, usually rounded.
    public var publishedTotal: Int?
    /// The published active parameters, usually rounded.
    public var publishedActive: Int?
    /// The convention under which the computed active parameters come nearest to the published.
    public var publishedActiveConvention: ActiveConvention?
    /// A total published to the last parameter.
    public var publishedExactTotal: Int?
    /// Active parameters published to the last one.
    public var publishedExactActive: Int?
    /// Published key-value cache per token, in bytes at 16 bits.
    public var publishedKeyValueBytesPerToken: Int?
    /// Published training work per token at a sequence length of 4,096.
    public var publishedTrainingFLOPPerToken: FLOP?
    /// Published parameters of the multi-token prediction layers.
    public var publishedMultiTokenPrediction: Int?
    /// The documents that shape and figures were read in.
    public var sources: [String] = []
    /// Fields that are from memory or inferred.
    public var unverifiedFields: [String] = []
    /// What else to know.
    public var notes: [String] = []
    /// When it was read, as "2026-11".
    public var retrieved: String?

    /// Nothing known.
    public init() {}
}
