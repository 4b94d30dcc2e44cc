import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram explain SPEC JOB`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a job is where it is, or why it is nowhere.")

    @OptionGroup var scenario: ScenarioOptions

    @Argument(help: "The job.")
    var job: String

    @OptionGroup var workers: ThreadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let scenario = try scenario.load()
        guard scenario.jobs.contains(where: { $0.id == job }) else {
            throw CommandFailure.unknownJob(job, in: scenario)
        }
        let plan = try workers.plan(scenario)
        guard let report = ExplainReport(plan, scenario: scenario, jobID: job) else {
            throw CommandFailure.unknownJob(job, in: scenario)
        }
        try output.emit(text: { report.text(style: $0) }, json: { report.json })
    }
}
