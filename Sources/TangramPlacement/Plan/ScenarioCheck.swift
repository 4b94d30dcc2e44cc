import TangramCost
import TangramHardware
import TangramUnits

/// Refuses scenarios built in code that no reader has checked.
enum ScenarioCheck {
    /// Counts beyond this are refused, so that products of them fit an `Int`.
    private static let largestCount = 1_000_000_000
    /// Weights beyond this are refused, so that sums of them stay exact enough to compare.
    private static let largestWeight = 1e12

    static func check(_ scenario: Scenario) throws(PlanningError) {
        guard !scenario.cluster.pools.isEmpty else { throw .noPools }
        guard !scenario.jobs.isEmpty else { throw .noJobs }
        if let name = duplicate(scenario.cluster.pools.map(\.id)) { throw .duplicateName(name) }
        if let name = duplicate(scenario.jobs.map(\.id)) { throw .duplicateName(name) }
        for pool in scenario.cluster.pools { try check(pool, date: scenario.date) }
        for job in scenario.jobs { try check(job, goals: scenario.objective.goals) }
        try checkRules(scenario)
        let objective = scenario.objective
        if let index = objective.goals.firstIndex(of: .cost), index < objective.then.count {
            throw .contradictoryObjective("cost is the last measure; nothing can follow it")
        }
        if objective.charge == .node && objective.budget != nil {
            throw .contradictoryObjective(
                "a budget counts accelerators, so it cannot be had with cost by node")
        }
        if objective.goal == .makespan {
            guard scenario.jobs.contains(where: \.hasEnd) else {
                throw .contradictoryObjective(
                    "the makespan needs a training job with tokens; served jobs never end")
            }
        }
        for quota in scenario.quotas {
            let subject = "quota of \"\(quota.tenant)\""
            if let count = quota.accelerators, count < 0 {
                throw .invalidQuantity(subject: subject, what: "\(count) accelerators are too few")
            }
            if let cost = quota.cost { try require(cost.value, positive: false, subject, "cost") }
        }
        if let budget = scenario.objective.budget {
            try require(budget.value, positive: false, "objective", "budget")
        }
    }

    /// Refuses jobs of a scenario whose cluster was checked before.
    static func checkJobs(_ scenario: Scenario) throws(PlanningError) {
        for job in scenario.jobs { try check(job, goals: scenario.objective.goals) }
        try checkRules(scenario)
    }

    private static func check(_ pool: Pool, date: CalendarDate?) throws(PlanningError) {
        let subject = "pool \"\(pool.id)\""
        try require(pool.nodeCount, subject, "node count")
        try require(pool.acceleratorsPerNode, subject, "accelerators per node")
        guard pool.acceleratorsPerNode <= 4_096, pool.nodeCount <= 10_000_000 else {
            throw .invalidQuantity(subject: subject, what: "more nodes than any cluster has")
        }
        try require(pool.scaleUp.bandwidth.value, positive: true, subject, "scale-up bandwidth")
        try require(pool.scaleOut.nicBandwidth.value, positive: true, subject, "NIC bandwidth")
        try require(pool.scaleOut.nicsPerNode, subject, "NICs per node")
        try require(pool.scaleOut.oversubscription, positive: true, subject, "oversubscription")
        if let count = pool.scaleOut.nodesPerLeaf { try require(count, subject, "nodes per leaf") }
        if let limit = pool.scaleOut.uplinkBandwidth {
            try require(limit.value, positive: true, subject, "bandwidth of uplinks")
        }
        if let count = pool.host.acceleratorsPerSwitch {
            try require(count, subject, "accelerators per switch")
        }
        try require(pool.availability, positive: true, subject, "availability")
        try require(
            pool.accelerator.memoryBandwidth.value, positive: true, subject, "memory bandwidth")
        if let price = pool.price {
            try require(price.value, positive: false, subject, "price")
        }
        if pool.licence?.expires != nil && date == nil { throw .dateNeeded(pool: pool.id) }
    }

    private static func check(_ job: Job, goals: [Objective.Goal]) throws(PlanningError) {
        let subject = "job \"\(job.id)\""
        try require(job.weight, positive: true, subject, "weight")
        guard job.weight <= largestWeight else {
            throw .invalidQuantity(
                subject: subject, what: "weight \(job.weight) is more than \(largestWeight)")
        }
        if case .reinforce(let demand) = job.work {
            try require(demand.promptCount, subject, "prompts of a step")
            try require(demand.samplesPerPrompt, subject, "samples of a prompt")
            try require(demand.promptTokens, subject, "prompt tokens")
            try require(demand.answerTokens, subject, "answer tokens")
        }
        if let demand = job.training {
            try require(demand.sequenceLength, subject, "sequence length")
            try require(demand.globalBatchSize, subject, "batch size")
            if let tokens = demand.tokens {
                try require(tokens.value, positive: true, subject, "tokens")
            }
            if let deadline = demand.deadline {
                try require(deadline.value, positive: true, subject, "deadline")
            }
            if goals.contains(.cost) && (demand.deadline == nil || demand.tokens == nil) {
                throw .deadlineNeeded(job: job.id)
            }
        }
        if case .serve(let demand) = job.work {
            try require(demand.requestRate.value, positive: true, subject, "request rate")
            try require(demand.promptTokens, subject, "prompt tokens")
            try require(demand.outputTokens, subject, "output tokens")
        }
    }

    private static func require(
        _ count: Int, _ subject: String, _ name: String
    ) throws(PlanningError) {
        guard count >= 1, count <= largestCount else {
            throw .invalidQuantity(
                subject: subject, what: "\(name) \(count) is not between 1 and \(largestCount)")
        }
    }

    private static func require(
        _ value: Double, positive: Bool, _ subject: String, _ name: String
    ) throws(PlanningError) {
        guard value.isFinite, positive ? value > 0 : value >= 0 else {
            throw .invalidQuantity(
                subject: subject,
                what: "\(name) \(value) is not a finite number "
                    + (positive ? "above 0" : "of at least 0"))
        }
    }

    private static func duplicate(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}
