import ArgumentParser
import Foundation
import TangramCommandCore

/// `tangram`: parse arguments, call, render.
@main
struct TangramCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tangram", abstract: "Plan clusters whose accelerators do not match.",
        discussion: """
            Exit codes: 0 done, 1 bad input or no answer, 2 bad arguments, 3 jobs left unplaced \
            (plan --strict).
            """,
        subcommands: [
            PlanCommand.self, ExplainCommand.self, CheckCommand.self, EstimateCommand.self,
            MemoryCommand.self, CatalogCommand.self, ValidateCommand.self,
            CalibrateCommand.self, HostCommand.self,
            BenchmarkCommand.self, BenchCommand.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            for message in failure.messages { TextOutput.warn("error: " + message) }
            Foundation.exit(1)
        } catch {
            end(error)
        }
    }

    /// Ends the process as swift-argument-parser would, but with 2 where arguments are wrong.
    private static func end(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if code.isSuccess {
            try? TextOutput.write(message + "\n")
        } else if !message.isEmpty {
            TextOutput.warn(message)
        }
        Foundation.exit(code == .validationFailure ? 2 : code.rawValue)
    }
}
