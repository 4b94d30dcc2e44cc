/// When to stop, and whom to tell how far a solver is.
public struct SolveControl: Sendable {
    /// When to stop with the best that was found.
    public var deadline: ContinuousClock.Instant?
    /// Whether to stop with the best that was found; asked now and then, from one thread.
    public var isCancelled: @Sendable () -> Bool
    /// Told about better choices and lower bounds, from one thread.
    public var progress: (@Sendable (SolveProgress) -> Void)?

    /// Creates a control that never stops a solver.
    public init(
        deadline: ContinuousClock.Instant? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: (@Sendable (SolveProgress) -> Void)? = nil
    ) {
        self.deadline = deadline
        self.isCancelled = isCancelled
        self.progress = progress
    }

    /// A control that stops after `limit`.
    public init(timeLimit limit: Duration) {
        self.init(deadline: ContinuousClock.now.advanced(by: limit))
    }

    /// Whether to stop now.
    var isOver: Bool {
        if let deadline, ContinuousClock.now >= deadline { return true }
        return isCancelled()
    }
}

/// How far a solver is.
public struct SolveProgress: Hashable, Sendable {
    /// The best objective so far.
    public var objective: Double
    /// The lowest bound so far.
    public var bound: Double
    /// Roughly the part of the work that is done, 0...1.
    public var fraction: Double

    /// The distance of objective and bound, relative to the larger of them; at least 0.
    public var gap: Double { relativeGap(objective, bound) }
}
