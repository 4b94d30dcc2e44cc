import TangramCost
import TangramHardware
import TangramUnits

/// The measures of a plan in the order in which they count, and what each option adds to them.
struct PlanMeasures {
    /// One measure over the jobs of one priority.
    struct Measure {
        /// What is measured; nil for the demand that is met, which comes before cost.
        var goal: Objective.Goal?
        /// The jobs it is over; nil for all.
        var priority: Int?

        /// How the values of options are combined.
        var combination: PlacementProblem.Goal {
            switch goal {
            case .fairness, .finishTimeFairness, .makespan: .least
            default: .total
            }
        }
    }

    let scenario: Scenario
    let parts: [PoolPart]
    let measures: [Measure]
    private let heaviest: Double

    init(_ scenario: Scenario, parts: [PoolPart]) {
        self.scenario = scenario
        self.parts = parts
        heaviest = scenario.jobs.map(\.weight).max() ?? 1
        var goals: [Objective.Goal?] = []
        for goal in scenario.objective.goals where !goals.contains(goal) {
            // What costs least is nothing: demand comes first.
            if goal == .cost && goals.isEmpty { goals.append(nil) }
            goals.append(goal)
        }
        // Of plans that are equally fair or fast, the one that does more.
        let isBlind = !goals.contains(.goodput) && !goals.contains(.cost)
        if isBlind { goals.append(.goodput) }
        let priorities = Set(scenario.jobs.map(\.priority)).sorted(by: >)
        measures = goals.flatMap { goal -> [Measure] in
            guard goal != .cost, priorities.count > 1 else {
                return [Measure(goal: goal, priority: nil)]
            }
            return priorities.map { Measure(goal: goal, priority: $0) }
        }
    }

    /// Whether nodes are rented whole.
    var hasSupplies: Bool {
        scenario.objective.charge == .node && measures.contains { $0.goal == .cost }
    }

    /// What every option of the menu of `job` adds to a measure.
    func values(_ measure: Measure, _ menu: JobMenu, of job: Job) -> [Double] {
        if let priority = measure.priority, priority != job.priority {
            return [Double](repeating: 0, count: menu.options.count)
        }
        let weight = job.weight * menu.share
        switch measure.goal {
        case nil: return menu.options.map { weight * $0.satisfaction }
        case .goodput:
            return menu.options.map {
                weight * $0.satisfaction * $0.preference * (1 - $0.moveShare)
            }
        case .fairness:
            return menu.options.map {
                $0.satisfaction * (1 - $0.moveShare) * heaviest / job.weight
            }
        case .finishTimeFairness:
            let isTraining = job.use == .train
            let isolated = isolatedRate(menu, isTraining: isTraining)
            return menu.options.map {
                isolated > 0
                    ? rate($0, isTraining: isTraining) * (1 - $0.moveShare) / isolated : 0
            }
        case .makespan:
            guard let tokens = job.training?.tokens else {
                return [Double](repeating: 0, count: menu.options.count)
            }
            return menu.options.map { option in
                // The work of the time in which it moves is done later.
                let rate = rate(option, isTraining: true)
                return rate / (tokens.value + rate * downtime(option))
            }
        case .deadlines: return menu.options.map { meetsDeadline($0, job) ? weight : 0 }
        case .cost:
            guard !hasSupplies else {
                return menu.options.map { -($0.cost?.value ?? 0) * $0.moveShare }
            }
            return menu.options.map {
                -($0.cost?.value ?? 0) * (1 + $0.moveShare) / $0.preference
            }
        }
    }

    /// Seconds that a job stands still because it moves.
    private func downtime(_ option: MenuOption) -> Double {
        option.moveShare > 0 ? scenario.migration?.downtime.value ?? 0 : 0
    }

    /// Tokens per second of training, or the fraction of the demand that is served.
    private func rate(_ option: MenuOption, isTraining: Bool) -> Double {
        switch option.work {
        case .train(let estimate):
            return estimate.throughput.value
                * option.availability(parts, scenario.cluster)
        case .serve: return option.satisfaction
        case .table(let offer):
            guard isTraining else { return option.satisfaction }
            return offer.rate * option.availability(parts, scenario.cluster)
        }
    }

    /// The best rate on an equal share of every pool; where no option is so small, the share of
    /// time that the option could have.
    private func isolatedRate(_ menu: JobMenu, isTraining: Bool) -> Double {
        let jobCount = Double(max(1, scenario.jobs.count))
        return menu.options.map { option in
            let share = option.parts.reduce(1.0) { least, part in
                let equal = Double(parts[part.part].acceleratorCount) / jobCount
                return min(least, equal / Double(part.acceleratorCount))
            }
            return rate(option, isTraining: isTraining) * share
        }.max() ?? 0
    }

    private func meetsDeadline(_ option: MenuOption, _ job: Job) -> Bool {
        guard let demand = job.training else { return option.satisfaction >= 1 - 1e-9 }
        guard let tokens = demand.tokens, let deadline = demand.deadline else { return false }
        return tokens.value
            <= (deadline.value - downtime(option)) * rate(option, isTraining: true) * (1 + 1e-9)
    }
}
