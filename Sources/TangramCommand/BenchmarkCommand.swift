import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram benchmark`.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure on this machine how fast the planner computes.",
        subcommands: [
            BenchmarkKernelCommand.self, BenchmarkSearchCommand.self, BenchmarkSolverCommand.self,
            BenchmarkReplanCommand.self,
        ])
}

/// `tangram benchmark kernel`.
struct BenchmarkKernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel",
        abstract: "How many training options a second the cost kernel costs.",
        discussion: """
            An option is one layout of a job, costed in full: every operator forward and backward, \
            every collective, pipeline, optimizer and memory, nothing shared between options. The \
            ratio is to the same arithmetic one option after the other in double.
            """)

    @OptionGroup var workers: ThreadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = try KernelBenchmarkReport(workers: try workers.pool())
        try output.emit {
            report.text(style: $0)
        } json: {
            report.json
        }
    }
}

/// `tangram benchmark search`.
struct BenchmarkSearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "How fast the layouts of GPT-3 175B on up to 512 A100 are searched on one core.",
        discussion: """
            First the job that Calculon (arXiv 2310.06127) searches in about 30 core-hours, then \
            more numbers of accelerators and more context parallelism, to more layouts than its \
            6.58 million configurations. The space is that of everything the cost model knows, with \
            every micro-batch that divides the batch and every number of virtual stages.
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = try SearchBenchmarkReport()
        try output.emit {
            report.text(style: $0)
        } json: {
            report.json
        }
    }
}

/// `tangram benchmark solver`.
struct BenchmarkSolverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "solver",
        abstract: "How long placements and shares of time take, by size.",
        discussion: """
            Problems are made from a fixed seed. An event is a job that arrives or a node that \
            fails; its ratio is to a solution from scratch. With --highs, the same linear \
            programmes are timed by HiGHS in the same run.
            """)

    @OptionGroup var workers: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "Most items, a power of ten.")
    var largest = 100_000

    @Option(help: ArgumentHelp("libhighs, to time it beside.", valueName: "file"))
    var highs: String?

    func run() throws {
        let benchmark = try SolverBenchmark(
            largest: largest, highs: try highs.map { try HiGHSLibrary(path: $0) },
            workers: try workers.pool())
        let report = SolverBenchmarkReport(benchmark)
        try output.emit {
            _ in
            report.text
        } json: {
            report.json
        }
    }
}

/// `tangram benchmark replan`.
struct BenchmarkReplanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replan",
        abstract: "How long a plan takes after one event, beside a plan from scratch.",
        discussion: """
            Jobs like those of the scenario arrive, nodes fail; after each event the packed plan is \
            in order again, with the reasons of all jobs that changed.
            """)

    @OptionGroup var scenario: ScenarioOptions
    @OptionGroup var workers: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "Arrivals, and as many failures.")
    var events = 10

    func run() throws {
        let benchmark: ReplanBenchmark
        do {
            benchmark = try ReplanBenchmark(
                scenario.load(), count: max(1, min(events, 1_000)), workers: workers.pool())
        } catch let error as PlanningError {
            throw CommandFailure("\(error)")
        }
        try output.emit { _ in
            benchmark.text
        } json: {
            benchmark.json
        }
    }
}
