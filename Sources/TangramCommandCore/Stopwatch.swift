/// How often something can be done in a second.
package enum Stopwatch {
    /// The highest rate of several runs, each of at least `seconds`: what the machine can do when
    /// nothing else disturbs it.
    ///
    /// - Parameters:
    ///   - count: How many items one call of `work` does.
    package static func rate(
        count: Int, seconds: Double = 0.2, runs: Int = 5, _ work: () -> Double
    ) -> Double {
        let clock = ContinuousClock()
        var best = 0.0
        for _ in 0..<max(1, runs) {
            let start = clock.now
            var done = 0
            var elapsed = 0.0
            repeat {
                sink = work()
                done += count
                let time = clock.now - start
                elapsed =
                    Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
            } while elapsed < seconds
            best = max(best, Double(done) / elapsed)
        }
        return best
    }

    /// Where results go, so that no work is optimised away.
    nonisolated(unsafe) private static var sink = 0.0
}
