import TangramCost
import TangramHardware
import TangramUnits
public import TangramWorkers

/// Makes plans.
public struct Planner: Sendable {
    /// Options of the solver.
    public struct Settings: Sendable {
        /// Most iterations of the dual ascent.
        public var iterationLimit: Int
        /// The dual ascent and rounding stop where the gap is no larger.
        public var targetGap: Double

        /// Creates settings.
        public init(iterationLimit: Int = 300, targetGap: Double = 1e-6) {
            self.iterationLimit = iterationLimit
            self.targetGap = targetGap
        }
    }

    /// Where the planner is.
    public struct Progress: Sendable {
        /// The stage, for people: "costing options", "pricing pools", "packing nodes".
        public var stage: String
        /// Fraction of the stage that is done, 0...1.
        public var fraction: Double
    }

    let workers: any WorkerPool
    let settings: Settings

    /// Creates a planner.
    ///
    /// - Parameter workers: Who works in parallel; plans do not depend on how many there are.
    public init(workers: any WorkerPool = SerialWorkers(), settings: Settings = Settings()) {
        self.workers = workers
        self.settings = settings
    }

    /// Plans `scenario`.
    ///
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all; a job that fits
    ///   nowhere is part of the plan, with reasons.
    public func plan(
        _ scenario: Scenario, progress: (@Sendable (Progress) -> Void)? = nil
    ) throws(PlanningError) -> Plan {
        throw .noPools
    }
}

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
        case .workers(let reason): "the worker threads failed: \(reason)"
        }
    }
}
