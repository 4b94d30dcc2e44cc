/// The first jobs of a source.
public struct LimitedJobs<Base: JobSource>: JobSource {
    private var base: Base
    private var left: Int

    /// Creates a source of at most `limit` jobs.
    public init(_ base: Base, limit: Int) {
        self.base = base
        left = max(0, limit)
    }

    /// The next job.
    public mutating func next() throws -> SimulatedJob? {
        guard left > 0 else { return nil }
        left -= 1
        return try base.next()
    }
}
