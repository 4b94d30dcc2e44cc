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

    /// For each job of `state.jobs` the option to run by, nil to wait.
    ///
    /// A choice that differs from the option a job runs by stops it; it goes on after its checkpoint
    /// was saved and loaded. Options of a rate of 0 must not be chosen.
    mutating func decide(_ state: ClusterState) throws -> [Int?]
}

extension SchedulingStrategy {
    /// At every event.
    public var roundSeconds: Double? { nil }
}
