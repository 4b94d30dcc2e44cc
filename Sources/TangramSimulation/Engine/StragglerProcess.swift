import TangramUnits

/// Nodes that run slowly for a while, as a Poisson process of each pool.
///
/// A synchronous job runs at the speed of its slowest node, so a spell slows the job that holds the
/// node until the spell is over or the job leaves.
struct StragglerProcess {
    /// A spell that a job suffers.
    private struct Spell {
        var end: Double
        var number: Int
        /// When the job began to run there: it may have left and come back.
        var heldSince: Double
    }

    private let pools: [SimulatedPool]
    private var generators: [SeededGenerator]
    private var nextOnset: [Double]
    /// By their ends.
    private var spells: [Spell] = []

    init(_ pools: [SimulatedPool], seed: UInt64) {
        self.pools = pools
        generators = pools.indices.map {
            // Apart from the streams of failures; any odd constants would do.
            SeededGenerator(seed: seed &* 0x85EB_CA6B &+ UInt64($0) &* 0xC2B2_AE35 &+ 0x51)
        }
        nextOnset = pools.map { _ in .infinity }
        for pool in pools.indices { schedule(pool, after: 0) }
    }

    var nextSeconds: Double {
        min(nextOnset.min() ?? .infinity, spells.first?.end ?? .infinity)
    }

    private mutating func schedule(_ pool: Int, after now: Double) {
        guard let mean = pools[pool].meanHoursBetweenStragglers else { return }
        let nodes = pools[pool].deviceCount / pools[pool].devicesPerNode
        guard nodes > 0 else { return }
        nextOnset[pool] = now + generators[pool].exponential(mean: mean * 3_600 / Double(nodes))
    }

    /// The next onset that is due, with where in its pool it strikes, 0..<1.
    mutating func popOnset(at now: Double) -> (pool: Int, place: Double)? {
        guard let pool = nextOnset.firstIndex(where: { $0 <= now }) else { return nil }
        schedule(pool, after: nextOnset[pool])
        return (pool, generators[pool].unit())
    }

    /// A job suffers a spell from now on.
    mutating func strike(_ job: JobState, pool: Int, at now: Double) {
        let length = generators[pool].exponential(mean: pools[pool].meanStragglerHours * 3_600)
        let spell = Spell(end: now + length, number: job.index, heldSince: job.heldSince)
        spells.insert(spell, at: spells.firstIndex { $0.end > spell.end } ?? spells.count)
    }

    /// The next spell that is over: the job's number and since when it ran there.
    mutating func popEnd(at now: Double) -> (number: Int, heldSince: Double)? {
        guard let spell = spells.first, spell.end <= now else { return nil }
        spells.removeFirst()
        return (spell.number, spell.heldSince)
    }
}
