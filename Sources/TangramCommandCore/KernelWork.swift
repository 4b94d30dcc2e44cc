import CKernelCounts
import Tangram

/// What an option of the cost kernel takes of a core.
struct KernelWork {
    /// Operations of an option, on average over its layouts.
    var operations = 0.0
    /// Those in double precision.
    var inDouble = 0.0
    /// Divisions and square roots, which a core starts only once in several cycles.
    var divisions = 0.0
    var roots = 0.0

    /// What a core can do at most, in single precision, per second.
    struct Peak {
        /// Products and sums.
        var operations: Double
        /// Divisions; square roots take about as long.
        var divisions: Double
    }

    /// Operations of single precision that would take as many lanes.
    var laneSlots: Double { operations + inDouble }

    /// Seconds of an option if the core did nothing else at any time: products and sums at their
    /// peak, then divisions and roots at theirs.
    func leastTime(_ peak: Peak) -> Double {
        let slow = divisions + roots
        return (laneSlots - slow) / peak.operations + slow / peak.divisions
    }

    /// Options that are counted; each is built as a graph.
    private static let sampleCount = 64

    /// Counts the operations of some options.
    init(_ benchmark: KernelBenchmark) {
        var count = 0.0
        benchmark.forEachTable(count: Self.sampleCount) { job, option in
            let counts = tangram_count_training(job, option)
            operations += Double(counts.single_count + counts.double_count)
            inDouble += Double(counts.double_count)
            divisions += Double(counts.division_count)
            roots += Double(counts.root_count)
            count += 1
        }
        let each = 1 / max(1, count)
        operations *= each
        inDouble *= each
        divisions *= each
        roots *= each
    }

    /// What a core does at `level`.
    static func peak(_ level: SIMDLevel) -> Peak {
        let lanes: Int32 =
            switch level {
            case .avx512: 16
            case .avx2: 8
            default: 4
            }
        func rate(
            _ work: (Int32, Int64, UnsafeMutablePointer<Float>?) -> Int64
        ) -> Double {
            let rounds: Int64 = 1 << 14
            var sum: Float = 0
            let count = work(lanes, rounds, &sum)
            return Stopwatch.rate(count: Int(count)) {
                _ = work(lanes, rounds, &sum)
                return Double(sum)
            }
        }
        return Peak(
            operations: rate(tangram_peak_operations), divisions: rate(tangram_peak_divisions))
    }
}
