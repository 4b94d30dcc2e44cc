/// The strategies that come with the library, by name.
public enum StrategyCatalogue {
    /// Their names, in order.
    public static var names: [String] { all(prices: []).map(\.name) }

    /// All of them, those that do not know the work left first.
    ///
    /// - Parameters:
    ///   - prices: What a device of each pool costs, for those that minimise cost.
    ///   - seed: For those that draw.
    ///   - roundSeconds: For those that decide in rounds.
    public static func all(
        prices: [Double], seed: UInt64 = 0, roundSeconds: Double = GavelStrategy.roundSeconds
    ) -> [any SchedulingStrategy] {
        // Sia's own rounds where Gavel's are, longer where those had to be.
        let siaRound = roundSeconds > GavelStrategy.roundSeconds ? roundSeconds : 60
        let paid = prices.map { $0 > 0 ? $0 : 1 }
        return [
            ListStrategy.random(seed: seed), ListStrategy.fifo(),
            ListStrategy.fifo().blind(seed: seed), ListStrategy.firstFit(),
            ListStrategy.bestFit(), ListStrategy.fragmentationGradient(),
            ListStrategy.leastAttained(), ListStrategy.leastAttained().blind(seed: seed),
            GavelStrategy.fifo(roundSeconds: roundSeconds),
            GavelStrategy.maxMinFairness(roundSeconds: roundSeconds),
            GavelStrategy.maxMinFairnessBlind(roundSeconds: roundSeconds),
            GavelStrategy.cost(prices: paid, roundSeconds: roundSeconds),
            SiaStrategy(roundSeconds: siaRound), SiaStrategy(roundSeconds: siaRound).blindToSpeed(),
            GuessingStrategy(RolloutStrategy(), name: "tangram-guess"),
            ListStrategy.themis(), ListStrategy.themis().blind(seed: seed),
            ListStrategy.shortestRemainingTime(),
            ListStrategy.shortestRemainingTime().blind(seed: seed),
            GavelStrategy.finishTimeFairness(roundSeconds: roundSeconds),
            GavelStrategy.finishTimeFairness(roundSeconds: roundSeconds).blindToSpeed(),
            GavelStrategy.makespan(roundSeconds: roundSeconds),
            GavelStrategy.makespan(roundSeconds: roundSeconds).blindToSpeed(),
            GavelStrategy.exactMakespan(roundSeconds: roundSeconds), ReplanningStrategy(seed: seed),
            ReplanningStrategy(seed: seed).blindToSpeed(),
        ]
    }
}
