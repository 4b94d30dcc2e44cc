public import TangramWorkers

/// Strategies side by side on the same traces.
public struct StrategyComparison: Sendable {
    /// One strategy over all seeds.
    public struct Row: Sendable {
        /// The strategy.
        public var strategy: String
        /// The paper that it is from.
        public var source: String
        /// Whether it knew how much work jobs had left.
        public var knowsWork: Bool
        /// One result for each seed; fewer where it failed.
        public var results: [SimulationResult]
        /// Why it failed, if it did.
        public var failure: String?

        /// Mean over seeds with half of the 95 % confidence interval, nil where there is no result.
        public func estimate(_ value: (SimulationResult) -> Double) -> (mean: Double, half: Double)?
        {
            guard !results.isEmpty else { return nil }
            let values = results.map(value)
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            guard values.count > 1 else { return (mean, 0) }
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
            return (mean, Self.student(values.count - 1) * (variance / count).squareRoot())
        }

        /// Student's t at 95 %, two-sided, for so many degrees of freedom (any table of it).
        private static func student(_ freedom: Int) -> Double {
            let table = [
                12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179,
                2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
            ]
            return freedom <= table.count
                ? table[max(1, freedom) - 1] : 1.96 + 2.5 / Double(freedom)
        }
    }

    /// One row for each strategy, in order.
    public let rows: [Row]
    /// Names of the pools.
    public let poolNames: [String]
    /// Devices of each pool.
    public let deviceCounts: [Int]

    /// Plays the trace of every seed under every strategy.
    ///
    /// - Parameters:
    ///   - names: Strategies by name; all where empty.
    ///   - source: Opens the trace of a seed; called once for each run, so that no run holds more than
    ///     the jobs that are there.
    ///   - progress: Called after each run with the strategy's name.
    /// - Throws: ``SimulationError`` where a pool or the trace makes no sense. A strategy that fails is a
    ///   row with the reason.
    public init(
        pools: [SimulatedPool], events: [PoolEvent] = [], names: [String] = [], seeds: Int = 1,
        workers: any WorkerPool = SerialWorkers(),
        source: @Sendable (UInt64) throws -> any JobSource,
        progress: @Sendable (String) -> Void = { _ in }
    ) throws(SimulationError) {
        let prices = pools.map(\.dollarsPerDeviceHour)
        let wanted = StrategyCatalogue.all(prices: prices).enumerated().filter {
            names.isEmpty || names.contains($0.element.name)
        }.map(\.offset)
        let base = try Simulator(pools: pools, events: events)
        let seedCount = max(1, seeds)
        let round = try Self.roundSeconds(source, pools)
        let runs = workers.mapBlocks(count: wanted.count * seedCount, blockSize: 1) { _, items in
            items.map { item -> Result<SimulationResult, SimulationError> in
                let seed = UInt64(item % seedCount)
                let strategy =
                    StrategyCatalogue.all(
                        prices: prices, seed: seed, roundSeconds: round)[wanted[item / seedCount]]
                defer { progress(strategy.name) }
                do {
                    return Self.play(base, strategy, try source(seed), seed: seed)
                } catch {
                    return .failure(.source("\(error)"))
                }
            }
        }.flatMap { $0 }
        let named = StrategyCatalogue.all(prices: prices)
        rows = wanted.enumerated().map { position, index in
            let own = runs[position * seedCount..<(position + 1) * seedCount]
            var row = Row(
                strategy: named[index].name, source: named[index].source,
                knowsWork: named[index].knowsWork, results: [])
            for run in own {
                switch run {
                case .success(let result): row.results.append(result)
                case .failure(let error): row.failure = "\(error)"
                }
            }
            return row
        }
        poolNames = pools.map(\.name)
        deviceCounts = pools.map(\.deviceCount)
    }

    /// The same with traces that are in memory.
    public init(
        pools: [SimulatedPool], events: [PoolEvent] = [], names: [String] = [], seeds: Int = 1,
        workers: any WorkerPool = SerialWorkers(),
        jobs: @Sendable (UInt64) -> [SimulatedJob],
        progress: @Sendable (String) -> Void = { _ in }
    ) throws(SimulationError) {
        try self.init(
            pools: pools, events: events, names: names, seeds: seeds, workers: workers,
            source: { JobList(jobs($0)) }, progress: progress)
    }

    /// Jobs that are looked at for the length of rounds.
    private static let sampleSize = 1_000

    /// Gavel's rounds, or ten times what the slowest of the first jobs takes to be saved and loaded.
    private static func roundSeconds(
        _ source: @Sendable (UInt64) throws -> any JobSource, _ pools: [SimulatedPool]
    ) throws(SimulationError) -> Double {
        var bytes = 0.0
        do {
            var jobs = try source(0)
            for _ in 0..<sampleSize {
                guard let job = try jobs.next() else { break }
                if job.load == nil { bytes = max(bytes, job.checkpointBytes) }
            }
        } catch {
            throw .source("\(error)")
        }
        let speed = pools.reduce(Double.infinity) { min($0, $1.storageBytesPerSecond) }
        return max(GavelStrategy.roundSeconds, 20 * bytes / speed)
    }

    private static func play(
        _ base: Simulator, _ strategy: some SchedulingStrategy, _ jobs: some JobSource, seed: UInt64
    ) -> Result<SimulationResult, SimulationError> {
        var simulator = base
        simulator.settings.seed = seed
        simulator.settings.spanLimit = seed == 0 ? 4_000 : 0
        if let round = strategy.roundSeconds { simulator.settings.timing = .rounds(seconds: round) }
        do throws(SimulationError) {
            return .success(try simulator.run(jobs, strategy: strategy))
        } catch {
            return .failure(error)
        }
    }
}
