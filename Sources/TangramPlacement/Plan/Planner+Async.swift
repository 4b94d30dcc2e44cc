import Synchronization

extension Planner {
    /// Plans `scenario` without blocking the caller.
    ///
    /// Cancelling the task returns the best plan found so far, with its bound and
    /// ``Proof/isComplete`` false, as the end of `timeLimit` does.
    ///
    /// - Parameters:
    ///   - scenario: What to plan.
    ///   - timeLimit: How long it may take; nil for as long as it takes.
    ///   - progress: Told how far the planner is, from one thread.
    /// - Throws: ``PlanningError`` as the synchronous method does.
    public func plan(
        _ scenario: Scenario, timeLimit: Duration?,
        progress: (@Sendable (Progress) -> Void)? = nil
    ) async throws(PlanningError) -> Plan {
        let flag = CancellationFlag()
        let deadline = timeLimit.map { ContinuousClock.now.advanced(by: $0) }
        let result = await withTaskCancellationHandler {
            await Task.detached { () -> Result<Plan, PlanningError> in
                do throws(PlanningError) {
                    return .success(
                        try plan(
                            scenario, deadline: deadline, isCancelled: { flag.isSet },
                            progress: progress))
                } catch {
                    return .failure(error)
                }
            }.value
        } onCancel: {
            flag.set()
        }
        return try result.get()
    }
}

/// A flag that is set once, by any thread.
private final class CancellationFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
