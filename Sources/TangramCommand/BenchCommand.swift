import ArgumentParser
import Tangram
import TangramCommandCore

/// `tangram bench SCENARIO` or `tangram bench --nodes FILE`.
struct BenchCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case csv
        case html
        case svg
    }

    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Play a trace on a cluster under every strategy, side by side.",
        discussion: """
            The cluster is a scenario's, or a list of nodes as CSV (--nodes). Without --trace, training \
            jobs are drawn from those of the scenario by each seed, and its services run with a load \
            that swings over the day; --generate draws pre-training, fine-tuning, reinforcement \
            learning and services instead, as for a list of nodes. A trace of Gavel needs \
            --throughputs and names its device types as the scenario names its pools. Nodes and pods \
            of Alibaba's openb are packed by thousandths of accelerators, as in FGD's experiment.

            Strategies, and where they are from:
            \(StrategyNames.sources)
            """)

    @Argument(help: "The scenario, a YAML file; none where --nodes is given.")
    var spec: String?

    @OptionGroup var catalogs: CatalogOptions
    @OptionGroup var workers: ThreadOptions

    @Option(help: "A list of nodes, CSV with gpu_model and gpu_capacity_num, or model and gpu.")
    var nodes: String?

    @Option(
        help: """
            A trace: of Gavel (.trace), CSV with timestamp, duration and num_gpus, or pods as CSV with \
            gpu_milli.
            """)
    var trace: String?

    @Option(help: "Gavel's throughput table, JSON.")
    var throughputs: String?

    @Flag(help: "Draw jobs of all kinds by each seed instead of the scenario's.")
    var generate = false

    @Option(
        parsing: .upToNextOption,
        help: "Strategies by name, parted by commas or spaces; all of them where none is named.")
    var strategies: [String] = []

    @Option(help: "How many seeds; more than one gives confidence intervals.")
    var seeds = 1

    @Option(help: "Jobs that are drawn (60), or the first so many of a trace (all).")
    var jobs: Int?

    @Option(help: "Work that arrives over what the cluster could do.")
    var load = 0.9

    @Option(help: "Mean hours from one failure of a node to its next; none where not given.")
    var mtbf: Double?

    @Option(help: "What to print; html is a page with charts, svg a picture of them.")
    var format = Format.text

    @OptionGroup var target: OutputTarget

    mutating func validate() throws {
        guard (spec == nil) != (nodes == nil) else {
            throw ValidationError("give either a scenario or a list of nodes by --nodes")
        }
        guard (1...1_000).contains(seeds) else {
            throw ValidationError("--seeds \(seeds): give 1 to 1000")
        }
        if let jobs, !(1...100_000_000).contains(jobs) {
            throw ValidationError("--jobs \(jobs): give 1 to 100000000")
        }
        guard load > 0, load.isFinite else {
            throw ValidationError("--load \(load): give more than 0")
        }
        if let mtbf, !(mtbf > 0) { throw ValidationError("--mtbf \(mtbf): give more than 0") }
        if generate, trace != nil {
            throw ValidationError("--generate draws jobs and --trace reads them; give one of them")
        }
        do {
            strategies = try StrategyNames.parse(strategies)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        do {
            if let nodes, let trace, try PackingFiles.holdsPods(trace) {
                return try pack(nodes: nodes, pods: trace)
            }
            try compare()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    private func compare() throws {
        let pool = try workers.pool()
        let input = try self.input(pool)
        let counter = BenchProgress()
        let comparison = try StrategyComparison(
            pools: input.pools, events: input.events, names: strategies, seeds: seeds,
            workers: pool, source: { try input.source($0) },
            progress: { counter.finished($0) })
        counter.end()
        let report = ComparisonReport(comparison, title: "Strategies on \(input.title)")
        let text =
            switch format {
            case .text: report.text(style: target.style)
            case .json: report.json.text
            case .csv: report.csv
            case .html: report.html
            case .svg: report.svg
            }
        try target.write(text)
    }

    private func input(_ pool: any WorkerPool) throws -> BenchInput {
        let file = try trace.map {
            try TraceFile(path: $0, throughputs: throughputs, limit: jobs ?? .max)
        }
        if let nodes {
            let fleet = try Fleet(path: nodes, catalogue: catalogs.catalogues().hardware)
            // A trace with speeds of its own needs none of the catalogue.
            for name in fleet.unknown where throughputs == nil {
                TextOutput.warn(
                    "\(nodes): no accelerator \"\(name)\" is known; it counts as the slowest")
            }
            return BenchInput(
                pools: fleet.pools.map { withFailures($0) }, events: [], speeds: fleet.speeds,
                title: trace.map { "\($0) on \(nodes)" } ?? nodes, file: file,
                drawn: .generated(count: jobs ?? 60, load: load))
        }
        let scenario = try ScenarioOptions.load(spec ?? "", catalogs)
        let workload = try ScenarioWorkload(
            scenario,
            settings: .init(jobCount: jobs ?? 60, load: load, meanHoursBetweenFailures: mtbf),
            workers: pool)
        return BenchInput(
            pools: workload.pools, events: workload.events,
            speeds: scenario.cluster.pools.map { Fleet.peak($0.accelerator) },
            title: trace.map { "\($0) on \(scenario.name)" } ?? scenario.name, file: file,
            drawn: generate ? .generated(count: jobs ?? 60, load: load) : .scenario(workload))
    }

    private func withFailures(_ pool: SimulatedPool) -> SimulatedPool {
        var pool = pool
        pool.meanHoursBetweenFailures = mtbf
        return pool
    }

    /// FGD's experiment on nodes and pods.
    private func pack(nodes: String, pods: String) throws {
        let experiment = try PackingFiles.experiment(nodes: nodes, pods: pods)
        let policies = PackingPolicy.allCases.filter {
            strategies.isEmpty || strategies.contains($0.rawValue)
        }
        guard !policies.isEmpty else {
            throw CommandFailure(
                "pods are packed by \(PackingPolicy.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        let seeds = seeds
        let results = try workers.pool().mapBlocks(
            count: policies.count * seeds, blockSize: 1
        ) { _, items in
            items.map { experiment.run(policies[$0 / seeds], seed: UInt64($0 % seeds)) }
        }.flatMap { $0 }
        let report = PackingReport(results, title: "\(pods) packed on \(nodes)")
        switch format {
        case .text: try target.write(report.text(style: target.style))
        case .json: try target.write(report.json.text)
        case .csv: try target.write(report.csv)
        case .html, .svg:
            throw CommandFailure("--format \(format.rawValue): packing has text, json and csv")
        }
    }
}
