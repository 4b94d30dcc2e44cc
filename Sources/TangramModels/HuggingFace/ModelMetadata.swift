import TangramDocument
import TangramUnits

/// The `_meta` mapping of a model file: everything that is said about a model besides its shape.
struct ModelMetadata {
    var name: String?
    var aliases: [String] = []
    var provenance = ModelProvenance()

    static let keys = [
        "name", "aliases", "published_total", "published_active", "published_active_convention",
        "published_exact_total", "published_exact_active", "published_kv_bytes_per_token",
        "published_training_gflop_per_token_4096", "published_mtp", "sources",
        "unverified_fields", "notes", "retrieved",
    ]

    init() {}

    /// Reads the mapping; problems go to the cursor's collector.
    init(_ cursor: Cursor) {
        guard cursor.allowKeys(Self.keys) else { return }
        let range = 1...1_000_000_000_000_000_000
        name = cursor.optional("name")?.string()
        aliases = cursor.optional("aliases")?.strings() ?? []
        provenance.publishedTotal = cursor.optional("published_total")?.integer(in: range)
        provenance.publishedActive = cursor.optional("published_active")?.integer(in: range)
        provenance.publishedActiveConvention = cursor.optional("published_active_convention")?
            .choice(ActiveConvention.allCases.map { ($0.rawValue, $0) })
        provenance.publishedExactTotal =
            cursor.optional("published_exact_total")?.integer(in: range)
        provenance.publishedExactActive =
            cursor.optional("published_exact_active")?.integer(in: range)
        provenance.publishedKeyValueBytesPerToken =
            cursor.optional("published_kv_bytes_per_token")?.integer(in: range)
        provenance.publishedTrainingFLOPPerToken =
            cursor.optional("published_training_gflop_per_token_4096")?.number(in: 0...1e12)
            .map { FLOP($0 * 1e9) }
        provenance.publishedMultiTokenPrediction =
            cursor.optional("published_mtp")?.integer(in: range)
        provenance.sources = cursor.optional("sources")?.strings() ?? []
        provenance.unverifiedFields = cursor.optional("unverified_fields")?.strings() ?? []
        provenance.notes = cursor.optional("notes")?.strings() ?? []
        provenance.retrieved = cursor.optional("retrieved")?.string()
    }
}
