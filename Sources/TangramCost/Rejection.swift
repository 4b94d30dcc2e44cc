public import TangramUnits

/// Why accelerators cannot do a job; infeasible is a result, not a failure.
public enum Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// The accelerator cannot compute in the format asked for.
    case formatUnsupported(NumberFormat, accelerator: String)
    /// No layout of that many accelerators divides the job.
    case noLayout(acceleratorCount: Int, reason: String)
    /// The layout that comes closest does not fit into memory.
    case memory(layout: String, shortfall: Bytes, largest: String, largestBytes: Bytes)
    /// No layout answers fast enough; the best that can be reached is given.
    case timeToFirstToken(best: Seconds, limit: Seconds)
    /// No layout generates fast enough; the best that can be reached is given.
    case timePerOutputToken(best: Seconds, limit: Seconds)
    /// It would end after the deadline.
    case deadline(finish: Seconds, limit: Seconds)
    /// A figure that nothing can be computed with.
    case invalidInput(InvalidInput)
    /// Too few accelerators.
    case capacity(needed: Int, available: Int)

    /// One sentence for people.
    public var description: String {
        switch self {
        case .formatUnsupported(let format, let accelerator):
            "\(accelerator) has no \(format.rawValue) arithmetic"
        case .noLayout(let count, let reason):
            "no layout of \(count) accelerators divides the job: \(reason)"
        case .memory(let layout, let shortfall, let largest, let bytes):
            "does not fit: the closest layout (\(layout)) is \(shortfall) over, "
                + "most of it \(largest) (\(bytes))"
        case .timeToFirstToken(let best, let limit):
            "time to first token \(best) at best, limit \(limit)"
        case .timePerOutputToken(let best, let limit):
            "time per output token \(best) at best, limit \(limit)"
        case .deadline(let finish, let limit):
            "would finish after \(finish), deadline \(limit)"
        case .invalidInput(let input): input.description
        case .capacity(let needed, let available):
            "needs \(needed) accelerators, \(available) are available"
        }
    }
}
