/// Why a simulation stopped.
public enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A job has a number that makes no sense.
    case invalidJob(id: String, what: String)
    /// A job arrives before the one in front of it.
    case unsortedArrivals(id: String)
    /// A strategy gave another number of choices than there are jobs.
    case wrongChoiceCount(strategy: String, choices: Int, jobs: Int)
    /// A strategy changed a job that is not there, or one twice.
    case unknownJob(strategy: String, position: Int)
    /// A strategy chose an option that the job does not have.
    case unknownOption(strategy: String, job: String, option: Int)
    /// A strategy used more devices than there are.
    case overCommitted(strategy: String, pool: String, used: Int, present: Int)
    /// Nothing runs and nothing will change, but jobs wait.
    case stuck(strategy: String, waiting: Int, example: String)
    /// The trace could not be read.
    case source(String)
    /// A strategy could not decide.
    case strategy(String, reason: String)
    /// A pool or an event has a number that makes no sense.
    case invalidPool(String, what: String)

    /// What is wrong, and a next step.
    public var description: String {
        switch self {
        case .invalidJob(let id, let what): "job \"\(id)\": \(what)"
        case .unsortedArrivals(let id):
            "job \"\(id)\" arrives before the job in front of it; sort the trace by arrival"
        case .wrongChoiceCount(let strategy, let choices, let jobs):
            "strategy \(strategy) made \(choices) choices for \(jobs) jobs; give one each"
        case .unknownJob(let strategy, let position):
            "strategy \(strategy) changed job \(position) of the state, which is not there or was "
                + "changed already; name each place once"
        case .unknownOption(let strategy, let job, let option):
            "strategy \(strategy) chose option \(option) of job \"\(job)\", which has no such option"
        case .overCommitted(let strategy, let pool, let used, let present):
            "strategy \(strategy) uses \(used) devices of pool \"\(pool)\", which has \(present)"
        case .stuck(let strategy, let waiting, let example):
            "strategy \(strategy) leaves \(waiting) jobs waiting for ever, for example "
                + "\"\(example)\"; is any pool large enough for it?"
        case .source(let reason): reason
        case .strategy(let name, let reason): "strategy \(name): \(reason)"
        case .invalidPool(let name, let what): "pool \"\(name)\": \(what)"
        }
    }
}
