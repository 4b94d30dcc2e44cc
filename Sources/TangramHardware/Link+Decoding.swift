import TangramDocument
import TangramUnits

extension Link {
    static let keys =
        [
            "id", "name", "kind", "topology", "bandwidth", "per-peer", "domain", "efficiency",
            "latency", "notes", "measured",
        ] + Cursor.provenanceKeys

    /// The most that a collective may reach of the raw bandwidth: a reducing switch halves what
    /// an all-reduce sends.
    private static let largestFraction = 2.0

    /// The link under `cursor` with measured `fits`; nil after reporting what is wrong with it.
    init?(_ cursor: Cursor, fits: [CollectiveFit]) {
        guard cursor.allowKeys(Self.keys) else { return nil }
        let id = cursor.required("id")?.string()
        let name = cursor.maybe("name") { $0.string() }
        let kind = cursor.required("kind")?.choice(Kind.allCases.map { ($0.rawValue, $0) })
        let topology = cursor.required("topology")?.choice(
            Topology.allCases.map { ($0.rawValue, $0) })
        let bandwidth = cursor.required("bandwidth")?.quantity(Bandwidth.self)
        let perPeer = cursor.maybe("per-peer") { $0.quantity(Bandwidth.self) }
        let domain = cursor.maybe("domain") { $0.integer(in: 1...1_000_000) }
        let efficiency = cursor.required("efficiency")?.table(of: Collective.self) {
            $0.number(in: 0.0001...Self.largestFraction)
        }
        let latency = cursor.required("latency")?.quantity(
            Seconds.self, in: Seconds(0)...Seconds(10))
        let notes = cursor.maybe("notes") { $0.string() }
        let measured = cursor.maybe("measured") { $0.string() }
        let provenance = cursor.provenance()
        guard let id, let name, let kind, let topology, let bandwidth, let perPeer, let domain,
            let efficiency, let latency, let notes, let measured, let provenance
        else { return nil }
        if let perPeer, perPeer > bandwidth {
            (cursor.optional("per-peer") ?? cursor).fail(
                "per-peer \(perPeer) is more than bandwidth \(bandwidth)",
                note: "one peer gets a share of what all wires carry together")
            return nil
        }
        if topology == .mesh && perPeer == nil {
            cursor.fail(
                "a mesh needs \"per-peer\"", note: "the bandwidth between two devices of the mesh")
            return nil
        }
        self.init(
            id: id, name: name ?? id, kind: kind, topology: topology, bandwidth: bandwidth,
            perPeerBandwidth: perPeer, domainSize: domain, efficiency: efficiency,
            latency: latency, fits: fits, notes: notes, measuredNotes: measured,
            provenance: provenance)
    }
}
