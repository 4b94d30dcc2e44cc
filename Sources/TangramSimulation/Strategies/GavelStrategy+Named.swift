import TangramPlacement

extension GavelStrategy {
    /// First in, first out, each job where it is fastest: Gavel's `fifo_perf`.
    public static func fifo(roundSeconds: Double = Self.roundSeconds) -> GavelStrategy {
        GavelStrategy(name: "gavel-fifo", policy: .firstInFirstOut, roundSeconds: roundSeconds)
    }
    /// Max-min fairness of normalised throughput: Gavel's `max_min_fairness_perf`.
    public static func maxMinFairness(roundSeconds: Double = Self.roundSeconds) -> GavelStrategy {
        GavelStrategy(
            name: "gavel-max-min", policy: .timeShared(.maxMinFairness), roundSeconds: roundSeconds)
    }
    /// The same, blind to how fast types are: Gavel's `max_min_fairness`.
    public static func maxMinFairnessBlind(roundSeconds: Double = Self.roundSeconds)
        -> GavelStrategy
    {
        GavelStrategy(
            name: "gavel-max-min-blind", policy: .timeShared(.leastAttained),
            roundSeconds: roundSeconds)
    }
    /// Finish-time fairness: Gavel's `finish_time_fairness_perf`.
    public static func finishTimeFairness(roundSeconds: Double = Self.roundSeconds) -> GavelStrategy
    {
        GavelStrategy(
            name: "gavel-ftf", policy: .timeShared(.finishTimeFairness), roundSeconds: roundSeconds)
    }
    /// Least makespan: Gavel's `min_total_duration_perf`.
    public static func makespan(roundSeconds: Double = Self.roundSeconds) -> GavelStrategy {
        GavelStrategy(
            name: "gavel-makespan", policy: .timeShared(.makespan), roundSeconds: roundSeconds)
    }
    /// Most throughput per cost: Gavel's `max_sum_throughput_normalized_by_cost_perf`.
    ///
    /// - Parameter prices: What a device of each pool costs.
    public static func cost(
        prices: [Double], roundSeconds: Double = Self.roundSeconds
    ) -> GavelStrategy {
        GavelStrategy(
            name: "gavel-cost", policy: .timeShared(.throughput(prices: prices)),
            roundSeconds: roundSeconds)
    }

    /// Ours for the end of the last job: the exact shares of the least makespan, made anew in short
    /// rounds.
    public static func exactMakespan(roundSeconds: Double = 60) -> GavelStrategy {
        GavelStrategy(
            exact: "tangram-makespan", policy: .timeShared(.makespan), roundSeconds: roundSeconds)
    }
}
