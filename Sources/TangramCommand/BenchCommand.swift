import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram bench SCENARIO`.
struct BenchCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case csv
        case html
    }

    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Play a trace on a scenario's cluster under every strategy, side by side.",
        discussion: """
            Without --trace, training jobs are drawn from those of the scenario by each seed, and \
            its services run with a load that swings over the day. A trace of Gavel needs \
            --throughputs and names its device types as the scenario names its pools.
            """)

    @OptionGroup var scenario: ScenarioOptions
    @OptionGroup var workers: ThreadOptions

    @Option(help: "A trace: of Gavel (.trace), or CSV with timestamp, duration and num_gpus.")
    var trace: String?

    @Option(help: "Gavel's throughput table, JSON.")
    var throughputs: String?

    @Option(
        parsing: .upToNextOption,
        help: "Strategies by name; all of them where none is named.")
    var strategies: [String] = []

    @Option(help: "How many seeds; more than one gives confidence intervals.")
    var seeds = 1

    @Option(help: "Training jobs that are drawn, or read of a trace.")
    var jobs = 60

    @Option(help: "Work that arrives over what the cluster could do.")
    var load = 0.9

    @Option(help: "Mean hours from one failure of a node to its next; none where not given.")
    var mtbf: Double?

    @Option(help: "What to print; html is a page with charts.")
    var format = Format.text

    @OptionGroup var target: OutputTarget

    func validate() throws {
        guard (1...1_000).contains(seeds) else {
            throw ValidationError("--seeds \(seeds): give 1 to 1000")
        }
        guard (1...1_000_000).contains(jobs) else {
            throw ValidationError("--jobs \(jobs): give 1 to 1000000")
        }
        guard load > 0, load.isFinite else {
            throw ValidationError("--load \(load): give more than 0")
        }
        if let mtbf, !(mtbf > 0) { throw ValidationError("--mtbf \(mtbf): give more than 0") }
        let known = StrategyCatalogue.all(prices: []).map(\.name)
        if let unknown = strategies.first(where: { !known.contains($0) }) {
            throw ValidationError(
                "--strategies \(unknown): there are \(known.joined(separator: ", "))")
        }
    }

    func run() throws {
        let scenario = try scenario.load()
        let pool = try workers.pool()
        let counter = BenchProgress()
        let comparison: StrategyComparison
        do {
            let workload = try ScenarioWorkload(
                scenario,
                settings: .init(jobCount: jobs, load: load, meanHoursBetweenFailures: mtbf),
                workers: pool)
            let fixed = try trace.map {
                try TraceFile(path: $0, throughputs: throughputs, limit: jobs)
                    .jobs(on: workload.pools, cluster: scenario.cluster)
            }
            comparison = try StrategyComparison(
                pools: workload.pools, events: workload.events, names: strategies, seeds: seeds,
                workers: pool, jobs: { fixed ?? workload.jobs(seed: $0) },
                progress: { counter.finished($0) })
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(error)")
        }
        counter.end()
        let name = trace.map { "\($0) on \(scenario.name)" } ?? scenario.name
        let report = ComparisonReport(comparison, title: "Strategies on \(name)")
        let text =
            switch format {
            case .text: report.text(style: target.style)
            case .json: report.json.text
            case .csv: report.csv
            case .html: report.html
            }
        try target.write(text)
    }
}
