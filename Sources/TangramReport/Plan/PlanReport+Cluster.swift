import TangramPlacement
import TangramUnits

extension PlanReport {
    func poolSection(_ style: TextStyle) -> [String] {
        guard !plan.pools.isEmpty else { return [] }
        var table = TextTable([
            .text("pool"), .text("accelerator"), .text("site"), .number("used"),
            .number("usable"), .number("utilisation"), .text(""), .number("power"),
            .number("USD/h"), .number("value of one more node"),
        ])
        for pool in plan.pools {
            let description = context.pool(pool.poolID)
            table.add([
                .init(pool.poolID), .init(description?.accelerator.id ?? Figures.none),
                .init(description?.siteID ?? ""), .init(Figures.count(pool.usedAccelerators)),
                .init(Figures.count(pool.usableAccelerators)),
                .init(Figures.percent(pool.utilisation)),
                .init(Figures.bar(pool.utilisation, width: 10), .dim),
                .init(power(pool, description)),
                .init(pool.cost.map { Figures.money($0.value) } ?? Figures.none),
                .init(nodeValue(pool.nodeValue)),
            ])
        }
        let used = plan.pools.reduce(0) { $0 + $1.usedAccelerators }
        let usable = plan.pools.reduce(0) { $0 + $1.usableAccelerators }
        let share = usable > 0 ? Double(used) / Double(usable) : 0
        table.add([
            .init("all", .bold), "", "", .init(Figures.count(used)),
            .init(Figures.count(usable)), .init(Figures.percent(share)),
            .init(Figures.bar(share, width: 10), .dim),
            .init(used > 0 && plan.power == .zero ? Figures.none : plan.power.description),
            .init(Figures.money(plan.cost.value)), "",
        ])
        return [style.apply(.bold, "Pools")] + table.lines(style: style) + idleLines(style)
    }

    /// The power of a pool; where nothing states any, unknown is not zero.
    private func power(_ pool: PoolPlan, _ description: Pool?) -> String {
        let isUnknown = description?.accelerator.power == nil && pool.usedAccelerators > 0
        return isUnknown && pool.power == .zero ? Figures.none : pool.power.description
    }

    /// Accelerators in use whose power is not known, which totals leave out.
    private var powerlessNames: [String] {
        var names: [String] = []
        for pool in plan.pools where pool.usedAccelerators > 0 {
            guard let accelerator = context.pool(pool.poolID)?.accelerator,
                accelerator.power == nil, !names.contains(accelerator.id)
            else { continue }
            names.append(accelerator.id)
        }
        return names
    }

    private func nodeValue(_ value: Double) -> String {
        guard value > 0 else { return Figures.none }
        let number = formatNumber(value, digits: 3)
        return plan.objective.goal == .cost ? number + " USD/h" : "+" + number
    }

    func totalsSection(_ style: TextStyle) -> [String] {
        var table = TextTable([.text(""), .text("")])
        func add(_ label: String, _ text: String, _ emphasis: TextStyle.Emphasis? = nil) {
            table.add([.init(label), .init(text, emphasis)])
        }
        let unplaced = plan.jobs.count { !$0.isPlaced }
        if unplaced > 0 {
            add(
                "jobs not placed",
                "\(Figures.count(unplaced)) of \(Figures.count(plan.jobs.count))", .yellow)
        }
        var cost = "\(Figures.money(plan.cost.value)) USD/h"
        if plan.unpricedJobCount > 0 {
            cost +=
                ", without "
                + Figures.counted(plan.unpricedJobCount, "job")
                + " on accelerators of unknown price"
        }
        if let budget = plan.objective.budget {
            cost += " of a budget of \(Figures.money(budget.value)) USD/h"
        }
        add("cost", cost)
        let powerless = powerlessNames
        add(
            "power",
            "\(plan.power), accelerators at their limit"
                + (powerless.isEmpty
                    ? "" : ", without \(Figures.list(powerless)), whose limit is not known"))
        for limit in plan.limits { add(LimitText.label(limit), LimitText.text(limit)) }
        if plan.objective.charge == .node { add("nodes to rent", nodesText) }
        add("objective", "\(measure(plan.proof.objective)), \(meaning)")
        add("bound", measure(plan.proof.bound))
        add("gap", Figures.smallPercent(plan.proof.gap))
        if plan.proof.measures.count > 1 {
            for (index, entry) in plan.proof.measures.enumerated() {
                add(
                    index == 0 ? "first" : "then",
                    MeasureText.name(entry) + " \(MeasureText.value(entry.objective, entry.goal)), "
                        + "bound \(MeasureText.value(entry.bound, entry.goal)), "
                        + "gap \(Figures.smallPercent(entry.gap))")
            }
        }
        if !plan.proof.isComplete { add("search", "ended before it was done", .yellow) }
        return [style.apply(.bold, "Totals")] + table.lines(style: style) + ["  " + proofSentence]
    }

    private var meaning: String {
        switch plan.objective.goal {
        case .goodput:
            let most = plan.jobs.reduce(0) { $0 + context.weight($1) }
            let rules = context.scenario.policy + context.scenario.jobs.flatMap(\.constraints)
            let hasPreference = rules.contains {
                if case .prefer = $0.effect { true } else { false }
            }
            return "weight × demand met, summed over jobs whose weights sum to "
                + formatNumber(most, digits: 4)
                + (hasPreference ? "; preferred pools count more" : "")
        case .fairness: return "the least part of its demand that any job gets, by weight"
        case .finishTimeFairness:
            return "the largest time of a job over its time on an equal share of the cluster"
        case .makespan: return "until the last training job is done"
        case .deadlines: return "weight of jobs that end in time or are served in full"
        case .cost: return "least cost at which every job that can be met is met"
        }
    }

    private func measure(_ value: Double) -> String {
        MeasureText.value(value, plan.objective.goal)
    }

    /// Nodes of each pool of which anything is used.
    private var nodesText: String {
        let used = plan.pools.filter { $0.usedNodes > 0 }
        return used.isEmpty
            ? "none"
            : used.map { "\(Figures.count($0.usedNodes)) × \($0.poolID)" }
                .joined(separator: ", ")
    }

    /// What the bound proves, in plain words.
    var proofSentence: String {
        let proof = plan.proof
        let options =
            "the \(Figures.counted(proof.optionCount, "option")) that "
            + (proof.optionCount == 1 ? "was costed" : "were costed")
        if proof.optionCount == 0 { return "There was no option to choose from." }
        if proof.isOptimal { return "Proved: no choice among \(options) is better." }
        let bound = measure(proof.bound)
        let isMinimised = plan.objective.goal.isMinimised
        let kind =
            plan.objective.goal == .cost
            ? " that meets these jobs costs less than "
            : isMinimised ? " comes below " : " reaches more than "
        return "Proved: no choice among \(options)\(kind)\(bound); this plan is at most "
            + "\(Figures.smallPercent(proof.gap)) \(isMinimised ? "above" : "below") that."
    }
}
