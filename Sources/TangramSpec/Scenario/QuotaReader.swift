import TangramDocument
import TangramPlacement
import TangramUnits

/// Reads `quotas:`.
struct QuotaReader {
    let selectors: SelectorReader
    let names: DeclaredNames

    func quotas(_ cursor: Cursor) -> [Quota] {
        (cursor.items() ?? []).compactMap(quota)
    }

    private func quota(_ cursor: Cursor) -> Quota? {
        guard cursor.allowKeys(["tenant", "accelerators", "cost", "pools"]) else { return nil }
        guard let place = cursor.required("tenant"), let tenant = place.words() else { return nil }
        guard names.sets.tenants.contains(tenant) else {
            place.failUnknown("tenant", tenant, among: names.tenants)
            return nil
        }
        let accelerators = cursor.optional("accelerators")?
            .integer(in: 0...ClusterReader.acceleratorLimit)
        let cost = cursor.optional("cost")?.positive(MoneyRate.self, upTo: MoneyRate(1e9))
        let pools = cursor.optional("pools").map { selectors.pools($0) } ?? PoolSelector()
        guard cursor.optional("accelerators") != nil || cursor.optional("cost") != nil else {
            cursor.fail("limits nothing", note: "give \"accelerators\", \"cost\" or both")
            return nil
        }
        guard let pools else { return nil }
        return Quota(tenant: tenant, accelerators: accelerators, cost: cost, pools: pools)
    }
}
