import TangramHardware

extension FactList {
    /// Adds where figures come from.
    mutating func add(_ provenance: Provenance) {
        add("confidence", provenance.confidence)
        add("unverified", provenance.unverifiedFields.joined(separator: ", "))
        add("sources disagree", provenance.conflicts)
        add("source", provenance.source)
        add("retrieved", provenance.retrieved)
    }
}

extension JSONValue {
    /// Where figures come from.
    init(_ provenance: Provenance) {
        self = .members([
            "confidence": .string(provenance.confidence),
            "unverifiedFields": JSONValue(provenance.unverifiedFields),
            "conflicts": JSONValue(provenance.conflicts),
            "source": .string(provenance.source),
            "retrieved": .string(provenance.retrieved),
        ])
    }
}
