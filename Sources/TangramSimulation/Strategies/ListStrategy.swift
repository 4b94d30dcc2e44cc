/// Jobs in an order, each on the first place it likes: the family of schedulers without a solver.
public struct ListStrategy: SchedulingStrategy {
    /// Which job comes first.
    public enum Order: Hashable, Sendable {
        /// The earliest.
        case arrival
        /// The one with the least time left by its fastest option.
        case shortestRemaining
        /// The one in the lowest queue by device-seconds held so far, then the earliest. The limits
        /// part the queues.
        case leastAttained(queueLimits: [Double])
        /// The one that is treated worst: the largest ρ that it would end with.
        case worstFairnessRatio
        /// Any.
        case random
    }

    /// Which of the pools that have room.
    public enum Fit: Hashable, Sendable {
        /// The first in the order of pools.
        case first
        /// The one with the least room left.
        case best
        /// The one where the job is fastest.
        case fastest
        /// The one where the least room becomes useless to the other jobs that there are.
        case leastFragmentation
        /// Any.
        case random
    }

    /// What tables and plots call it.
    public let name: String
    /// The paper that it is from.
    public let source: String
    /// Which job comes first.
    public let order: Order
    /// Which of the pools that have room.
    public let fit: Fit
    /// Whether a job that runs may be stopped for another.
    public let preempts: Bool
    /// Whether a job may go before one that has no room.
    public let overtakes: Bool
    private var generator: SeededGenerator

    /// Creates a strategy.
    public init(
        name: String, source: String, order: Order, fit: Fit, preempts: Bool, overtakes: Bool,
        seed: UInt64 = 0
    ) {
        self.name = name
        self.source = source
        self.order = order
        self.fit = fit
        self.preempts = preempts
        self.overtakes = overtakes
        generator = SeededGenerator(seed: seed &+ 0x5EED)
    }

    /// Whether the order looks at the work that is left.
    public var knowsWork: Bool {
        switch order {
        case .shortestRemaining, .worstFairnessRatio: true
        case .arrival, .leastAttained, .random: false
        }
    }

    /// Walks the jobs in order and gives each a place while there is room.
    ///
    /// - Complexity: O(jobs log jobs), O(jobs) by arrival.
    public mutating func decide(_ state: ClusterState) -> [Int?] {
        var choices = [Int?](repeating: nil, count: state.jobs.count)
        var free = state.deviceCounts
        if !preempts {
            for (index, job) in state.jobs.enumerated() {
                guard let option = job.option else { continue }
                choices[index] = option
                free[job.job.options[option].pool] -= job.job.options[option].deviceCount
            }
        }
        // Who is stopped before it has run for long compared with being stopped gets nowhere.
        if preempts {
            for (index, job) in state.jobs.enumerated() {
                guard let option = job.option,
                    state.seconds - job.heldSince < 10 * state.switchSeconds(job, to: option)
                else { continue }
                let ran = job.job.options[option]
                guard ran.deviceCount <= free[ran.pool] else { continue }
                choices[index] = option
                free[ran.pool] -= ran.deviceCount
            }
        }
        var room = free.reduce(0, +)
        let sizes = fit == .leastFragmentation ? Self.sizes(state) : []
        for index in ordered(state) where choices[index] == nil {
            guard room > 0 else { break }
            guard let choice = place(state.jobs[index], state, free, sizes) else {
                if overtakes { continue }
                break
            }
            let option = state.jobs[index].job.options[choice]
            choices[index] = choice
            free[option.pool] -= option.deviceCount
            room -= option.deviceCount
        }
        return choices
    }

    private mutating func ordered(_ state: ClusterState) -> [Int] {
        let jobs = state.jobs
        switch order {
        case .arrival: return Array(jobs.indices)
        case .random: return Array(jobs.indices).shuffled(using: &generator)
        case .shortestRemaining:
            return Self.sorted(jobs.map { $0.shortestRemainingSeconds / $0.job.weight })
        case .leastAttained(let limits):
            return Self.sorted(
                jobs.map { job in
                    Double(limits.firstIndex { job.attainedDeviceSeconds < $0 } ?? limits.count)
                })
        case .worstFairnessRatio:
            let count = Double(jobs.count)
            return Self.sorted(
                jobs.map { job in
                    let gone = state.seconds - job.job.arrivalSeconds
                    let alone = job.job.equalShareSeconds(
                        deviceCounts: state.deviceCounts, jobCount: count)
                    return -(gone + job.shortestRemainingSeconds) / alone
                })
        }
    }

    /// Indices by value, equal ones in order.
    static func sorted(_ values: [Double]) -> [Int] {
        values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    }

    private mutating func place(
        _ job: JobState, _ state: ClusterState, _ free: [Int], _ sizes: [(Int, Int)]
    ) -> Int? {
        let options = job.job.options
        let fitting = job.job.rigidOptions.filter {
            options[$0].deviceCount <= free[options[$0].pool]
        }
        // Going elsewhere for no reason would only cost.
        if fit != .fastest, let option = job.option, fitting.contains(option) { return option }
        switch fit {
        case .first: return fitting.min { (options[$0].pool, $0) < (options[$1].pool, $1) }
        case .best:
            return fitting.min {
                free[options[$0].pool] - options[$0].deviceCount
                    < free[options[$1].pool] - options[$1].deviceCount
            }
        case .fastest:
            func seconds(_ index: Int) -> Double {
                let switching = index == job.option ? 0 : state.switchSeconds(job, to: index)
                return job.remainingWork / options[index].rate + switching
            }
            return fitting.min { seconds($0) < seconds($1) }
        case .leastFragmentation:
            return fitting.min {
                Self.growth(options[$0], free, sizes) < Self.growth(options[$1], free, sizes)
            }
        case .random:
            return fitting.isEmpty ? nil : fitting[generator.index(below: fitting.count)]
        }
    }

    /// Sizes of the gangs that there are, with how many there are of each.
    private static func sizes(_ state: ClusterState) -> [(Int, Int)] {
        var counts: [Int: Int] = [:]
        for job in state.jobs {
            guard let first = job.job.rigidOptions.first else { continue }
            counts[job.job.options[first].deviceCount, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// By how much more room, counted over the gangs that there are, is of no use after `option` is
    /// taken: F = Σ over sizes of the number of such gangs × (free mod size) (after FGD, §4).
    private static func growth(_ option: RunOption, _ free: [Int], _ sizes: [(Int, Int)]) -> Int {
        let before = free[option.pool]
        let after = before - option.deviceCount
        return sizes.reduce(0) { $0 + $1.1 * (after % $1.0 - before % $1.0) }
    }
}
