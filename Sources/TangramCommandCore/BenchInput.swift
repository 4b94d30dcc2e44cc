package import Tangram

/// What strategies are compared on: pools, what happens to them, and a trace for each seed.
package struct BenchInput: Sendable {
    /// Where jobs come from where there is no trace.
    package enum Drawn: Sendable {
        /// From the jobs of a scenario.
        case scenario(ScenarioWorkload)
        /// Of all kinds, so many, at a load.
        case generated(count: Int, load: Double)
    }

    /// The pools.
    package let pools: [SimulatedPool]
    /// What happens to them.
    package let events: [PoolEvent]
    /// What it is called.
    package let title: String
    private let speeds: [Double]
    private let file: TraceFile?
    private let drawn: Drawn

    /// Creates an input.
    package init(
        pools: [SimulatedPool], events: [PoolEvent], speeds: [Double], title: String,
        file: TraceFile?, drawn: Drawn
    ) {
        self.pools = pools
        self.events = events
        self.speeds = speeds
        self.title = title
        self.file = file
        self.drawn = drawn
    }

    /// Opens the trace of a seed; one on disk is the same for all.
    package func source(_ seed: UInt64) throws -> any JobSource {
        if let file { return try file.open(on: pools, speeds: speeds) }
        switch drawn {
        case .scenario(let workload): return JobList(workload.jobs(seed: seed))
        case .generated(let count, let load):
            return GeneratedTrace(
                deviceCounts: pools.map(\.deviceCount), speeds: speeds, jobCount: count,
                load: load, seed: seed)
        }
    }
}
