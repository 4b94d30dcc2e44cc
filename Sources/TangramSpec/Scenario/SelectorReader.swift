import TangramDocument
import TangramHardware
import TangramModels
import TangramPlacement

/// Reads which pools and which jobs a rule speaks of.
struct SelectorReader {
    let hardware: HardwareCatalogue
    let models: ModelLibrary
    let names: DeclaredNames
    private let vendors: Set<String>

    init(hardware: HardwareCatalogue, models: ModelLibrary, names: DeclaredNames) {
        self.hardware = hardware
        self.models = models
        self.names = names
        vendors = Set(hardware.accelerators.map(\.vendor))
    }

    /// Pools by what they are.
    func pools(_ cursor: Cursor) -> PoolSelector? {
        guard
            cursor.allowKeys([
                "vendor", "accelerator", "site", "region", "pool", "label", "licence",
            ])
        else { return nil }
        var selector = PoolSelector()
        selector.vendors = known("vendor", vendors, of: vendors.sorted(), in: cursor)
        selector.accelerators = accelerators(cursor)
        selector.sites = known("site", names.sets.sites, of: names.sites, in: cursor)
        selector.regions = known("region", names.sets.regions, of: names.regions, in: cursor)
        selector.pools = known("pool", names.sets.pools, of: names.pools, in: cursor)
        selector.labels = known("label", names.sets.labels, of: names.labels, in: cursor)
        selector.licences = known("licence", names.sets.licences, of: names.licences, in: cursor)
        if selector == PoolSelector(), !cursor.collector.hasErrors {
            cursor.fail("selects every pool", note: "name a vendor, site, pool, label…")
        }
        return selector
    }

    /// Jobs by what they are.
    func jobs(_ cursor: Cursor) -> JobSelector? {
        guard cursor.allowKeys(["kind", "tenant", "model", "job"]) else { return nil }
        var selector = JobSelector()
        if let kinds = cursor.optional("kind") {
            let choices = Licence.Use.allCases.map { ($0.rawValue, $0) }
            selector.uses = kinds.itemsOrSelf().compactMap { $0.choice(choices) }
            refuseEmpty(kinds)
        }
        selector.tenants = known("tenant", names.sets.tenants, of: names.tenants, in: cursor)
        selector.jobs = known("job", names.sets.jobs, of: names.jobs, in: cursor)
        if let list = cursor.optional("model") {
            selector.models = list.itemsOrSelf().compactMap { models.model($0)?.id }
            refuseEmpty(list)
        }
        return selector
    }

    /// The names under the key `kind`, each of which must be `allowed`; `candidates` are the same
    /// names in an order that does not change.
    private func known(
        _ kind: String, _ allowed: Set<String>, of candidates: [String], in cursor: Cursor
    ) -> [String] {
        guard let list = cursor.optional(kind) else { return [] }
        refuseEmpty(list)
        return list.itemsOrSelf().compactMap { item in
            guard let name = item.string() else { return nil }
            guard allowed.contains(name) else {
                item.failUnknown(kind, name, among: candidates)
                return nil
            }
            return name
        }
    }

    /// Accelerators by name or alias, under the name that pools have.
    private func accelerators(_ cursor: Cursor) -> [String] {
        guard let list = cursor.optional("accelerator") else { return [] }
        refuseEmpty(list)
        return list.itemsOrSelf().compactMap { item in
            guard let name = item.string() else { return nil }
            guard let accelerator = hardware.accelerator(name) else {
                item.failUnknown("accelerator", name, among: hardware.acceleratorNames)
                return nil
            }
            return accelerator.id
        }
    }

    private func refuseEmpty(_ cursor: Cursor) {
        if case .sequence(let items) = cursor.node.content, items.isEmpty {
            cursor.fail("an empty list selects nothing", note: "leave the key out for any")
        }
    }
}
