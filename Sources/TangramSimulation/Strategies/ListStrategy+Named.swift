extension ListStrategy {
    /// In order of arrival without overtaking, each where it is fastest.
    public static func fifo() -> ListStrategy {
        ListStrategy(
            name: "fifo", source: "first in, first out; types by speed as Gavel's fifo_perf",
            order: .arrival, fit: .fastest, preempts: false, overtakes: false)
    }
    /// In order of arrival, each on the first pool with room.
    public static func firstFit() -> ListStrategy {
        ListStrategy(
            name: "first-fit", source: "Johnson, Near-optimal bin packing algorithms, MIT 1973",
            order: .arrival, fit: .first, preempts: false, overtakes: true)
    }
    /// In order of arrival, each on the pool with the least room that is enough.
    public static func bestFit() -> ListStrategy {
        ListStrategy(
            name: "best-fit", source: "Johnson, Near-optimal bin packing algorithms, MIT 1973",
            order: .arrival, fit: .best, preempts: false, overtakes: true)
    }
    /// In order of arrival, each where it makes the least room useless to others.
    public static func fragmentationGradient() -> ListStrategy {
        ListStrategy(
            name: "fgd", source: "Weng et al., Beware of Fragmentation, USENIX ATC 2023",
            order: .arrival, fit: .leastFragmentation, preempts: false, overtakes: true)
    }
    /// The shortest remaining time first, each where it is fastest.
    public static func shortestRemainingTime() -> ListStrategy {
        ListStrategy(
            name: "srtf", source: "Schrage, A proof of the optimality of SRPT, Oper. Res. 1968",
            order: .shortestRemaining, fit: .fastest, preempts: true, overtakes: true)
    }
    /// Two queues by attained service, first in first out within each.
    public static func leastAttained() -> ListStrategy {
        // Tiresias leaves the limit to who runs the cluster; an hour of one device is an example.
        ListStrategy(
            name: "las", source: "Gu et al., Tiresias, NSDI 2019",
            order: .leastAttained(queueLimits: [3_600]), fit: .fastest, preempts: true,
            overtakes: true)
    }
    /// The job with the worst finish-time fairness first.
    public static func themis() -> ListStrategy {
        ListStrategy(
            name: "themis", source: "Mahajan et al., Themis, NSDI 2020 (greedy, no auction)",
            order: .worstFairnessRatio, fit: .fastest, preempts: true, overtakes: true)
    }
    /// Any job anywhere.
    public static func random(seed: UInt64) -> ListStrategy {
        ListStrategy(
            name: "random", source: "uniform choice", order: .random, fit: .random,
            preempts: false, overtakes: true, seed: seed)
    }
    /// The same order, but blind to which type is faster.
    public func blind(seed: UInt64) -> ListStrategy {
        ListStrategy(
            name: name + "-blind", source: source + "; types at random", order: order,
            fit: .random, preempts: preempts, overtakes: overtakes, seed: seed)
    }
}
