import ArgumentParser
import Tangram
import TangramCommandCore

/// A scenario and the workers to plan it with.
struct ScenarioOptions: ParsableArguments {
    @Argument(help: "The scenario, a YAML file.")
    var spec: String

    @OptionGroup var catalogs: CatalogOptions

    /// Reads the scenario; warnings go to standard error.
    func load() throws -> Scenario { try Self.load(spec, catalogs) }

    /// Reads the scenario at a path.
    static func load(_ spec: String, _ catalogs: CatalogOptions) throws -> Scenario {
        do throws(DiagnosticList) {
            let file = try ScenarioFile.load(path: spec, catalogFiles: catalogs.catalog)
            for warning in file.warnings { TextOutput.warn(warning.description) }
            return file.scenario
        } catch {
            throw CommandFailure(error)
        }
    }
}

/// How many threads plan.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Threads; plans do not depend on how many. The default is one per usable CPU.")
    var threads: Int?

    /// The workers.
    func pool() throws -> any WorkerPool {
        do {
            return try HostWorkers.best(threadCount: threads)
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// Schedules `scenario` over its horizon, as ``plan(_:timeLimit:strategy:)`` plans it.
    func schedule(_ scenario: Scenario, timeLimit: Duration? = nil) throws -> Schedule {
        let line = ProgressLine()
        defer { line.finish() }
        Interruption.install()
        do {
            let planner = Planner(workers: try HostWorkers.best(threadCount: threads))
            return try planner.schedule(
                scenario, deadline: timeLimit.map { ContinuousClock.now.advanced(by: $0) },
                isCancelled: { Interruption.isAsked }
            ) { line.update($0) }
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// Shares of time for `scenario`, as ``plan(_:timeLimit:strategy:)`` plans it.
    func timeShared(_ scenario: Scenario, timeLimit: Duration? = nil) throws -> TimeSharedPlan {
        let line = ProgressLine()
        defer { line.finish() }
        Interruption.install()
        do {
            return try Planner(workers: try HostWorkers.best(threadCount: threads)).timeShared(
                scenario, deadline: timeLimit.map { ContinuousClock.now.advanced(by: $0) },
                isCancelled: { Interruption.isAsked }
            ) { line.update($0) }
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// Plans `scenario` and shows progress. Ctrl-C ends the search with the best plan so far, a second
    /// one ends the process.
    func plan(
        _ scenario: Scenario, timeLimit: Duration? = nil, strategy: (any PlacementStrategy)? = nil
    ) throws -> Plan {
        let line = ProgressLine()
        defer { line.finish() }
        Interruption.install()
        do {
            let planner = Planner(
                workers: try HostWorkers.best(threadCount: threads), strategy: strategy)
            return try planner.plan(
                scenario, deadline: timeLimit.map { ContinuousClock.now.advanced(by: $0) },
                isCancelled: { Interruption.isAsked }
            ) { line.update($0) }
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}
