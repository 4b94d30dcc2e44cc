import TangramCost
import TangramHardware
import TangramUnits

/// What rules, tenancy and licences say about one job on one pool.
struct PolicyCheck {
    let scenario: Scenario

    /// The factor by which preferences raise the value of `pool` for `job`, or why it may not be
    /// used.
    func admit(_ job: Job, on pool: Pool) -> Result<Double, PolicyRefusal> {
        var factor = 1.0
        let rules = scenario.policy.filter { $0.jobs.matches(job) } + job.constraints
        for rule in rules {
            let matches = rule.pools.matches(pool, in: scenario.cluster)
            switch rule.effect {
            case .require where !matches:
                return .failure(PolicyRefusal(text: "policy requires \(rule.summary)"))
            case .forbid where matches:
                return .failure(PolicyRefusal(text: "policy forbids \(rule.summary)"))
            case .prefer(let bonus) where matches: factor *= 1 + bonus
            default: break
            }
        }
        if let tenants = pool.tenants, !(job.tenant.map(tenants.contains) ?? false) {
            return .failure(
                PolicyRefusal(text: "the pool is for \(tenants.joined(separator: ", ")) only"))
        }
        if let licence = pool.licence, let reason = refusal(licence, job) {
            return .failure(PolicyRefusal(text: reason))
        }
        return .success(factor)
    }

    private func refusal(_ licence: Licence, _ job: Job) -> String? {
        let name = licence.name.map { "licence \"\($0)\"" } ?? "the pool's licence"
        if !licence.uses.contains(job.use) {
            let uses = licence.uses.map(\.rawValue).sorted().joined(separator: ", ")
            return "\(name) permits \(uses) only"
        }
        if let tenants = licence.tenants, !(job.tenant.map(tenants.contains) ?? false) {
            return "\(name) is for \(tenants.joined(separator: ", ")) only"
        }
        if let expires = licence.expires, let date = scenario.date, expires < date {
            return "\(name) expired on \(expires)"
        }
        return nil
    }

    /// Days that `pool` may be used from the start of the plan, its last day included; nil where
    /// its licence does not end.
    func licensedTime(of pool: Pool) -> Seconds? {
        guard let expires = pool.licence?.expires, let date = scenario.date else { return nil }
        return Seconds.day * Double(expires.daysSinceEpoch - date.daysSinceEpoch + 1)
    }
}

/// Why policy keeps a job off a pool.
struct PolicyRefusal: Error {
    var text: String
}

extension PolicyRule {
    /// What the rule speaks of, with its reason, for people.
    var summary: String {
        var parts: [String] = []
        for (name, values) in [
            ("vendor", pools.vendors), ("accelerator", pools.accelerators), ("site", pools.sites),
            ("region", pools.regions), ("pool", pools.pools), ("label", pools.labels),
            ("licence", pools.licences),
        ] where !values.isEmpty {
            parts.append("\(name) \(values.joined(separator: " or "))")
        }
        let text = parts.isEmpty ? "any pool" : parts.joined(separator: ", ")
        return reason.map { "\(text) (\($0))" } ?? text
    }
}
