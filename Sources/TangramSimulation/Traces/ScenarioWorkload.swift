public import TangramPlacement
import TangramUnits
public import TangramWorkers

/// A scenario as the simulator sees it: pools, services with a load that swings over the day, and a
/// trace of training jobs that is drawn from the scenario's own.
public struct ScenarioWorkload: Sendable {
    /// Choices that a scenario does not make.
    public struct Settings: Hashable, Sendable {
        /// Training jobs that are drawn.
        public var jobCount: Int
        /// Work that arrives, over what all pools could do, 0...1 or more.
        public var load: Double
        /// Median time of a job by its fastest option, in hours.
        public var medianHours: Double
        /// How far the load of services swings about its mean where the scenario does not say, 0...1.
        public var swing: Double
        /// Mean hours from one failure of a node to the next; nil where only the scenario says.
        public var meanHoursBetweenFailures: Double?
        /// Bytes per second that a job's checkpoint is saved and loaded at where the scenario does not
        /// say.
        public var storageBytesPerSecond: Double

        /// Creates settings.
        ///
        /// The defaults are examples, not measurements: give your own.
        public init(
            jobCount: Int = 60, load: Double = 0.9, medianHours: Double = 4, swing: Double = 0.5,
            meanHoursBetweenFailures: Double? = nil, storageBytesPerSecond: Double = 5e9
        ) {
            self.jobCount = jobCount
            self.load = load
            self.medianHours = medianHours
            self.swing = swing
            self.meanHoursBetweenFailures = meanHoursBetweenFailures
            self.storageBytesPerSecond = storageBytesPerSecond
        }
    }

    /// The pools, as in the scenario.
    public let pools: [SimulatedPool]
    /// Ends of licences.
    public let events: [PoolEvent]
    private let services: [SimulatedJob]
    private let templates: [SimulatedJob]
    private let settings: Settings

    /// Costs the jobs of `scenario` on its pools.
    ///
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all.
    public init(
        _ scenario: Scenario, settings: Settings = Settings(),
        workers: any WorkerPool = SerialWorkers()
    ) throws(PlanningError) {
        let (menus, counts) = try ScenarioMenu.menus(of: scenario, workers: workers)
        self.settings = settings
        let clusterPools = scenario.cluster.pools
        pools = zip(clusterPools, counts).map { pool, count in
            scenario.conditions.simulatedPool(pool, deviceCount: count, settings: settings)
        }
        let licences = clusterPools.enumerated().compactMap { index, pool -> PoolEvent? in
            guard let end = pool.licence?.expires, let start = scenario.date else { return nil }
            let days = end.daysSinceEpoch - start.daysSinceEpoch + 1
            return PoolEvent(
                seconds: Double(max(0, days)) * 86_400, pool: index,
                change: .devices(-counts[index]))
        }
        events = licences + scenario.conditions.poolEvents(pools)
        let traffic = scenario.conditions.traffic
        var services: [SimulatedJob] = []
        var templates: [SimulatedJob] = []
        for menu in menus where !menu.options.isEmpty {
            let job = scenario.jobs[menu.jobIndex]
            switch job.work {
            case .train, .reinforce:
                templates.append(Self.template(job, job.training?.deadline, menu, counts))
            case .serve(let demand):
                services.append(
                    SimulatedJob(
                        id: job.id, arrivalSeconds: 0, work: 0,
                        options: Self.replicas(menu, counts), weight: job.weight,
                        // New replicas load the weights, in 16 bits, before they serve.
                        checkpointBytes: Double(job.model.parameterCount) * 2,
                        load: ServiceLoad(
                            meanRate: demand.requestRate.value,
                            swing: traffic?.swing ?? settings.swing,
                            peakSeconds: traffic?.peak.value ?? 43_200,
                            headroom: 1 + (traffic?.headroom ?? 0.1))))
            }
        }
        self.services = services
        self.templates = templates
    }

    /// Whether there is any training job to draw from.
    public var hasTraining: Bool { !templates.isEmpty }

    /// Bytes of a checkpoint for each parameter under mixed precision with Adam: weights in 16 bits,
    /// master weights and two moments in 32 (ZeRO, Rajbhandari et al., 2020, §3.1).
    static let checkpointBytesPerParameter = 14.0

    private static func template(
        _ job: Job, _ deadline: Seconds?, _ menu: ScenarioMenu, _ counts: [Int]
    ) -> SimulatedJob {
        SimulatedJob(
            id: job.id, arrivalSeconds: 0, work: 0,
            options: menu.options.filter { option in
                option.acceleratorCount <= counts[option.poolIndex]
                    && option.others.allSatisfy { $0.acceleratorCount <= counts[$0.poolIndex] }
            }.map {
                RunOption(
                    pool: $0.poolIndex, deviceCount: $0.acceleratorCount, rate: $0.rate,
                    unit: $0.unit,
                    others: $0.others.map {
                        PoolShare(
                            pool: $0.poolIndex, deviceCount: $0.acceleratorCount, unit: $0.unit)
                    })
            }, weight: job.weight, deadlineSeconds: deadline?.value,
            checkpointBytes: Double(job.model.parameterCount) * checkpointBytesPerParameter)
    }

    /// So many replicas of the best kind of each pool as there is room for, in steps of an eighth.
    private static func replicas(_ menu: ScenarioMenu, _ counts: [Int]) -> [RunOption] {
        var best: [Int: ScenarioMenu.Option] = [:]
        for option in menu.options where option.others.isEmpty {
            let rival = best[option.poolIndex]
            let value = option.rate / Double(option.acceleratorCount)
            if value > (rival.map { $0.rate / Double($0.acceleratorCount) } ?? 0) {
                best[option.poolIndex] = option
            }
        }
        var result: [RunOption] = []
        for (pool, option) in best.sorted(by: { $0.key < $1.key }) {
            let most = counts[pool] / option.acceleratorCount
            var count = 1
            while count <= most {
                result.append(
                    RunOption(
                        pool: pool, deviceCount: count * option.acceleratorCount,
                        rate: Double(count) * option.rate, unit: option.acceleratorCount))
                count += max(1, count / 8)
            }
        }
        return result
    }

    /// A trace: arrivals of a Poisson process, times by their fastest option lognormal with a heavy
    /// tail (the Philly trace spans five decades: Jeon et al., USENIX ATC 2019), kinds at random.
    public func jobs(seed: UInt64) -> [SimulatedJob] {
        guard !templates.isEmpty else { return services }
        var generator = SeededGenerator(seed: seed)
        var result = services
        let capacity = Double(max(1, pools.reduce(0) { $0 + $1.deviceCount }))
        var drawn: [(template: SimulatedJob, seconds: Double, devices: Double)] = []
        for _ in 0..<settings.jobCount {
            let template = templates[generator.index(below: templates.count)]
            // A deviation of 1.2 puts a tenth of the jobs above five times the median.
            let factor = exponential(generator.normal(mean: 0, deviation: 1.2))
            let seconds = settings.medianHours * 3_600 * factor
            let fastest = Self.ways(template).max { $0.rate < $1.rate }
            drawn.append((template, seconds, Double(fastest?.totalDeviceCount ?? 1)))
        }
        let demand = drawn.reduce(0) { $0 + $1.seconds * $1.devices }
        let interval = demand / capacity / settings.load / Double(max(1, drawn.count))
        var time = 0.0
        for (index, entry) in drawn.enumerated() {
            result.append(
                SimulatedJob(
                    id: "\(entry.template.id)-\(index + 1)", arrivalSeconds: time,
                    work: entry.seconds * (Self.ways(entry.template).map(\.rate).max() ?? 1),
                    options: entry.template.options,
                    weight: entry.template.weight,
                    deadlineSeconds: entry.template.deadlineSeconds.map { time + $0 },
                    checkpointBytes: entry.template.checkpointBytes))
            time += generator.exponential(mean: interval)
        }
        return result
    }

    /// The options that a job's length goes by: those of one pool where there are any.
    private static func ways(_ template: SimulatedJob) -> [RunOption] {
        (template.rigidOptions.isEmpty ? template.jointOptions : template.rigidOptions).map {
            template.options[$0]
        }
    }
}
