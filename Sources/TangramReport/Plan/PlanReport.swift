public import TangramPlacement
import TangramUnits

/// A plan as text for people.
public struct PlanReport: Sendable {
    /// How many jobs a section lists where not told otherwise.
    public static let defaultJobLimit = 40

    let context: PlanContext
    let jobLimit: Int?

    var plan: Plan { context.plan }

    /// Prepares a report.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - scenario: What it was made from.
    ///   - jobLimit: Most jobs listed in a section, those of most weight first; nil for all.
    public init(_ plan: Plan, scenario: Scenario, jobLimit: Int? = defaultJobLimit) {
        context = PlanContext(plan, scenario)
        self.jobLimit = jobLimit.map { max(1, $0) }
    }

    /// The report, with a line break at the end.
    public func text(style: TextStyle = .plain) -> String {
        var sections: [[String]] = [heading(style)]
        sections.append(trainingSection(style))
        sections.append(servingSection(style))
        sections += tableSections(style)
        sections.append(unplacedSection(style))
        sections.append(savingsSection(style))
        sections.append(poolSection(style))
        sections.append(totalsSection(style))
        sections.append(notesSection(style))
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n") + "\n"
    }

    private func heading(_ style: TextStyle) -> [String] {
        let cluster = context.scenario.cluster
        let kinds = Set(cluster.pools.map(\.accelerator.id)).count
        var line = style.apply(.bold, "Plan of \(plan.scenarioName.printable)")
        if let date = plan.date { line += ", from \(date)" }
        let placed = plan.jobs.count { $0.isPlaced }
        return [
            line,
            "\(Figures.counted(cluster.acceleratorCount, "accelerator")) of "
                + Figures.counted(kinds, "kind") + " in "
                + Figures.counted(cluster.pools.count, "pool") + "; "
                + "\(Figures.count(placed)) of \(Figures.counted(plan.jobs.count, "job")) placed",
        ]
    }

    private func notesSection(_ style: TextStyle) -> [String] {
        guard !plan.notes.isEmpty else { return [] }
        return [style.apply(.bold, "Notes")] + plan.notes.map { "  - \($0.printable)" }
    }

    /// The jobs to list in the scenario's order where there is room for all, else those of most
    /// weight, with how many are left out.
    func listed(_ jobs: [JobPlan]) -> (shown: [JobPlan], hiddenCount: Int) {
        guard let jobLimit, jobs.count > jobLimit else { return (jobs, 0) }
        let order = jobs.enumerated().sorted { left, right in
            let (a, b) = (context.weight(left.element), context.weight(right.element))
            return a == b ? left.offset < right.offset : a > b
        }
        return (order.prefix(jobLimit).map(\.element), jobs.count - jobLimit)
    }

    /// The line under a list that is not complete.
    func hidden(_ count: Int, _ style: TextStyle) -> [String] {
        guard count > 0 else { return [] }
        let text = "  … and \(Figures.count(count)) more; use --format json or --all-jobs"
        return [style.apply(.dim, text)]
    }
}
