import TangramDocument
import TangramUnits

extension EfficiencyProfile {
    static let keys = [
        "architecture", "compute", "attention", "memory", "scan", "launch", "uncertainty",
        "power", "collectives", "inherited-from", "source",
    ]

    /// The profile under `cursor`; nil after reporting what is wrong with it.
    init?(_ cursor: Cursor) {
        guard cursor.allowKeys(Self.keys) else { return nil }
        let fraction: (Cursor) -> Double? = { $0.number(in: 0.001...1) }
        let architecture = cursor.required("architecture")?.string()
        let compute = cursor.required("compute")?.table(of: NumberFormat.self, read: fraction)
        let attention = cursor.required("attention").flatMap(fraction)
        let memory = cursor.required("memory").flatMap(fraction)
        let scan = cursor.maybe("scan", fraction)
        let launch = cursor.required("launch")?.quantity(
            Seconds.self, in: Seconds(0)...Seconds(1))
        let uncertainty = cursor.required("uncertainty")?.number(in: 0...1)
        let power = cursor.maybe("power") { PowerShares($0) }
        let collectives = cursor.maybe("collectives") { cursor -> Double? in
            guard cursor.allowKeys(["share", "source"]),
                cursor.required("source")?.string() != nil
            else { return nil }
            return cursor.required("share")?.number(in: 0...0.9)
        }
        let inherited = cursor.maybe("inherited-from") { $0.string() }
        let source = cursor.required("source")?.string()
        guard let architecture, let compute, let attention, let memory, let scan, let launch,
            let uncertainty, let power, let collectives, let inherited, let source
        else { return nil }
        if compute.isEmpty {
            cursor.fail("compute names no number format", note: "for example compute: {bf16: 0.8}")
            return nil
        }
        self.init(
            architecture: architecture, compute: compute, attention: attention, memory: memory,
            launch: launch, relativeUncertainty: uncertainty, inheritedFrom: inherited,
            source: source)
        self.power = power
        self.scan = scan
        collectiveShare = collectives ?? 0
    }

    /// The profile with a compute fraction for each of `formats`: those it does not name take the
    /// fraction of bf16, else of fp16, else the smallest it has.
    func covering(_ formats: some Sequence<NumberFormat>) -> EfficiencyProfile {
        var profile = self
        let fallback = compute[.bf16] ?? compute[.fp16] ?? compute.values.min()
        for format in formats where profile.compute[format] == nil {
            profile.compute[format] = fallback
        }
        return profile
    }
}

extension Cursor {
    /// A mapping from names of `Key` to values; nil after reporting any that are wrong.
    func table<Key: RawRepresentable & CaseIterable & Hashable, Value>(
        of type: Key.Type, read: (Cursor) -> Value?
    ) -> [Key: Value]? where Key.RawValue == String {
        guard allowKeys(Key.allCases.map(\.rawValue)), let entries = entries() else { return nil }
        var table: [Key: Value] = [:]
        var isComplete = true
        for entry in entries {
            if case .null = entry.cursor.node.content { continue }
            guard let key = Key(rawValue: entry.key), let value = read(entry.cursor) else {
                isComplete = false
                continue
            }
            table[key] = value
        }
        return isComplete ? table : nil
    }
}
