/// Why a scenario cannot be planned.
public enum PlanningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The cluster has no pools.
    case noPools
    /// There are no jobs.
    case noJobs
    /// Two pools or two jobs have one name.
    case duplicateName(String)
    /// A count or a rate is zero, negative, infinite or too large.
    case invalidQuantity(subject: String, what: String)
    /// A licence expires, but the scenario has no date to judge it by.
    case dateNeeded(pool: String)
    /// The least cost of a training job without a deadline is not defined.
    case deadlineNeeded(job: String)
    /// Measures and priorities multiply to more than can be solved one after the other.
    case tooManyMeasures(Int)
    /// The objective cannot be combined as it is.
    case contradictoryObjective(String)
    /// Two rules cannot both be kept for a job.
    case contradictoryRules(String, String, job: String)
    /// A strategy failed, or chose what the problem does not allow.
    case strategy(String, String)
    /// A cost table failed, or offered what cannot be: a rate that is NaN, a pool that is not there.
    case costTable(job: String, option: Int?, String)
    /// A worker could not do its part.
    case workers(String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .noPools: "the cluster has no pools; add at least one"
        case .noJobs: "there are no jobs to place; add at least one"
        case .duplicateName(let name): "two pools or jobs are named \"\(name)\"; names are unique"
        case .invalidQuantity(let subject, let what): "\(subject): \(what)"
        case .dateNeeded(let pool):
            "pool \"\(pool)\" has a licence that expires, but the scenario has no date; set `date`"
        case .deadlineNeeded(let job):
            "job \"\(job)\" has no deadline, which least cost needs: set one, or maximise goodput"
        case .tooManyMeasures(let count):
            "the objective has \(count) measures, one per goal and priority; at most "
                + "\(PlacementProblem.stageLimit + 1), so use fewer priorities"
        case .contradictoryObjective(let what): "objective: \(what)"
        case .contradictoryRules(let first, let second, let job):
            "job \"\(job)\": \"\(first)\" and \"\(second)\" cannot both be kept; drop one of the two"
        case .strategy(let name, let reason): "strategy \"\(name)\": \(reason)"
        case .costTable(let job, let option, let what):
            "cost table, job \"\(job)\""
                + (option.map { ", option \($0)" } ?? "") + ": \(what)"
        case .workers(let reason): "the worker threads failed: \(reason)"
        }
    }
}
