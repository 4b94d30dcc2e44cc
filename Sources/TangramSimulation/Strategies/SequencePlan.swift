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
        /// Which of ``SequencePlan/links`` it takes, below 0 where it takes one pool.
        var link = -1
        /// Whether it only holds devices of a further pool.
        var isShadow = false
        /// Part of the weight that counts on this list: of several pools each counts alike.
        var part = 1.0

        /// Whether it takes several pools at once.
        var isJoint: Bool { link >= 0 }
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
    /// What entries take that take several pools at once. Such a job stands on the list of each of
    /// them, with devices and time of its own; that it starts on all at once is left to who executes
    /// the plan.
    let links: [[PoolShare]]
    var sequences: [[Entry]]
    private(set) var outcomes: [Outcome]

    init(capacities: [Int], goal: Goal, links: [[PoolShare]] = []) {
        self.capacities = capacities
        self.goal = goal
        self.links = links
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
            result.total += entry.weight * entry.part * (start + entry.duration)
            result.end = max(result.end, start + entry.duration)
        }
        return result
    }

    /// When each entry of a pool starts, in seconds from now.
    func starts(_ pool: Int) -> [Double] {
        var free = FreeTimes(count: capacities[pool])
        return sequences[pool].map { free.take($0.size, for: $0.duration) }
    }

    /// What a job that is led on the list of `home` holds on that of `pool`, nil where nothing.
    func entry(_ entry: Entry, of home: Int, on pool: Int) -> Entry? {
        if pool == home { return entry }
        guard entry.isJoint, let share = links[entry.link].first(where: { $0.pool == pool }) else {
            return nil
        }
        var shadow = entry
        shadow.isShadow = true
        shadow.size = share.deviceCount
        return shadow
    }

    /// Puts what `entry`, led on the list of `home`, holds of further pools on their lists, in order.
    private func addShadows(
        _ entry: Entry, of home: Int, to sequences: inout [[Entry]], _ touched: inout Set<Int>
    ) {
        guard entry.isJoint else { return }
        for share in links[entry.link] where share.pool != home {
            guard let shadow = self.entry(entry, of: home, on: share.pool) else { continue }
            let place =
                sequences[share.pool].firstIndex { $0.area > shadow.area }
                ?? sequences[share.pool].count
            sequences[share.pool].insert(shadow, at: place)
            touched.insert(share.pool)
        }
    }

    /// Puts `entry` on a pool's list where it costs least among a few places.
    mutating func insert(_ choices: [(pool: Int, entry: Entry)]) {
        var best: (cost: Double, lists: [(pool: Int, entries: [Entry], outcome: Outcome)])?
        for (pool, entry) in choices {
            var others = sequences
            var touched: Set<Int> = []
            addShadows(entry, of: pool, to: &others, &touched)
            for place in Self.places(for: entry, in: sequences[pool]) {
                var lists: [(pool: Int, entries: [Entry], outcome: Outcome)] = []
                var trial = sequences[pool]
                trial.insert(entry, at: place)
                lists.append((pool, trial, outcome(trial, pool)))
                for other in touched.sorted() {
                    lists.append((other, others[other], outcome(others[other], other)))
                }
                var changed = outcomes
                for list in lists { changed[list.pool] = list.outcome }
                let cost = cost(of: changed)
                if cost < best?.cost ?? .infinity { best = (cost, lists) }
            }
        }
        guard let best else { return }
        for list in best.lists {
            sequences[list.pool] = list.entries
            outcomes[list.pool] = list.outcome
        }
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
            let old = trial[pool].remove(at: number)
            if old.isJoint {
                for share in links[old.link] {
                    trial[share.pool].removeAll { $0.job == old.job }
                    touched.insert(share.pool)
                }
            }
            let target = trial[way.pool]
            let isInOrder = generator.unit() < 0.5
            let place =
                isInOrder
                ? target.firstIndex { $0.area > way.entry.area } ?? target.count
                : generator.index(below: target.count + 1)
            trial[way.pool].insert(way.entry, at: place)
            touched.insert(pool)
            touched.insert(way.pool)
            addShadows(way.entry, of: way.pool, to: &trial, &touched)
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
