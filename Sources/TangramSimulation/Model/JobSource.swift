/// Jobs one after the other in order of arrival, so that a trace of any length is held one job at a
/// time.
public protocol JobSource {
    /// The next job, nil at the end.
    mutating func next() throws -> SimulatedJob?
}

/// Jobs that are in memory.
public struct JobList: JobSource, Sendable {
    private let jobs: [SimulatedJob]
    private var position = 0

    /// Creates a source that gives `jobs` by arrival, equal arrivals in the given order.
    public init(_ jobs: [SimulatedJob]) {
        self.jobs =
            jobs.enumerated().sorted {
                ($0.element.arrivalSeconds, $0.offset) < ($1.element.arrivalSeconds, $1.offset)
            }.map(\.element)
    }

    /// The next job.
    public mutating func next() -> SimulatedJob? {
        guard position < jobs.count else { return nil }
        position += 1
        return jobs[position - 1]
    }
}
