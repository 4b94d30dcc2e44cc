public import TangramUnits

/// The hardware that jobs are placed on: pools of nodes at sites.
public struct Cluster: Hashable, Sendable {
    /// The name for people.
    public var name: String
    /// Places; pools of one site are joined by its network.
    public var sites: [Site]
    /// Pools, each of nodes of one shape in one place.
    public var pools: [Pool]

    /// Creates a cluster.
    public init(name: String, sites: [Site] = [], pools: [Pool]) {
        self.name = name
        self.sites = sites
        self.pools = pools
    }

    /// The number of accelerators in all pools, healthy or not.
    public var acceleratorCount: Int { pools.reduce(0) { $0 + $1.acceleratorCount } }
}

/// A place with pools that share a network and a jurisdiction.
public struct Site: Hashable, Sendable, Identifiable {
    /// The name.
    public var id: String
    /// The region or jurisdiction, for people and policies.
    public var region: String?
    /// Bandwidth of the link to other sites, in one direction.
    public var wideAreaBandwidth: Bandwidth?
    /// The price of energy is part of pool prices; this is power that the site can deliver.
    public var powerLimit: Power?

    /// Creates a site.
    public init(
        id: String, region: String? = nil, wideAreaBandwidth: Bandwidth? = nil,
        powerLimit: Power? = nil
    ) {
        self.id = id
        self.region = region
        self.wideAreaBandwidth = wideAreaBandwidth
        self.powerLimit = powerLimit
    }
}
