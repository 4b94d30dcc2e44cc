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
                .init(pool.power.description),
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
            .init(Figures.bar(share, width: 10), .dim), .init(plan.power.description),
            .init(Figures.money(plan.cost.value)), "",
        ])
        return [style.apply(.bold, "Pools")] + table.lines(style: style)
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
        add("power", "\(plan.power), accelerators at their limit")
        add("objective", "\(measure(plan.proof.objective)), \(meaning)")
        add("bound", measure(plan.proof.bound))
        add("gap", Figures.smallPercent(plan.proof.gap))
        return [style.apply(.bold, "Totals")] + table.lines(style: style) + ["  " + proofSentence]
    }

    private var meaning: String {
        switch plan.objective.goal {
        case .goodput:
            let most = plan.jobs.reduce(0) { $0 + context.weight($1) }
            return "weight × demand met, summed over jobs whose weights sum to "
                + formatNumber(most, digits: 4)
        case .cost: return "least cost at which every job that can be met is met"
        }
    }

    private func measure(_ value: Double) -> String {
        let number = formatNumber(value, digits: 5)
        return plan.objective.goal == .cost ? number + " USD/h" : number
    }

    /// What the bound proves, in plain words.
    var proofSentence: String {
        let proof = plan.proof
        let options = "the \(Figures.counted(proof.optionCount, "option")) that were costed"
        if proof.isOptimal { return "Proved: no choice among \(options) is better." }
        let bound = measure(proof.bound)
        return switch plan.objective.goal {
        case .goodput:
            "Proved: no choice among \(options) reaches more than \(bound); "
                + "this plan is at most \(Figures.smallPercent(proof.gap)) below that."
        case .cost:
            "Proved: no choice among \(options) that meets these jobs costs less than \(bound); "
                + "this plan is at most \(Figures.smallPercent(proof.gap)) above that."
        }
    }
}
