import TangramDocument

/// The names a scenario declares, read before anything is checked, so that an error in one pool is
/// not followed by one at every place that mentions it.
struct DeclaredNames {
    var sites: [String] = []
    var regions: [String] = []
    var pools: [String] = []
    var labels: [String] = []
    var licences: [String] = []
    var jobs: [String] = []
    var tenants: [String] = []
    /// Tenants of jobs alone.
    var jobTenants: Set<String> = []

    init(_ root: DocumentNode) {
        let cluster = root["cluster"]
        for site in Self.items(cluster?["sites"]) {
            sites += Self.names(site["id"])
            regions += Self.names(site["region"])
        }
        for pool in Self.items(cluster?["pools"]) {
            pools += Self.names(pool["id"])
            labels += Self.names(pool["labels"])
            tenants += Self.names(pool["tenants"])
            let licence = pool["licence"]
            licences += Self.names(licence?["name"])
            tenants += Self.names(licence?["tenants"])
        }
        for job in Self.items(root["jobs"]) {
            jobs += Self.names(job["id"])
            let names = Self.names(job["tenant"])
            tenants += names
            jobTenants.formUnion(names)
        }
        sets = Sets(
            jobs: Set(jobs), pools: Set(pools), sites: Set(sites), tenants: Set(tenants),
            labels: Set(labels), regions: Set(regions), licences: Set(licences))
    }

    /// The same names for look-up.
    struct Sets {
        var jobs: Set<String>
        var pools: Set<String>
        var sites: Set<String>
        var tenants: Set<String>
        var labels: Set<String>
        var regions: Set<String>
        var licences: Set<String>
    }
    let sets: Sets

    private static func items(_ node: DocumentNode?) -> [DocumentNode] {
        guard case .sequence(let nodes) = node?.content else { return [] }
        return nodes
    }

    private static func names(_ node: DocumentNode?) -> [String] {
        switch node?.content {
        case .scalar(let text, _): [text]
        case .sequence(let nodes): nodes.flatMap { names($0) }
        default: []
        }
    }
}
