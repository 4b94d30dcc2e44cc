/// An algorithm that says which jobs run, where and how, at every event.
///
/// An embedder's own is used like those that come with the library. The same states in the same
/// order must lead to the same decisions.
public protocol SchedulingStrategy: Sendable {
    /// What tables and plots call it.
    var name: String { get }
    /// The paper that it is from.
    var source: String { get }
    /// Whether it looks at how much work jobs have left; compared apart from those that do not.
    var knowsWork: Bool { get }

    /// Length of the rounds that it is made for, nil where it is asked at every event.
    var roundSeconds: Double? { get }

    /// Whether it looks at how far running jobs have come. Where it does not, a decision need not
    /// count the work of every job first.
    var readsProgress: Bool { get }

    /// Whether jobs that run may be moved to other nodes of their pool, at the price of saving and
    /// loading them, where the free devices of the pool would do for a start but lie apart.
    var movesJobs: Bool { get }

    /// For each job of `state.jobs` the option to run by, nil to wait.
    ///
    /// A choice that differs from the option a job runs by stops it; it goes on after its checkpoint
    /// was saved and loaded. Options of a rate of 0 must not be chosen.
    mutating func decide(_ state: ClusterState) throws -> [Int?]

    /// The same as what differs from what is; for strategies that need not look at every job.
    mutating func changes(_ state: ClusterState) throws -> [JobChange]
}

/// That a job goes on by another option.
public struct JobChange: Hashable, Sendable {
    /// Which of ``ClusterState/jobs``.
    public var position: Int
    /// The option, nil to wait.
    public var option: Int?
    /// The nodes that it takes; none where the simulator is to choose them.
    public var nodes: [NodeShare]

    /// Creates a change.
    public init(position: Int, option: Int?, nodes: [NodeShare] = []) {
        self.position = position
        self.option = option
        self.nodes = nodes
    }
}

extension SchedulingStrategy {
    /// At every event.
    public var roundSeconds: Double? { nil }

    /// It does.
    public var readsProgress: Bool { true }

    /// They may.
    public var movesJobs: Bool { true }

    /// What ``decide(_:)`` says that is not so yet.
    public mutating func changes(_ state: ClusterState) throws -> [JobChange] {
        let choices = try decide(state)
        guard choices.count == state.jobs.count else {
            throw SimulationError.wrongChoiceCount(
                strategy: name, choices: choices.count, jobs: state.jobs.count)
        }
        var changes: [JobChange] = []
        for position in choices.indices where choices[position] != state.jobs[position].option {
            changes.append(JobChange(position: position, option: choices[position]))
        }
        return changes
    }
}
