import TangramUnits

/// Where jobs stand by their numbers: a table where numbers are dense, a search where they are not.
private struct JobPositions {
    private let state: ClusterState
    private let first: Int
    private var table: [Int32] = []

    init(_ state: ClusterState) {
        self.state = state
        first = state.jobs.first?.index ?? 0
        let span = (state.jobs.last?.index ?? -1) - first + 1
        // A table of up to eight places for each job costs less than a search for each.
        guard span <= 8 * state.jobs.count, span < Int(Int32.max) else { return }
        table = [Int32](repeating: -1, count: span)
        for position in state.jobs.indices {
            table[state.jobs[position].index - first] = Int32(position)
        }
    }

    subscript(number: Int) -> Int? {
        guard !table.isEmpty else { return state.position(ofNumber: number) }
        guard table.indices.contains(number - first) else { return nil }
        let position = table[number - first]
        return position < 0 ? nil : Int(position)
    }
}

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
    var generator: SeededGenerator
    /// Numbers of the jobs in their last order: what was sorted before is nearly sorted now.
    private var lastOrder: [Int] = []

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

    /// A job is stopped for another only by those that preempt.
    public var readsProgress: Bool { preempts }
    /// Nor do the others move any.
    public var movesJobs: Bool { preempts }

    /// What changes; strategies that stop nobody look only at those that wait.
    public mutating func changes(_ state: ClusterState) -> [JobChange] {
        guard preempts else { return startWaiting(state) }
        let choices = decide(state)
        var changes: [JobChange] = []
        for position in choices.indices where choices[position] != state.jobs[position].option {
            changes.append(JobChange(position: position, option: choices[position]))
        }
        return changes
    }

    /// Walks the jobs in order and gives each a place while there is room.
    ///
    /// - Complexity: O(jobs log jobs).
    public mutating func decide(_ state: ClusterState) -> [Int?] {
        guard preempts else {
            var choices = state.jobs.map(\.option)
            for change in startWaiting(state) { choices[change.position] = change.option }
            return choices
        }
        var choices = [Int?](repeating: nil, count: state.jobs.count)
        // Who may move jobs counts devices: the simulator makes room on nodes.
        var rooms = state.deviceCounts.enumerated().map {
            NodeRoom(pool: $0.offset, deviceCount: $0.element)
        }
        func take(_ job: Int, _ choice: Int) {
            let options = state.jobs[job].record.job.options
            rooms[options[choice].pool].addCounted(-options[choice].deviceCount)
            for share in options[choice].others {
                rooms[share.pool].addCounted(-share.deviceCount)
            }
        }
        // Who is stopped before it has run for long compared with being stopped gets nowhere.
        for index in state.jobs.indices {
            guard let option = state.jobs[index].option,
                state.seconds - state.jobs[index].heldSince
                    < 10 * state.switchSeconds(state.jobs[index], to: option),
                state.jobs[index].record.job.options[option].hasRoom(in: rooms)
            else { continue }
            choices[index] = option
            take(index, option)
        }
        let sizes = fit == .leastFragmentation ? Self.sizes(state) : []
        for index in ordered(state) where choices[index] == nil {
            guard rooms.contains(where: { $0.freeCount > 0 }) else { break }
            guard let choice = place(index, state, rooms, sizes) else {
                if overtakes { continue }
                break
            }
            choices[index] = choice
            take(index, choice)
        }
        return choices
    }

    private mutating func ordered(_ state: ClusterState) -> [Int] {
        let jobs = state.jobs
        switch order {
        case .arrival: return Array(jobs.indices)
        case .random: return Array(jobs.indices).shuffled(using: &generator)
        case .shortestRemaining:
            return sorted(state) { $0.shortestRemainingSeconds / $0.record.job.weight }
        case .leastAttained(let limits):
            return sorted(state) { job in
                Double(limits.firstIndex { job.attainedDeviceSeconds < $0 } ?? limits.count)
            }
        case .worstFairnessRatio:
            let count = Double(jobs.count)
            return sorted(state) { job in
                let gone = state.seconds - job.record.job.arrivalSeconds
                let alone = job.record.job.equalShareSeconds(
                    deviceCounts: state.deviceCounts, jobCount: count)
                return -(gone + job.shortestRemainingSeconds) / alone
            }
        }
    }

    /// Positions by value, equal ones by arrival. Starts from the last order, which sorting by runs
    /// takes little time to put right.
    private mutating func sorted(
        _ state: ClusterState, by value: (borrowing JobState) -> Double
    ) -> [Int] {
        var keys: [(value: Double, position: Int)] = []
        keys.reserveCapacity(state.jobs.count)
        var isListed = [Bool](repeating: false, count: state.jobs.count)
        let positions = JobPositions(state)
        for number in lastOrder {
            guard let position = positions[number] else { continue }
            isListed[position] = true
            keys.append((value(state.jobs[position]), position))
        }
        for position in state.jobs.indices where !isListed[position] {
            keys.append((value(state.jobs[position]), position))
        }
        keys.sort { ($0.value, $0.position) < ($1.value, $1.position) }
        lastOrder = keys.map { state.jobs[$0.position].index }
        return keys.map(\.position)
    }

    /// Indices by value, equal ones in order.
    static func sorted(_ values: [Double]) -> [Int] {
        values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    }
}
