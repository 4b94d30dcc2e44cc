import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram plan SPEC`.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Place the jobs of a scenario on its cluster.")

    @OptionGroup var scenario: ScenarioOptions
    @OptionGroup var workers: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "List every job in text, however many there are.")
    var allJobs = false

    @Flag(help: "Exit with 3 where a job was not placed.")
    var strict = false

    func run() throws {
        let scenario = try scenario.load()
        let plan = try workers.plan(scenario)
        let limit = allJobs ? nil : PlanReport.defaultJobLimit
        try output.emit {
            PlanReport(plan, scenario: scenario, jobLimit: limit).text(style: $0)
        } json: {
            PlanJSON.value(plan, scenario: scenario)
        }
        let unplaced = plan.jobs.filter { !$0.isPlaced }
        guard let first = unplaced.first else { return }
        TextOutput.warn(
            "note: \(unplaced.count) of \(plan.jobs.count) jobs not placed; "
                + "tangram explain \(self.scenario.spec) \(first.jobID) says why")
        if strict { throw ExitCode(3) }
    }
}
