/// A limit besides the accelerators of pools: what is used of it, and what more would be worth.
public struct LimitPlan: Hashable, Sendable {
    /// What is limited.
    public enum Kind: String, Hashable, Sendable {
        /// Cost of everything, USD per hour.
        case budget
        /// Power of a site, W.
        case power
        /// Accelerators under a licence.
        case licence
        /// Accelerators of a tenant.
        case quota
        /// Cost of a tenant, USD per hour.
        case costQuota = "cost-quota"
        /// Bandwidth between the leaves of a pool, 100 Gb/s.
        case fabric
    }

    /// What is limited.
    public var kind: Kind
    /// Whose limit: the site, the licence, the tenant or the pool.
    public var name: String
    /// The most there may be.
    public var limit: Double
    /// What the plan uses.
    public var used: Double
    /// What one unit more would add to the objective, by the dual prices.
    public var unitValue: Double

    /// Creates a limit.
    public init(kind: Kind, name: String, limit: Double, used: Double, unitValue: Double) {
        self.kind = kind
        self.name = name
        self.limit = limit
        self.used = used
        self.unitValue = unitValue
    }
}
