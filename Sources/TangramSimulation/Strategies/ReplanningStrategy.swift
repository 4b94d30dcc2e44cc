import TangramUnits

/// Ours: a plan of who runs where and in which order, searched for at every event.
///
/// All jobs that are there are put on lists, one for each pool, so that the sum of completion times
/// (or the end of the last) is least; the search moves one job at a time and accepts worse plans
/// with falling temperature. The plan of the last event is where the next search starts. What the
/// plan starts now, runs; devices that are left take jobs that the plan starts later, where stopping
/// them again costs little.
///
/// A plan leaves jobs on the pool where they start. Rules that let them go over to a faster one when it
/// becomes free are played beside it, and the better of the two starts what it starts now.
public struct ReplanningStrategy: SchedulingStrategy {
    /// What is minimised.
    public enum Goal: Hashable, Sendable {
        /// The average completion time.
        case completionTime
        /// The end of the last job.
        case makespan
    }

    /// What tables and plots call it.
    public let name: String
    /// What is minimised.
    public let goal: Goal
    /// Moves that are tried for each job at an event, and at least ten times as many at the first.
    public let movesPerJob: Int
    /// Whether rules are played beside the plan; without them a decision takes less time.
    public let playsRules: Bool
    private var generator: SeededGenerator
    private let search = RolloutSearch(lengths: [0, 0.5, 1])
    /// The last plan: job numbers and options on each pool, in order.
    private var lists: [[(job: Int, option: Int)]] = []

    /// Creates a strategy.
    public init(
        name: String = "tangram", goal: Goal = .completionTime, movesPerJob: Int = 30,
        playsRules: Bool = true, seed: UInt64 = 0
    ) {
        self.name = name
        self.goal = goal
        self.movesPerJob = max(0, movesPerJob)
        self.playsRules = playsRules
        generator = SeededGenerator(seed: seed &+ 0x7A16)
    }

    /// Where the idea is from.
    public var source: String {
        "this repository; Smith's rule (1956), simulated annealing (Kirkpatrick et al., 1983), rollout"
    }
    /// It looks at the work that is left.
    public var knowsWork: Bool { true }
    /// Most jobs that are planned by search; the others wait behind them.
    public static let jobLimit = 2_000

    /// Plans anew.
    public mutating func decide(_ state: ClusterState) -> [Int?] {
        var links: [[PoolShare]] = []
        let options = state.jobs.map { ways($0, state, &links) }
        var plan = startingPlan(state, options, links)
        let count = min(state.jobs.count, Self.jobLimit)
        let isFirst = lists.isEmpty
        // A few jobs are searched as thoroughly as two hundred moves allow.
        let moves =
            movesPerJob == 0 ? 0 : max(200, movesPerJob * count) * (isFirst ? 10 : 1)
        if count > 1, moves > 0 {
            let scale = plan.cost / Double(count)
            // Relative to what one job adds to the sum; found on the traces of Gavel.
            let hot = goal == .makespan ? 0.002 : (isFirst ? max(0.02, 1 / Double(count)) : 0.005)
            var best = plan
            for move in 0..<moves {
                let left = 1 - Double(move) / Double(moves)
                plan.tryMove(
                    options: options, temperature: hot * scale * left * left,
                    generator: &generator)
                if plan.cost < best.cost { best = plan }
            }
            plan = best
        }
        lists = plan.sequences.map { $0.map { (state.jobs[$0.job].index, $0.option) } }
        let planned = execute(plan, state)
        guard goal == .completionTime, playsRules, count > 1 else { return planned }
        return search.choices(state, planned: (planned, plan.cost))
    }

    /// The ways to run a job, with how long each takes from now.
    private func ways(
        _ job: JobState, _ state: ClusterState, _ links: inout [[PoolShare]]
    ) -> [(pool: Int, entry: SequencePlan.Entry)] {
        guard let place = state.position(ofNumber: job.index) else { return [] }
        var ways: [(pool: Int, entry: SequencePlan.Entry)] = []
        for index in job.job.options.indices {
            let option = job.job.options[index]
            guard option.rate > 0, option.fits(state.deviceCounts) else { continue }
            let delay = index == job.option ? 0 : state.switchSeconds(job, to: index)
            var entry = SequencePlan.Entry(
                job: place, option: index, size: option.deviceCount,
                duration: job.remainingWork / option.rate + delay, weight: job.job.weight)
            if !option.others.isEmpty {
                entry.link = links.count
                entry.part = 1 / Double(option.others.count + 1)
                links.append(option.shares)
            }
            ways.append((option.pool, entry))
        }
        return ways
    }

    private func startingPlan(
        _ state: ClusterState, _ options: [[(pool: Int, entry: SequencePlan.Entry)]],
        _ links: [[PoolShare]]
    ) -> SequencePlan {
        var plan = SequencePlan(
            capacities: state.deviceCounts,
            goal: goal == .makespan ? .makespan : .completionTimes, links: links)
        var places: [Int: Int] = [:]
        for (place, job) in state.jobs.enumerated() { places[job.index] = place }
        var isListed = [Bool](repeating: false, count: state.jobs.count)
        for (pool, list) in lists.enumerated() {
            for (number, option) in list {
                guard let place = places[number],
                    let way = options[place].first(where: { $0.entry.option == option })
                else { continue }
                isListed[place] = true
                if let entry = plan.entry(way.entry, of: way.pool, on: pool) {
                    plan.sequences[pool].append(entry)
                }
            }
            plan.evaluate(pool)
        }
        let fresh = state.jobs.indices.filter { !isListed[$0] && !options[$0].isEmpty }
        let shortest = fresh.map { place in
            options[place].reduce(Double.infinity) { min($0, $1.entry.area) }
        }
        // The longest first where the end counts (Graham, 1969), else the shortest.
        let sign = goal == .makespan ? -1.0 : 1.0
        for index in ListStrategy.sorted(shortest.map { sign * $0 }).prefix(Self.jobLimit) {
            plan.insert(options[fresh[index]])
        }
        return plan
    }

    private func execute(_ plan: SequencePlan, _ state: ClusterState) -> [Int?] {
        var choices = [Int?](repeating: nil, count: state.jobs.count)
        var free = state.deviceCounts
        var later: [(start: Double, entry: SequencePlan.Entry)] = []
        // What takes several pools at once goes first: it has to find room in all of them.
        for isJoint in plan.links.isEmpty ? [false] : [true, false] {
            for pool in plan.sequences.indices {
                for (entry, start) in zip(plan.sequences[pool], plan.starts(pool))
                where entry.isJoint == isJoint && !entry.isShadow {
                    let option = state.jobs[entry.job].job.options[entry.option]
                    if start <= 0, option.fits(free) {
                        choices[entry.job] = entry.option
                        option.add(-1, to: &free)
                    } else {
                        later.append((start, entry))
                    }
                }
            }
        }
        let order = ListStrategy.sorted(later.map(\.start))
        // What runs already may stay where it has room; it costs nothing.
        for keepsRunning in [true, false] {
            for index in order {
                let (start, entry) = later[index]
                guard choices[entry.job] == nil else { continue }
                let job = state.jobs[entry.job]
                let fitting = job.job.options.indices.filter { index in
                    let option = job.job.options[index]
                    guard option.rate > 0, option.fits(free) else { return false }
                    if keepsRunning { return index == job.option }
                    // Worth it where the switches take little of the time until its turn.
                    return 10 * state.switchSeconds(job, to: index) <= start
                }
                guard
                    let choice = fitting.max(by: {
                        job.job.options[$0].rate < job.job.options[$1].rate
                    })
                else { continue }
                choices[entry.job] = choice
                job.job.options[choice].add(-1, to: &free)
            }
        }
        return choices
    }
}

extension ClusterState {
    /// Seconds without progress when `job` goes over to an option: saving where it runs, loading
    /// where it goes.
    public func switchSeconds(_ job: JobState, to option: Int) -> Double {
        guard job.hasStarted, job.job.checkpointBytes > 0 else { return 0 }
        let options = job.job.options
        var seconds = job.job.checkpointBytes / storageSpeed(options[option])
        if let old = job.option {
            seconds += job.job.checkpointBytes / storageSpeed(options[old])
        }
        return seconds
    }

    /// Bytes per second that checkpoints move at: of several pools the slowest.
    func storageSpeed(_ option: RunOption) -> Double {
        option.others.reduce(pools[option.pool].storageBytesPerSecond) {
            min($0, pools[$1.pool].storageBytesPerSecond)
        }
    }
}
