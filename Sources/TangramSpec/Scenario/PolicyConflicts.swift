import TangramDocument
import TangramHardware
import TangramPlacement

/// Finds rules that require and forbid the same pools for the same job.
struct PolicyConflicts {
    let policy: [LocatedRule]
    /// Rules of the policy by the pools they speak of.
    private let byPools: [PoolSelector: [LocatedRule]]
    /// Comparisons are limited, so that a file of nothing but rules cannot take for ever.
    private static let comparisonLimit = 100
    /// Jobs looked at for the policy, at most.
    private static let jobLimit = 1_000_000

    init(policy: [LocatedRule]) {
        self.policy = policy
        byPools = Dictionary(grouping: policy) { $0.rule.pools.sorted }
    }

    func report(for jobs: [LocatedJob]) {
        var budget = Self.jobLimit
        for (pools, rules) in byPools {
            for (index, rule) in rules.prefix(Self.comparisonLimit).enumerated() {
                let other = rules[..<index].first { other in
                    guard Self.areOpposed(other.rule.effect, rule.rule.effect), budget > 0 else {
                        return false
                    }
                    budget -= jobs.count
                    return jobs.contains {
                        rule.rule.jobs.matches($0.job) && other.rule.jobs.matches($0.job)
                    }
                }
                if let other { Self.report(rule, against: other, pools) }
            }
        }
        for job in jobs {
            for (index, rule) in job.constraints.prefix(Self.comparisonLimit).enumerated() {
                let own = job.constraints[..<index].filter {
                    $0.rule.pools.sorted == rule.rule.pools.sorted
                }
                let shared = byPools[rule.rule.pools.sorted, default: []]
                    .prefix(Self.comparisonLimit).filter { $0.rule.jobs.matches(job.job) }
                if let other = (own + shared).first(where: {
                    Self.areOpposed($0.rule.effect, rule.rule.effect)
                }) {
                    Self.report(rule, against: other, rule.rule.pools)
                }
            }
        }
    }

    private static func report(
        _ rule: LocatedRule, against other: LocatedRule, _ pools: PoolSelector
    ) {
        rule.cursor.fail(
            "\(word(rule.rule.effect)) what \(other.place) \(word(other.rule.effect)): "
                + pools.words,
            note: "drop one of the two")
    }

    private static func areOpposed(_ left: PolicyRule.Effect, _ right: PolicyRule.Effect) -> Bool {
        switch (left, right) {
        case (.require, .forbid), (.forbid, .require): true
        default: false
        }
    }

    private static func word(_ effect: PolicyRule.Effect) -> String {
        switch effect {
        case .require: "requires"
        case .forbid: "forbids"
        case .prefer: "prefers"
        }
    }
}

extension PoolSelector {
    /// The same selector with its names in order.
    fileprivate var sorted: PoolSelector {
        PoolSelector(
            vendors: vendors.sorted(), accelerators: accelerators.sorted(), sites: sites.sorted(),
            regions: regions.sorted(), pools: pools.sorted(), labels: labels.sorted(),
            licences: licences.sorted())
    }

    /// "vendor Huawei, site fra".
    fileprivate var words: String {
        let parts: [(String, [String])] = [
            ("vendor", vendors), ("accelerator", accelerators), ("site", sites),
            ("region", regions), ("pool", pools), ("label", labels), ("licence", licences),
        ]
        return parts.filter { !$0.1.isEmpty }
            .map { "\($0.0) \($0.1.joined(separator: " or "))" }.joined(separator: ", ")
    }
}
