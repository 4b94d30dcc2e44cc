import Foundation
import Synchronization

/// Ctrl-C as a wish to stop: the first one is noted, the second ends the process.
package enum Interruption {
    private static let asked = Atomic(false)

    /// Whether Ctrl-C was typed.
    package static var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// Notes Ctrl-C from now on.
    package static func install() {
        signal(SIGINT) { _ in
            Interruption.asked.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
    }
}
