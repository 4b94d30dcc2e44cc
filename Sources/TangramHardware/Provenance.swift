/// Where a catalogue entry comes from and how far to trust it.
public struct Provenance: Hashable, Sendable {
    /// How the figures were obtained, one word of the catalogue's README (`official-tool`,
    /// `secondary-read`, `community`, `announced`, `rumour`, `measured-only`, `unverified`…).
    public var confidence: String
    /// Fields of this entry that are from memory or derived even where the rest was read.
    public var unverifiedFields: [String]
    /// Where sources disagree, and which figure was taken.
    public var conflicts: String?
    /// The documents the figures were read in.
    public var source: String
    /// When they were read, as "2026-11".
    public var retrieved: String

    /// Creates a provenance record.
    public init(
        confidence: String, unverifiedFields: [String] = [], conflicts: String? = nil,
        source: String, retrieved: String
    ) {
        self.confidence = confidence
        self.unverifiedFields = unverifiedFields
        self.conflicts = conflicts
        self.source = source
        self.retrieved = retrieved
    }

    /// Whether a plan that rests on this entry should say so.
    public var restsOnUnverified: Bool {
        !unverifiedFields.isEmpty
            || ["unverified", "partly-unverified", "rumour", "announced", "derived"]
                .contains(confidence)
    }
}
