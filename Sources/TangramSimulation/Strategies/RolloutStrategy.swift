/// Ours where lengths are guesses: rules that trust the length of a job by half or not at all are played
/// to their ends at every event, and what the best of them starts, is started.
///
/// A guess of a length is right in the mean and wrong for each job, so jobs are not ordered by it alone
/// as by ``ReplanningStrategy``.
public struct RolloutStrategy: SchedulingStrategy {
    /// What tables and plots call it.
    public let name: String
    private let search = RolloutSearch(lengths: [0, 0.5])

    /// Creates a strategy.
    public init(name: String = "tangram-rollout") { self.name = name }

    /// Where the idea is from.
    public var source: String {
        "this repository; rollout (Bertsekas, Tsitsiklis and Wu, 1997)"
    }
    /// It looks at the work that is left, or at what stands for it.
    public var knowsWork: Bool { true }

    /// Plays rules and takes the best.
    public func decide(_ state: ClusterState) -> [Int?] { search.choices(state) }
}
