package import TangramWorkers

/// What each job of a scenario could run as, stripped to pools, counts and rates.
package struct ScenarioMenu: Sendable {
    /// One way to run the job on accelerators of one pool.
    package struct Option: Hashable, Sendable {
        /// The pool, by index in the scenario.
        package var poolIndex: Int
        /// Accelerators of one instance.
        package var acceleratorCount: Int
        /// Tokens per second of training, requests per second of one replica.
        package var rate: Double
    }

    /// The job, by index in the scenario.
    package var jobIndex: Int
    /// Ways to run it on one pool; ways over several are left out.
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
                let pools = Set(option.parts.map { builder.parts[$0.part].poolIndex })
                guard pools.count == 1, let pool = pools.first else { continue }
                let way: Option
                switch option.work {
                case .train(let estimate):
                    way = Option(
                        poolIndex: pool, acceleratorCount: option.acceleratorCount,
                        rate: estimate.throughput.value)
                case .serve(let estimate, _):
                    way = Option(
                        poolIndex: pool, acceleratorCount: estimate.acceleratorCount,
                        rate: estimate.capacity.value)
                case .table(let offer):
                    way = Option(
                        poolIndex: pool, acceleratorCount: option.acceleratorCount,
                        rate: offer.rate)
                }
                if !menus[menu.jobIndex].options.contains(way) {
                    menus[menu.jobIndex].options.append(way)
                }
            }
        }
        return (menus, counts)
    }
}
