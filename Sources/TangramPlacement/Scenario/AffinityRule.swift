/// Where jobs stand to each other.
public struct AffinityRule: Hashable, Sendable {
    /// What the rule wants.
    public enum Effect: String, CaseIterable, Hashable, Sendable {
        /// The jobs share a domain, or none of them is placed.
        case together
        /// No two of the jobs share a domain.
        case apart
    }

    /// What the rule wants.
    public var effect: Effect
    /// The jobs it is about; all of them or any two.
    public var jobs: JobSelector
    /// The domain that they share, or do not.
    public var domain: FailureDomain
    /// Why, for people.
    public var reason: String?

    /// Creates a rule.
    public init(
        effect: Effect, jobs: JobSelector, domain: FailureDomain, reason: String? = nil
    ) {
        self.effect = effect
        self.jobs = jobs
        self.domain = domain
        self.reason = reason
    }

    /// "job-a and job-b together within pool".
    func summary(_ jobs: [Job]) -> String {
        let names = jobs.filter(self.jobs.matches).map(\.id)
        let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
        return "\(effect.rawValue) within \(domain.rawValue): \(shown)"
            + (reason.map { " (\($0))" } ?? "")
    }
}

/// How the replicas of one service are spread, so that a failure leaves enough of them.
public struct Spread: Hashable, Sendable {
    /// What may fail.
    public var domain: FailureDomain
    /// The largest part of the job that one domain may hold, above 0 and below 1: of its replicas
    /// where the domain is within a pool, of its demand where it is a pool or a site.
    public var most: Double

    /// Creates a spread.
    public init(domain: FailureDomain, most: Double) {
        self.domain = domain
        self.most = most
    }

    /// How many of `count` equal pieces one domain may hold.
    func limit(of count: Int) -> Int { Int((most * Double(count) + 1e-9).rounded(.down)) }
}
