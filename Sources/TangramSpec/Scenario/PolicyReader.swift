import TangramDocument
import TangramHardware
import TangramPlacement

/// A rule with the place it was read from.
struct LocatedRule {
    var rule: PolicyRule
    var cursor: Cursor

    /// "policy[2] (line 40)".
    var place: String {
        cursor.path + (cursor.node.location.map { " (line \($0.line))" } ?? "")
    }
}

/// Reads `policy:` and the `constraints:` of jobs.
struct PolicyReader {
    let selectors: SelectorReader
    let cluster: Cluster?

    /// The rules of a list; `for:` belongs to the policy of the whole scenario only.
    func rules(_ cursor: Cursor, allowsFor: Bool) -> [LocatedRule] {
        (cursor.items() ?? []).compactMap { rule($0, allowsFor: allowsFor) }
    }

    func rule(_ cursor: Cursor, allowsFor: Bool) -> LocatedRule? {
        let keys = ["require", "forbid", "prefer", "bonus", "reason"]
        guard cursor.allowKeys(keys + (allowsFor ? ["for"] : [])) else { return nil }
        let effects = ["require", "forbid", "prefer"].compactMap { name in
            cursor.optional(name).map { (name: name, cursor: $0) }
        }
        guard let effect = effects.first, effects.count == 1 else {
            cursor.fail("a rule has one of \"require\", \"forbid\" and \"prefer\"")
            return nil
        }
        let bonus = cursor.optional("bonus").map { $0.fraction(above: 0, to: 10) }
        if effect.name != "prefer" {
            cursor.optional("bonus")?.fail("only \"prefer\" has a bonus")
        }
        let reason = cursor.optional("reason")?.words()
        let jobs = cursor.optional("for").map(selectors.jobs) ?? JobSelector()
        guard let pools = selectors.pools(effect.cursor), let jobs else { return nil }
        checkMatches(pools, effect.name, at: effect.cursor)
        let meaning: PolicyRule.Effect
        switch effect.name {
        case "require": meaning = .require
        case "forbid": meaning = .forbid
        default:
            guard let bonus = bonus ?? 0.1 else { return nil }
            meaning = .prefer(bonus: bonus)
        }
        let rule = PolicyRule(effect: meaning, pools: pools, jobs: jobs, reason: reason)
        return LocatedRule(rule: rule, cursor: cursor)
    }

    /// A requirement that no pool fulfils is an error; another rule without pools is worth a word.
    private func checkMatches(_ pools: PoolSelector, _ effect: String, at cursor: Cursor) {
        guard let cluster, !cursor.collector.hasErrors else { return }
        guard !cluster.pools.contains(where: { pools.matches($0, in: cluster) }) else { return }
        if effect == "require" {
            cursor.fail("no pool of the cluster matches")
        } else {
            cursor.warn("no pool of the cluster matches")
        }
    }
}
