import TangramUnits

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Failures of nodes as a Poisson process of each pool, and their repairs.
///
/// A pool of n nodes that each fail every m hours fails every m ÷ n hours. Each pool has its own
/// stream of random numbers, so that strategies compared by one seed meet the same failures.
struct FailureProcess {
    private let pools: [SimulatedPool]
    private var generators: [SeededGenerator]
    private var nextFailure: [Double]
    private var repairs: [(seconds: Double, pool: Int, node: Int)] = []
    private var lastPool = 0

    init(_ pools: [SimulatedPool], seed: UInt64) {
        self.pools = pools
        generators = pools.indices.map {
            // Spreads seeds and pools apart; any odd constant would do.
            SeededGenerator(seed: seed &* 0x9E37_79B9 &+ UInt64($0) &* 0x1_0000_01B3)
        }
        nextFailure = pools.map { _ in .infinity }
        for pool in pools.indices { scheduleFailure(pool, at: 0) }
    }

    /// When the next failure or repair is.
    var nextSeconds: Double {
        min(nextFailure.min() ?? .infinity, repairs.first?.seconds ?? .infinity)
    }

    private mutating func scheduleFailure(_ pool: Int, at now: Double) {
        guard let mean = pools[pool].meanHoursBetweenFailures else { return }
        let nodes = pools[pool].deviceCount / pools[pool].devicesPerNode
        guard nodes > 0 else { return }
        nextFailure[pool] = now + generators[pool].exponential(mean: mean * 3_600 / Double(nodes))
    }

    /// Takes the next one; a repair says which node it is of.
    mutating func pop() -> (pool: Int, repairedNode: Int?) {
        let next = nextSeconds
        if let repair = repairs.first, repair.seconds <= next {
            repairs.removeFirst()
            return (repair.pool, repair.node)
        }
        let pool = nextFailure.firstIndex { $0 <= next } ?? 0
        lastPool = pool
        scheduleFailure(pool, at: nextFailure[pool])
        return (pool, nil)
    }

    /// Where in its pool the last failure struck, 0..<1.
    mutating func drawVictim() -> Double { generators[lastPool].unit() }

    mutating func scheduleRepair(_ pool: Int, node: Int, at now: Double) {
        let wait = generators[pool].exponential(mean: pools[pool].meanHoursToRepair * 3_600)
        let at = repairs.firstIndex { $0.seconds > now + wait } ?? repairs.count
        repairs.insert((now + wait, pool, node), at: at)
    }
}

/// The cosine, of the C library.
func cosine(_ angle: Double) -> Double { cos(angle) }

/// e to the power of `exponent`, of the C library.
func exponential(_ exponent: Double) -> Double { exp(exponent) }
