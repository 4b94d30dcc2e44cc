import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram host`.
struct HostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Say what this machine has and how the planner uses it.")

    @OptionGroup var workers: ThreadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = HostReport.current(threadCount: workers.threads)
        try output.emit { style in
            var facts = FactList(title: "This machine")
            for row in report.rows { facts.add(row.label, row.value) }
            return facts.text(notes: report.notes, style: style)
        } json: {
            .members([
                "tangramHostVersion": 1,
                "facts": .array(
                    report.rows.map {
                        .members(["label": .string($0.label), "value": .string($0.value)])
                    }),
                "notes": .array(report.notes.map { .string($0) }),
            ])
        }
        if !report.problems.isEmpty {
            throw CommandFailure(messages: report.problems.map(\.description))
        }
    }
}
