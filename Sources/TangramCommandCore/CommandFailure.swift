package import Tangram
import TangramDocument

/// Why a command cannot do what was asked; one message a line.
package struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The messages, in the order to print them.
    package var messages: [String]

    /// Creates a failure with one message.
    package init(_ message: String) { messages = [message] }

    /// Creates a failure with several messages.
    package init(messages: [String]) { self.messages = messages }

    /// Creates a failure of everything that is wrong with a file.
    package init(_ list: DiagnosticList) { messages = list.diagnostics.map(\.description) }

    /// One line each.
    package var description: String { messages.joined(separator: "\n") }

    /// A job that a scenario does not have.
    package static func unknownJob(_ name: String, in scenario: Scenario) -> CommandFailure {
        unknown(
            "job", name, among: scenario.jobs.map(\.id),
            hint: "the scenario has \(scenario.jobs.count) jobs")
    }

    /// `no accelerator "h10" — did you mean "h100"?`.
    static func unknown(
        _ kind: String, _ name: String, among names: [String], hint: String? = nil
    ) -> CommandFailure {
        var message = "no \(kind) \"\(name)\""
        if let near = nearest(to: name, among: names) {
            message += " — did you mean \"\(near)\"?"
        } else if let hint {
            message += " — \(hint)"
        }
        return CommandFailure(message)
    }
}
