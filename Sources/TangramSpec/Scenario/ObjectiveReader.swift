import TangramDocument
import TangramPlacement
import TangramUnits

/// Reads `objective:`.
enum ObjectiveReader {
    private static let maximised: [(String, Objective.Goal)] =
        choices { !$0.isMinimised }
        + [(Objective.Goal.finishTimeFairness.rawValue, .finishTimeFairness)]
    private static let minimised: [(String, Objective.Goal)] = [
        (Objective.Goal.cost.rawValue, .cost), (Objective.Goal.makespan.rawValue, .makespan),
    ]

    private static func choices(
        _ isIncluded: (Objective.Goal) -> Bool
    ) -> [(String, Objective.Goal)] {
        Objective.Goal.allCases.filter(isIncluded).map { ($0.rawValue, $0) }
    }

    static func read(_ cursor: Cursor) -> Objective? {
        guard cursor.allowKeys(["maximize", "minimize", "then", "per", "budget", "allocation"])
        else {
            return nil
        }
        var objective = Objective()
        switch (cursor.optional("maximize"), cursor.optional("minimize")) {
        case (let goal?, nil):
            guard let goal = goal.choice(maximised) else { return nil }
            objective.goal = goal
        case (nil, let goal?):
            guard let goal = goal.choice(minimised) else { return nil }
            objective.goal = goal
        default:
            cursor.fail(
                "write either \"maximize: goodput\" or \"minimize: cost\"",
                note: "further measures go under \"then\"")
            return nil
        }
        if let then = cursor.optional("then") { objective.then = self.then(then, objective.goal) }
        objective.charge =
            cursor.optional("per")?.choice(Objective.Charge.allCases.map { ($0.rawValue, $0) })
            ?? .accelerator
        objective.allocation =
            cursor.optional("allocation")?.choice(
                Objective.Allocation.allCases.map { ($0.rawValue, $0) }) ?? .whole
        if objective.allocation == .timeShared, let allocation = cursor.optional("allocation"),
            objective.goal == .deadlines || !objective.then.isEmpty || objective.charge == .node
        {
            allocation.fail(
                "time shares have one measure: goodput, fairness, finish-time-fairness, makespan or "
                    + "cost by accelerator",
                note: "leave \"then\" and \"per: node\" out")
        }
        objective.budget = cursor.optional("budget")?.positive(
            MoneyRate.self, upTo: MoneyRate(1e9))
        if let per = cursor.optional("per"), !objective.goals.contains(.cost) {
            per.fail("says how cost is counted, but cost is not part of the objective")
        }
        if objective.charge == .node, let budget = cursor.optional("budget") {
            budget.fail(
                "a budget counts accelerators, so it cannot be had with \"per: node\"",
                note: "leave one of them out")
        }
        return objective
    }

    /// Measures among plans that are equally good by the one before.
    private static func then(_ cursor: Cursor, _ first: Objective.Goal) -> [Objective.Goal] {
        var goals: [Objective.Goal] = []
        for item in cursor.itemsOrSelf() {
            guard let goal = item.choice(choices { _ in true }) else { continue }
            if goal == first || goals.contains(goal) {
                item.fail("\"\(goal.rawValue)\" is there already")
            } else if first == .cost || goals.last == .cost {
                item.fail("nothing can follow cost", note: "make cost the last measure")
            } else {
                goals.append(goal)
            }
        }
        return goals
    }
}
