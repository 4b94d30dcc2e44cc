package import TangramWorkers

/// What each job of a scenario could run as, stripped to pools, counts and rates.
package struct ScenarioMenu: Sendable {
    /// Accelerators of one pool.
    package struct Share: Hashable, Sendable {
        /// The pool, by index in the scenario.
        package var poolIndex: Int
        /// How many.
        package var acceleratorCount: Int
        /// Those that must lie together: in a node, or in whole nodes of one domain.
        package var unit: Int
    }

    /// One way to run the job on accelerators of one pool, or of several at once.
    package struct Option: Hashable, Sendable {
        /// The pool, by index in the scenario.
        package var poolIndex: Int
        /// Accelerators of one instance.
        package var acceleratorCount: Int
        /// Those that must lie together: in a node, or in whole nodes of one domain.
        package var unit: Int
        /// Tokens per second of training, requests per second of one replica.
        package var rate: Double
        /// What it takes of further pools.
        package var others: [Share]
    }

    /// The job, by index in the scenario.
    package var jobIndex: Int
    /// Ways to run it; replicas over several pools are left out.
    package var options: [Option]

    /// The menus of all jobs of `scenario`, and how many accelerators of each pool are usable.
    ///
    /// - Throws: ``PlanningError`` where the scenario cannot be planned at all.
    package static func menus(
        of scenario: Scenario, workers: any WorkerPool
    ) throws(PlanningError) -> (menus: [ScenarioMenu], acceleratorCounts: [Int]) {
        try ScenarioCheck.check(scenario)
        let builder = MenuBuilder(scenario)
        var counts = [Int](repeating: 0, count: scenario.cluster.pools.count)
        for part in builder.parts { counts[part.poolIndex] += part.acceleratorCount }
        var menus = scenario.jobs.indices.map { ScenarioMenu(jobIndex: $0, options: []) }
        for menu in try builder.menus(workers: workers, progress: nil).menus {
            for option in menu.options {
                let shares = shares(option, builder.parts)
                guard let first = shares.first else { continue }
                var way = Option(
                    poolIndex: first.poolIndex, acceleratorCount: first.acceleratorCount,
                    unit: first.unit, rate: 0, others: Array(shares.dropFirst()))
                switch option.work {
                case .train(let estimate): way.rate = estimate.throughput.value
                case .serve(let estimate, _):
                    guard shares.count == 1 else { continue }
                    way.acceleratorCount = estimate.acceleratorCount
                    way.unit = estimate.acceleratorCount
                    way.rate = estimate.capacity.value
                case .table(let offer): way.rate = offer.rate
                }
                if !menus[menu.jobIndex].options.contains(way) {
                    menus[menu.jobIndex].options.append(way)
                }
            }
        }
        return (menus, counts)
    }

    /// What an option takes of each pool; parts of a pool in unlike health count together.
    private static func shares(_ option: MenuOption, _ parts: [PoolPart]) -> [Share] {
        option.pools(parts).map { pool in
            let own = option.parts.filter { parts[$0.part].poolIndex == pool }
            return Share(
                poolIndex: pool, acceleratorCount: own.reduce(0) { $0 + $1.acceleratorCount },
                unit: own.reduce(Int.max) { min($0, max(1, $1.unit)) })
        }
    }
}
