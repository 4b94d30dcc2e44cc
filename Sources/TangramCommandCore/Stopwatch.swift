import Foundation

/// How often something can be done in a second.
package enum Stopwatch {
    /// What a rate is relative to.
    package enum Basis: Sendable {
        /// Time that this thread computes; other processes do not count.
        case thread
        /// Time on the wall, for work on several threads.
        case wall

        fileprivate var seconds: Double {
            var time = timespec()
            clock_gettime(self == .thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
    }

    /// The highest rate of several runs, each of at least `seconds`: what the machine can do when
    /// little else disturbs it.
    ///
    /// - Parameter count: How many items one call of `work` does.
    package static func rate(
        count: Int, basis: Basis = .thread, seconds: Double = 0.2, runs: Int = 5,
        _ work: () -> Double
    ) -> Double {
        var best = 0.0
        for _ in 0..<max(1, runs) {
            let start = basis.seconds
            var done = 0
            var elapsed = 0.0
            repeat {
                sink = work()
                done += count
                elapsed = basis.seconds - start
            } while elapsed < seconds
            best = max(best, Double(done) / elapsed)
        }
        return best
    }

    /// Seconds that this thread computes in `work`.
    package static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = Basis.thread.seconds
        try work()
        return Basis.thread.seconds - start
    }

    /// Where results go, so that no work is optimised away.
    nonisolated(unsafe) private static var sink = 0.0
}
