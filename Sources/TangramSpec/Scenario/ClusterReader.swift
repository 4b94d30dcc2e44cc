import TangramDocument
import TangramHardware
import TangramUnits

/// Reads `cluster:`.
struct ClusterReader {
    /// More accelerators than any cluster has; a larger number is a slip.
    static let acceleratorLimit = 10_000_000

    let hardware: HardwareCatalogue
    let names: DeclaredNames
    let date: CalendarDate?
    /// Whether there is a date at all, right or wrong.
    let hasDate: Bool

    func read(_ cursor: Cursor, name: String) -> Cluster? {
        guard cursor.allowKeys(["sites", "pools"]) else { return nil }
        let sites = cursor.optional("sites").map(sites) ?? []
        guard let list = cursor.required("pools"), let items = list.items() else { return nil }
        if items.isEmpty { list.fail("a cluster needs at least one pool") }
        var unique = UniqueNames("pool")
        let reader = PoolReader(hardware: hardware, names: names, date: date, hasDate: hasDate)
        let pools = items.compactMap { item in
            if let id = item.optional("id"), case .scalar(let text, _) = id.node.content {
                unique.insert(text, at: id)
            }
            return reader.read(item)
        }
        let total = pools.reduce(0) { $0 + $1.acceleratorCount }
        if total > Self.acceleratorLimit {
            list.fail(
                "\(total) accelerators in all pools are out of range",
                note: "at most \(Self.acceleratorLimit)")
        }
        guard pools.count == items.count else { return nil }
        return Cluster(name: name, sites: sites, pools: pools)
    }

    private func sites(_ cursor: Cursor) -> [Site] {
        var unique = UniqueNames("site")
        return (cursor.items() ?? []).compactMap { item in
            guard item.allowKeys(["id", "region", "wan", "power"]),
                let idCursor = item.required("id"), let id = idCursor.identifier()
            else { return nil }
            unique.insert(id, at: idCursor)
            return Site(
                id: id, region: item.optional("region")?.words(),
                wideAreaBandwidth: item.optional("wan")?.positive(
                    Bandwidth.self, upTo: Bandwidth(1e15)),
                powerLimit: item.optional("power")?.positive(Power.self, upTo: Power(1e11)))
        }
    }
}
