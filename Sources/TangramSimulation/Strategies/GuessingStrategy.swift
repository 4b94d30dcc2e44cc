/// A strategy that looks at the work that is left, given guesses of it instead: it knows no more than
/// how long jobs have run and how long those took that are done.
///
/// A job that has done a hours of work (by its fastest option) is expected to need as much again as
/// the done jobs that took longer than a needed after a, in the mean (the mean residual life); as much
/// as it has done where none took longer, which is so for heavy tails (Harchol-Balter and Downey,
/// Exploiting Process Lifetime Distributions, ACM TOCS 1997).
public struct GuessingStrategy<Base: SchedulingStrategy>: SchedulingStrategy {
    private var base: Base
    /// What tables and plots call it.
    public let name: String
    /// Hours of work of jobs that are done, ascending; at most ``memory`` of them.
    private var done: [Double] = []
    /// Hours of work that each job takes, for when it is done.
    private var sizes: [Int: Double] = [:]

    /// Done jobs that are remembered.
    private static var memory: Int { 2_000 }
    /// What a job is expected to take before any is done, in hours: an hour, as an example.
    private static var prior: Double { 1 }
    /// No guess is shorter, in hours: a minute.
    private static var least: Double { 1.0 / 60 }

    /// Hides from `base` how much work is left.
    public init(_ base: Base, name: String) {
        self.base = base
        self.name = name
    }

    /// The paper.
    public var source: String {
        base.source + "; guesses by mean residual life (Harchol-Balter and Downey, 1997)"
    }
    /// It does not.
    public var knowsWork: Bool { false }
    /// As the strategy.
    public var roundSeconds: Double? { base.roundSeconds }
    /// As the strategy.
    public var movesJobs: Bool { base.movesJobs }

    /// What the strategy decides on guesses.
    public mutating func decide(_ state: ClusterState) throws -> [Int?] {
        var guessed = state
        var present: [Int: Double] = [:]
        for job in state.jobs where job.record.fastestRate > 0 {
            present[job.index] = job.record.job.work / (job.record.fastestRate * 3_600)
        }
        for number in sizes.keys.sorted() where present[number] == nil {
            remember(sizes[number] ?? 0)
        }
        sizes = present
        for position in guessed.jobs.indices {
            let job = guessed.jobs[position]
            let perHour = job.record.fastestRate * 3_600
            guard perHour > 0 else { continue }
            let ran = max(0, (job.record.job.work - job.remainingWork) / perHour)
            guessed.jobs[position].remainingWork = left(after: ran) * perHour
        }
        return try base.decide(guessed)
    }

    private mutating func remember(_ hours: Double) {
        let place = done.firstIndex { $0 > hours } ?? done.count
        done.insert(hours, at: place)
        // Every other is as good a sample as all.
        if done.count > Self.memory {
            done = stride(from: 0, to: done.count, by: 2).map { done[$0] }
        }
    }

    /// Hours that a job is expected to need after so many.
    private func left(after hours: Double) -> Double {
        guard !done.isEmpty else { return max(hours, Self.prior) }
        let longer = done.drop { $0 <= hours }
        guard !longer.isEmpty else { return max(hours, Self.least) }
        let mean = longer.reduce(0) { $0 + $1 - hours } / Double(longer.count)
        return max(mean, Self.least)
    }
}
