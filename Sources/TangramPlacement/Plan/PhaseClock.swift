/// Divides the time that a plan may take over its phases, so that what comes after the search has
/// time left too.
struct PhaseClock {
    private let control: SolveControl
    private let start = ContinuousClock.now

    init(_ control: SolveControl) { self.control = control }

    private var limit: Duration? { control.deadline.map { $0 - start } }

    /// Costing may take half of the time: every option that is costed costs time later as well.
    var costing: SolveControl {
        var own = control
        own.deadline = limit.map { start + $0 * Self.costingShare }
        return own
    }

    /// The search must leave what packing and reasons take: about half of what it took to build the
    /// problem, which looks at every option as they do.
    func solving(afterModelOf time: Duration) -> SolveControl {
        var own = control
        own.deadline = limit.map { limit in
            start + limit - min(limit / 2, limit * Self.leastTail + time * Self.tailPerModel)
        }
        return own
    }

    private static let costingShare = 0.5
    private static let leastTail = 0.03
    /// Measured on 10,000 jobs: packing and reasons take 0.3 to 0.4 of the time of the model.
    private static let tailPerModel = 0.6
}
