import TangramDocument
import TangramHardware
import TangramUnits

/// Reads one item of `cluster.pools:`.
struct PoolReader {
    let hardware: HardwareCatalogue
    let names: DeclaredNames
    let date: CalendarDate?
    let hasDate: Bool

    func read(_ cursor: Cursor) -> Pool? {
        guard
            cursor.allowKeys([
                "id", "site", "accelerator", "nodes", "per-node", "scale-up", "scale-out", "host",
                "price", "availability", "health", "licence", "tenants", "labels",
                "reserve",
            ])
        else { return nil }
        let id = cursor.required("id")?.identifier()
        let site = self.site(cursor)
        let accelerator = cursor.required("accelerator").flatMap(self.accelerator)
        let nodeCount = cursor.required("nodes")?.integer(in: 1...1_000_000)
        let perNode = cursor.required("per-node")?.integer(in: 1...1_024)
        let host = cursor.optional("host").map(HostReader.read) ?? Host()
        let price = cursor.optional("price").map(self.price)
        let availability = cursor.optional("availability").map { $0.fraction(above: 0) } ?? 1
        let licence = cursor.optional("licence").flatMap {
            LicenceReader(date: date, hasDate: hasDate).read($0)
        }
        let tenants = cursor.optional("tenants").flatMap(self.tenants)
        let survives = cursor.optional("reserve").map(Self.isAnyNode) ?? false
        let reserve =
            survives ? 0 : cursor.optional("reserve").map { $0.integer(in: 0...1_000) } ?? 0
        if let reserve, let nodeCount, reserve >= nodeCount {
            cursor.optional("reserve")?.fail(
                "\(reserve) of \(nodeCount) nodes in reserve leave none to use")
        }
        let labels = cursor.optional("labels")?.strings() ?? []
        let health = cursor.optional("health").map {
            HealthReader.read($0, nodeCount: nodeCount)
        }
        let links = LinkReader(
            hardware: hardware, accelerator: accelerator, nodeCount: nodeCount,
            acceleratorsPerNode: perNode)
        let scaleUp = links.scaleUp(cursor, host: host)
        let scaleOut = links.scaleOut(cursor)
        guard let id, let accelerator, let nodeCount, let perNode, let scaleUp, let scaleOut,
            let availability, let reserve
        else { return nil }
        let defaultPrice = accelerator.defaultPrice
        return Pool(
            id: id, siteID: site, accelerator: accelerator, nodeCount: nodeCount,
            acceleratorsPerNode: perNode, scaleUp: scaleUp, scaleOut: scaleOut, host: host,
            price: price ?? defaultPrice?.rate,
            priceSource: price != nil
                ? "the scenario" : defaultPrice.map { "\($0.market): \($0.source)" },
            availability: availability, health: health ?? [], licence: licence, tenants: tenants,
            labels: labels, reservedNodeCount: reserve, survivesNodeFailure: survives)
    }

    /// Whether `reserve` is `n-1`: any one node may fail.
    private static func isAnyNode(_ cursor: Cursor) -> Bool {
        if case .scalar("n-1", _) = cursor.node.content { return true }
        return false
    }

    private func site(_ cursor: Cursor) -> String? {
        guard let site = cursor.optional("site") else {
            if names.sites.count > 1 {
                cursor.fail(
                    "missing key \"site\"",
                    note: "the cluster has the sites \(names.sites.joined(separator: ", "))")
            }
            return names.sites.first
        }
        guard let name = site.string() else { return nil }
        guard names.sets.sites.contains(name) else {
            site.failUnknown("site", name, among: names.sites)
            return nil
        }
        return name
    }

    private func accelerator(_ cursor: Cursor) -> Accelerator? {
        guard let name = cursor.string() else { return nil }
        guard let accelerator = hardware.accelerator(name) else {
            cursor.failUnknown("accelerator", name, among: hardware.acceleratorNames)
            return nil
        }
        return accelerator
    }

    private func price(_ cursor: Cursor) -> MoneyRate? {
        if case .scalar("owned", _) = cursor.node.content { return .zero }
        return cursor.quantity(MoneyRate.self, in: .zero...MoneyRate(1_000))
    }

    private func tenants(_ cursor: Cursor) -> [String]? {
        guard let tenants = cursor.strings() else { return nil }
        if tenants.isEmpty {
            cursor.fail("an empty list lets nobody in", note: "leave the key out for everybody")
        }
        if let stranger = tenants.first(where: { !names.jobTenants.contains($0) }) {
            cursor.warn("no job belongs to the tenant \"\(stranger)\"")
        }
        return tenants
    }
}
