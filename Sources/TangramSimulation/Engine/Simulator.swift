/// Plays a trace on pools under a strategy.
///
/// Discrete events: arrivals, ends of jobs, pool events, failures and repairs, and steps of service
/// load. Between events nothing changes, so the work done is rate × time. The same input and seed
/// give the same result.
public struct Simulator: Sendable {
    /// When the strategy is asked.
    public enum Timing: Hashable, Sendable {
        /// At every event, but not more often than this many seconds.
        case events(minimumSeconds: Double)
        /// In rounds: each job that is chosen does so many whole units of work as it can do in
        /// `seconds`; the next round starts when the last of them is done with that (Gavel, OSDI
        /// 2020, §5).
        case rounds(seconds: Double)
    }

    /// Choices that are not part of the cluster or the trace.
    public struct Settings: Hashable, Sendable {
        /// When the strategy is asked.
        public var timing: Timing
        /// For failures; the same seed gives the same failures.
        public var seed: UInt64
        /// Spans of the Gantt chart that are kept.
        public var spanLimit: Int
        /// When to stop, in seconds from the start, done or not.
        public var endSeconds: Double

        /// Creates settings.
        public init(
            timing: Timing = .events(minimumSeconds: 0), seed: UInt64 = 0, spanLimit: Int = 0,
            endSeconds: Double = .infinity
        ) {
            self.timing = timing
            self.seed = seed
            self.spanLimit = spanLimit
            self.endSeconds = endSeconds
        }
    }

    /// The pools.
    public let pools: [SimulatedPool]
    /// What happens to them, by time.
    public let events: [PoolEvent]
    /// Choices that are not part of the cluster or the trace.
    public var settings: Settings

    /// Creates a simulator.
    ///
    /// - Throws: ``SimulationError/invalidPool(_:what:)`` where a number makes no sense.
    public init(
        pools: [SimulatedPool], events: [PoolEvent] = [], settings: Settings = Settings()
    ) throws(SimulationError) {
        for pool in pools {
            let numbers = [pool.dollarsPerDeviceHour, pool.wattsPerDevice]
            guard numbers.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
                throw .invalidPool(pool.name, what: "price and power must be finite, at least 0")
            }
            guard pool.storageBytesPerSecond > 0, pool.meanHoursToRepair >= 0,
                pool.meanHoursBetweenFailures ?? 1 > 0,
                pool.meanHoursBetweenStragglers ?? 1 > 0, pool.meanStragglerHours >= 0,
                pool.stragglerSpeed > 0, pool.stragglerSpeed <= 1
            else {
                throw .invalidPool(
                    pool.name,
                    what: "storage speed and hours between failures and between slow nodes must be "
                        + "above 0, the speed of slow ones above 0 and at most 1")
            }
        }
        for event in events {
            guard pools.indices.contains(event.pool) else {
                throw .invalidPool(
                    "\(event.pool)", what: "an event names it, but there are \(pools.count) pools")
            }
            guard event.seconds.isFinite, event.seconds >= 0 else {
                throw .invalidPool(
                    pools[event.pool].name, what: "an event at \(event.seconds) s; give at least 0")
            }
            if case .speed(let speed) = event.change {
                guard speed.isFinite, speed >= 0 else {
                    throw .invalidPool(
                        pools[event.pool].name, what: "speed \(speed); give at least 0")
                }
            }
        }
        self.pools = pools
        self.events = events.sorted { $0.seconds < $1.seconds }
        self.settings = settings
    }

    /// Plays `source` to its end.
    ///
    /// - Parameter progress: Called now and then with the jobs that ended so far.
    /// - Throws: ``SimulationError`` where the trace or the strategy is at fault.
    /// - Complexity: O(events × jobs in the system); memory does not grow with the trace.
    public func run(
        _ source: some JobSource, strategy: some SchedulingStrategy,
        progress: ((Int) -> Void)? = nil
    ) throws(SimulationError) -> SimulationResult {
        var run = SimulationRun(self, source: source, strategy: strategy, progress: progress)
        return try run.play()
    }
}
