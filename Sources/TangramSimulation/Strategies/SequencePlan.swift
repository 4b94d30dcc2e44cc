import TangramUnits

/// An order of jobs on every pool, and what it comes to when each job starts as soon as its pool
/// has room for it in that order.
struct SequencePlan {
    /// A job on a pool's list.
    struct Entry: Hashable {
        /// The job, by index in the plan's list of jobs.
        var job: Int
        /// The option it would run by.
        var option: Int
        /// Devices.
        var size: Int
        /// Seconds it would take.
        var duration: Double
        /// How much its completion time counts.
        var weight: Double
    }

    /// What a pool's order comes to.
    struct Outcome: Hashable {
        /// Σ weight × completion time.
        var total = 0.0
        /// When the last job is done.
        var end = 0.0
    }

    /// What is minimised.
    enum Goal: Hashable, Sendable {
        /// The sum of completion times.
        case completionTimes
        /// The end of the last job; completion times where ends are equal.
        case makespan
    }

    let capacities: [Int]
    let goal: Goal
    var sequences: [[Entry]]
    private(set) var outcomes: [Outcome]

    init(capacities: [Int], goal: Goal) {
        self.capacities = capacities
        self.goal = goal
        sequences = capacities.map { _ in [] }
        outcomes = capacities.map { _ in Outcome() }
    }

    /// What all orders come to; lower is better.
    var cost: Double { cost(of: outcomes) }

    private func cost(of outcomes: [Outcome]) -> Double {
        let total = outcomes.reduce(0) { $0 + $1.total }
        switch goal {
        case .completionTimes: return total
        case .makespan:
            // The total only breaks ties: a second of makespan counts as much as all jobs ending a
            // hundredth of it later, spread over the jobs.
            let end = outcomes.reduce(0) { max($0, $1.end) }
            let count = Double(max(1, sequences.reduce(0) { $0 + $1.count }))
            return end + 0.01 * total / count + 0.05 * outcomes.reduce(0) { $0 + $1.end }
        }
    }

    mutating func evaluate(_ pool: Int) { outcomes[pool] = outcome(sequences[pool], pool) }

    /// Jobs start in order, each when as many devices as it needs are free together.
    ///
    /// - Complexity: O(entries × entries) at worst, since times at which devices become free are kept
    ///   in order; O(entries) as a rule.
    private func outcome(_ entries: [Entry], _ pool: Int) -> Outcome {
        var result = Outcome()
        var free = FreeTimes(count: capacities[pool])
        for entry in entries {
            let start = free.take(entry.size, for: entry.duration)
            result.total += entry.weight * (start + entry.duration)
            result.end = max(result.end, start + entry.duration)
        }
        return result
    }

    /// When each entry of a pool starts, in seconds from now.
    func starts(_ pool: Int) -> [Double] {
        var free = FreeTimes(count: capacities[pool])
        return sequences[pool].map { free.take($0.size, for: $0.duration) }
    }

    /// Puts `entry` on a pool's list where it costs least among a few places.
    mutating func insert(_ choices: [(pool: Int, entry: Entry)]) {
        var best: (cost: Double, pool: Int, place: Int, entry: Entry, outcome: Outcome)?
        for (pool, entry) in choices {
            for place in Self.places(for: entry, in: sequences[pool]) {
                var trial = sequences[pool]
                trial.insert(entry, at: place)
                var changed = outcomes
                changed[pool] = outcome(trial, pool)
                let cost = cost(of: changed)
                if cost < best?.cost ?? .infinity {
                    best = (cost, pool, place, entry, changed[pool])
                }
            }
        }
        guard let best else { return }
        sequences[best.pool].insert(best.entry, at: best.place)
        outcomes[best.pool] = best.outcome
    }

    /// In order of area per weight (Smith's rule with gangs), and at the end.
    private static func places(for entry: Entry, in entries: [Entry]) -> [Int] {
        let place = entries.firstIndex { $0.area > entry.area } ?? entries.count
        return place == entries.count ? [place] : [place, entries.count]
    }

    /// One random change: kept where it is better or `temperature` lets it pass.
    mutating func tryMove(
        options: [[(pool: Int, entry: Entry)]], temperature: Double,
        generator: inout SeededGenerator
    ) {
        let total = sequences.reduce(0) { $0 + $1.count }
        guard total > 0 else { return }
        var trial = sequences
        var touched: Set<Int> = []
        // Now and then two jobs move at once: an exchange that no single move leads to.
        let count = generator.unit() < 0.3 ? 2 : 1
        for _ in 0..<count {
            var number = generator.index(below: total)
            var pool = 0
            while number >= trial[pool].count {
                number -= trial[pool].count
                pool += 1
            }
            let ways = options[trial[pool][number].job]
            guard !ways.isEmpty else { return }
            let way = ways[generator.index(below: ways.count)]
            trial[pool].remove(at: number)
            let target = trial[way.pool]
            let isInOrder = generator.unit() < 0.5
            let place =
                isInOrder
                ? target.firstIndex { $0.area > way.entry.area } ?? target.count
                : generator.index(below: target.count + 1)
            trial[way.pool].insert(way.entry, at: place)
            touched.insert(pool)
            touched.insert(way.pool)
        }
        var changed = outcomes
        for pool in touched { changed[pool] = outcome(trial[pool], pool) }
        let gain = cost - cost(of: changed)
        // Metropolis' rule; the coin is thrown always, so that the stream does not depend on gain.
        let luck = generator.unit()
        guard gain > 0 || (temperature > 0 && luck < Self.chance(gain / temperature)) else {
            return
        }
        sequences = trial
        outcomes = changed
    }

    private static func chance(_ exponent: Double) -> Double {
        // e^x by (1 + x/64)^64, exact enough for a coin.
        guard exponent > -60 else { return 0 }
        var base = 1 + exponent / 64
        for _ in 0..<6 { base *= base }
        return base
    }
}

extension SequencePlan.Entry {
    /// Device-seconds per weight.
    var area: Double { duration * Double(size) / weight }
}

/// When the devices of a pool become free, as runs of equal times.
struct FreeTimes {
    private var runs: [(time: Double, count: Int)]

    init(count: Int) { runs = [(0, count)] }

    /// The earliest time at which `size` devices are free together; they are taken for `duration`.
    mutating func take(_ size: Int, for duration: Double) -> Double {
        var need = size
        var start = 0.0
        var used = 0
        while need > 0, used < runs.count {
            start = runs[used].time
            if runs[used].count > need {
                runs[used].count -= need
                need = 0
            } else {
                need -= runs[used].count
                used += 1
            }
        }
        guard need == 0 else { return .infinity }
        runs.removeFirst(used)
        let end = start + duration
        var place = runs.count
        while place > 0, runs[place - 1].time > end { place -= 1 }
        if place > 0, runs[place - 1].time == end {
            runs[place - 1].count += size
        } else {
            runs.insert((end, size), at: place)
        }
        return start
    }
}
