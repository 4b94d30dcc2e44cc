import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram plan SPEC`.
struct PlanCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case svg
    }

    enum Strategy: String, ExpressibleByArgument, CaseIterable {
        case tangram
        case firstFit = "first-fit"
        case densestFirst = "densest-first"

        var strategy: (any PlacementStrategy)? {
            switch self {
            case .tangram: nil
            case .firstFit: FirstFit()
            case .densestFirst: DensestFirst()
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Place the jobs of a scenario on its cluster.")

    @OptionGroup var scenario: ScenarioOptions
    @OptionGroup var workers: ThreadOptions

    @Option(help: "What to print; svg is a picture.")
    var format = Format.text

    @OptionGroup var target: OutputTarget

    @Option(
        help: ArgumentHelp(
            "Return the best plan found after so long, with its bound; like 10s or 500ms.",
            valueName: "time"))
    var timeLimit: TimeLimit?

    @Option(help: "Who chooses; all but tangram are for comparison, judged by the same bound.")
    var strategy = Strategy.tangram

    @Flag(help: "List every job in text, however many there are.")
    var allJobs = false

    @Flag(help: "Exit with 3 where a job was not placed.")
    var strict = false

    func run() throws {
        let scenario = try scenario.load()
        if scenario.objective.allocation == .timeShared { return try timeShared(scenario) }
        if scenario.horizon != nil { return try schedule(scenario) }
        let plan = try workers.plan(
            scenario, timeLimit: timeLimit?.duration, strategy: strategy.strategy)
        let limit = allJobs ? nil : PlanReport.defaultJobLimit
        let text =
            switch format {
            case .text:
                PlanReport(plan, scenario: scenario, jobLimit: limit).text(style: target.style)
            case .json: PlanJSON.text(plan, scenario: scenario)
            case .svg: PlanPicture(plan, scenario: scenario).svg
            }
        try target.write(text)
        let unplaced = plan.jobs.filter { !$0.isPlaced }
        guard let first = unplaced.first else { return }
        TextOutput.warn(
            "note: \(unplaced.count) of \(plan.jobs.count) jobs not placed; "
                + "tangram explain \(self.scenario.spec) \(first.jobID) says why")
        if strict { throw ExitCode(3) }
    }

    /// What a scenario with a horizon gets in place of a plan.
    private func schedule(_ scenario: Scenario) throws {
        let schedule = try workers.schedule(scenario, timeLimit: timeLimit?.duration)
        let text =
            switch format {
            case .text: ScheduleReport(schedule).text(style: target.style)
            case .json: ScheduleJSON.value(schedule).text
            case .svg: SchedulePicture(schedule).svg
            }
        try target.write(text)
        guard let first = schedule.omissions.first else { return }
        TextOutput.warn(
            "note: \(schedule.omissions.count) jobs are not in the schedule; "
                + "\(first.jobID): \(first.reason)")
        if strict { throw ExitCode(3) }
    }

    /// What a scenario with shares of time gets in place of a plan.
    private func timeShared(_ scenario: Scenario) throws {
        let plan = try workers.timeShared(scenario, timeLimit: timeLimit?.duration)
        switch format {
        case .text: try target.write(TimeSharedReport(plan).text(style: target.style))
        case .json: try target.write(TimeSharedReport(plan).json.text)
        case .svg:
            throw CommandFailure("shares of time have no picture; use --format text or json")
        }
        if strict && !plan.omissions.isEmpty { throw ExitCode(3) }
    }
}
