public import TangramHardware
import TangramModels

/// One rule about which pools jobs may use. Rules are data; no code path knows a scenario.
public struct PolicyRule: Hashable, Sendable {
    /// What the rule does to the pools that match.
    public enum Effect: Hashable, Sendable {
        /// Only pools that match may be used.
        case require
        /// Pools that match may not be used.
        case forbid
        /// Pools that match are worth this fraction more, above 0.
        case prefer(bonus: Double)
    }

    /// What the rule does.
    public var effect: Effect
    /// Which pools it speaks of.
    public var pools: PoolSelector
    /// Which jobs it speaks of.
    public var jobs: JobSelector
    /// Why, for people.
    public var reason: String?

    /// Creates a rule.
    public init(
        effect: Effect, pools: PoolSelector, jobs: JobSelector = JobSelector(),
        reason: String? = nil
    ) {
        self.effect = effect
        self.pools = pools
        self.jobs = jobs
        self.reason = reason
    }
}

/// Pools picked by what they are; an empty list of names matches any.
public struct PoolSelector: Hashable, Sendable {
    /// Vendors, for example `Huawei`.
    public var vendors: [String]
    /// Accelerators by catalogue name.
    public var accelerators: [String]
    /// Sites.
    public var sites: [String]
    /// Regions of sites.
    public var regions: [String]
    /// Pools.
    public var pools: [String]
    /// Labels of pools; one in common is enough.
    public var labels: [String]
    /// Names of licences.
    public var licences: [String]

    /// Creates a selector.
    public init(
        vendors: [String] = [], accelerators: [String] = [], sites: [String] = [],
        regions: [String] = [], pools: [String] = [], labels: [String] = [],
        licences: [String] = []
    ) {
        self.vendors = vendors
        self.accelerators = accelerators
        self.sites = sites
        self.regions = regions
        self.pools = pools
        self.labels = labels
        self.licences = licences
    }

    /// Whether `pool` is one of those meant.
    public func matches(_ pool: Pool, in cluster: Cluster) -> Bool {
        let region = cluster.sites.first { $0.id == pool.siteID }?.region
        return Self.admits(vendors, pool.accelerator.vendor)
            && Self.admits(accelerators, pool.accelerator.id)
            && Self.admits(sites, pool.siteID) && Self.admits(regions, region)
            && Self.admits(pools, pool.id) && Self.admits(licences, pool.licence?.name)
            && (labels.isEmpty || !Set(labels).isDisjoint(with: pool.labels))
    }

    private static func admits(_ names: [String], _ name: String?) -> Bool {
        guard !names.isEmpty else { return true }
        guard let name else { return false }
        return names.contains(name)
    }
}

/// Jobs picked by what they are; an empty list of names matches any.
public struct JobSelector: Hashable, Sendable {
    /// Kinds of work.
    public var uses: [Licence.Use]
    /// Jobs by name.
    public var jobs: [String]
    /// Tenants.
    public var tenants: [String]
    /// Models by catalogue name.
    public var models: [String]

    /// Creates a selector.
    public init(
        uses: [Licence.Use] = [], jobs: [String] = [], tenants: [String] = [],
        models: [String] = []
    ) {
        self.uses = uses
        self.jobs = jobs
        self.tenants = tenants
        self.models = models
    }

    /// Whether `job` is one of those meant.
    public func matches(_ job: Job) -> Bool {
        (uses.isEmpty || uses.contains(job.use)) && (jobs.isEmpty || jobs.contains(job.id))
            && (tenants.isEmpty || job.tenant.map(tenants.contains) ?? false)
            && (models.isEmpty || models.contains(job.model.id))
    }
}

extension Job {
    /// What the scenario calls it: "train", "serve" or "rl".
    public var kindName: String {
        switch work {
        case .train: "train"
        case .serve: "serve"
        case .reinforce: "rl"
        }
    }

    /// Whether it trains or serves; reinforcement learning trains.
    public var use: Licence.Use {
        switch work {
        case .train, .reinforce: .train
        case .serve: .serve
        }
    }
}
