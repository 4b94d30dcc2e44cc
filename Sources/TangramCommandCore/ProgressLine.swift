import Foundation
import Synchronization
package import Tangram

/// One line on standard error that says how far the planner is; nothing where that is no terminal,
/// and nothing in the first second.
package final class ProgressLine: Sendable {
    /// Nothing is shown before this much time.
    static let delay = Duration.seconds(1)
    /// The line is not written more often than this.
    static let interval = Duration.milliseconds(100)

    private struct State {
        var next: ContinuousClock.Instant
        var isShown = false
    }

    private let isTerminal: Bool
    private let state: Mutex<State>

    /// Creates a line and starts its clock.
    package init() {
        isTerminal = isatty(2) == 1
        state = Mutex(State(next: .now + Self.delay))
    }

    /// Shows `progress`; may be called from any thread.
    package func update(_ progress: Planner.Progress) {
        guard isTerminal else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            guard now >= state.next else { return }
            state.next = now + Self.interval
            state.isShown = true
            let share = Int((min(1, max(0, progress.fraction)) * 100).rounded())
            TextOutput.report("\r\u{1B}[K\(progress.stage) \(share) %")
        }
    }

    /// Removes the line.
    package func finish() {
        guard isTerminal else { return }
        state.withLock { state in
            if state.isShown { TextOutput.report("\r\u{1B}[K") }
            state.isShown = false
        }
    }
}
