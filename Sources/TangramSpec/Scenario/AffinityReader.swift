import TangramDocument
import TangramHardware
import TangramPlacement

/// A rule on where jobs stand to each other, with the place it was read from.
struct LocatedAffinity {
    var rule: AffinityRule
    var cursor: Cursor

    /// "policy[2] (line 40)".
    var place: String {
        cursor.path + (cursor.node.location.map { " (line \($0.line))" } ?? "")
    }
}

/// Reads the rules `together` and `apart` of `policy:`, and the `spread:` of jobs.
struct AffinityReader {
    let selectors: SelectorReader

    /// What is a failure domain, as scenarios write it.
    static let domains = FailureDomain.allCases.map { ($0.rawValue, $0) }

    /// Whether an item of `policy:` is such a rule.
    static func isAffinity(_ cursor: Cursor) -> Bool {
        guard case .mapping = cursor.node.content else { return false }
        return AffinityRule.Effect.allCases.contains { cursor.node[$0.rawValue] != nil }
    }

    func rule(_ cursor: Cursor) -> LocatedAffinity? {
        guard cursor.allowKeys(["together", "apart", "within", "reason"]) else { return nil }
        let effects = AffinityRule.Effect.allCases.compactMap { effect in
            cursor.optional(effect.rawValue).map { (effect: effect, cursor: $0) }
        }
        guard let first = effects.first, effects.count == 1 else {
            cursor.fail("a rule has one of \"together\" and \"apart\"")
            return nil
        }
        let reason = cursor.optional("reason")?.words()
        let domain =
            cursor.optional("within").map { $0.choice(Self.domains) }
            ?? (first.effect == .together ? .pool : .node)
        guard let jobs = selectors.jobs(first.cursor), let domain else { return nil }
        if jobs == JobSelector(), !cursor.collector.hasErrors {
            first.cursor.fail("selects every job", note: "name jobs, a tenant, a model or a kind")
        }
        return LocatedAffinity(
            rule: AffinityRule(effect: first.effect, jobs: jobs, domain: domain, reason: reason),
            cursor: cursor)
    }

    static func spread(_ cursor: Cursor) -> Spread? {
        guard cursor.allowKeys(["within", "most"]) else { return nil }
        let domain = cursor.required("within")?.choice(domains)
        let most = cursor.optional("most").map { $0.fraction(above: 0) } ?? 0.5
        guard let domain, let most else { return nil }
        guard most < 1 else {
            cursor.fail("100 % spreads nothing", note: "give a part below 100 %, like 50 %")
            return nil
        }
        return Spread(domain: domain, most: most)
    }

    /// Rules that keep the same jobs together and apart.
    static func report(_ rules: [LocatedAffinity], for jobs: [LocatedJob]) {
        for (index, rule) in rules.enumerated() {
            for other in rules[..<index] where other.rule.effect != rule.rule.effect {
                let (together, apart) =
                    rule.rule.effect == .together ? (rule, other) : (other, rule)
                guard together.rule.domain <= apart.rule.domain else { continue }
                let both = jobs.filter {
                    rule.rule.jobs.matches($0.job) && other.rule.jobs.matches($0.job)
                }
                guard both.count > 1 else { continue }
                let names = both.prefix(2).map(\.job.id).joined(separator: " and ")
                rule.cursor.fail(
                    "keeps \(names) \(rule.rule.effect.rawValue), which \(other.place) keeps "
                        + other.rule.effect.rawValue,
                    note: "drop one of the two")
            }
        }
        for rule in rules where rule.rule.effect == .together || rule.rule.domain >= .pool {
            for job in jobs where rule.rule.jobs.matches(job.job) {
                guard let spread = job.job.spread, spread.domain >= .pool else { continue }
                job.cursor.optional("spread")?.fail(
                    "divides a job that \(rule.place) keeps whole", note: "drop one of the two")
            }
        }
    }
}
