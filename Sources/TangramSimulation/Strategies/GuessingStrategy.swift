/// A strategy that looks at the work that is left, given guesses of it instead: it knows no more than
/// how long jobs have run and how long those took that are done.
///
/// A job that has done a hours of work (by its fastest option) is expected to need the mean residual life
/// ∫ S(t) dt ÷ S(a) from a on, where S is the part of the jobs that take longer than t. S is estimated
/// by the jobs that are done, and by those that still run as long as they ran (Kaplan and Meier, JASA
/// 1958): by the done ones alone jobs would seem short, since short ones are done first. Beyond the
/// longest that is done a job is expected to need as much as it has done, which is so for heavy tails
/// (Harchol-Balter and Downey, Exploiting Process Lifetime Distributions, ACM TOCS 1997).
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
        base.source + "; guesses by mean residual life (Kaplan and Meier, 1958)"
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
        let table = hazards(state.jobs.compactMap { Self.age($0) }.sorted())
        for position in guessed.jobs.indices {
            guard let age = Self.age(guessed.jobs[position]) else { continue }
            guessed.jobs[position].remainingWork =
                left(after: age, table) * guessed.jobs[position].record.fastestRate * 3_600
        }
        return try base.decide(guessed)
    }

    /// Hours of work that a job has done by its fastest option.
    private static func age(_ job: JobState) -> Double? {
        let perHour = job.record.fastestRate * 3_600
        return perHour > 0 ? max(0, (job.record.job.work - job.remainingWork) / perHour) : nil
    }

    private mutating func remember(_ hours: Double) {
        let place = done.firstIndex { $0 > hours } ?? done.count
        done.insert(hours, at: place)
        // Every other is as good a sample as all.
        if done.count > Self.memory {
            done = stride(from: 0, to: done.count, by: 2).map { done[$0] }
        }
    }

    /// Hours at which jobs were done, with the part of those that came so far that ended then.
    private func hazards(_ ages: [Double]) -> [(hours: Double, part: Double)] {
        var result: [(hours: Double, part: Double)] = []
        var (index, older) = (0, 0)
        while index < done.count {
            let hours = done[index]
            var ended = 1
            while index + ended < done.count, done[index + ended] <= hours { ended += 1 }
            while older < ages.count, ages[older] < hours { older += 1 }
            let came = done.count - index + ages.count - older
            result.append((hours, Double(ended) / Double(came)))
            index += ended
        }
        return result
    }

    /// Hours that a job is expected to need after so many.
    private func left(after hours: Double, _ table: [(hours: Double, part: Double)]) -> Double {
        guard !done.isEmpty else { return max(hours, Self.prior) }
        var (alive, sum, last) = (1.0, 0.0, hours)
        for entry in table where entry.hours > hours {
            sum += alive * (entry.hours - last)
            last = entry.hours
            alive *= 1 - entry.part
        }
        return max(sum + alive * last, Self.least)
    }
}
