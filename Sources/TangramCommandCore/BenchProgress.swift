import Synchronization

/// Runs that are done, on standard error.
package final class BenchProgress: Sendable {
    private let count = Mutex(0)

    /// Starts at nothing.
    package init() {}

    /// One more run is done.
    package func finished(_ strategy: String) {
        count.withLock {
            $0 += 1
            TextOutput.warn("\($0) done: \(strategy)")
        }
    }

    /// Nothing is left to show.
    package func end() {}
}
