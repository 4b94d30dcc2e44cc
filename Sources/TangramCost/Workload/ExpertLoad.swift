/// How unevenly tokens are routed to experts, and what is done about it.
///
/// A step waits for the rank whose experts are visited most. With a capacity factor c an expert takes
/// at most c times its even share and drops the rest (Switch Transformer, arXiv 2101.03961, §2.2).
public struct ExpertLoad: Hashable, Sendable {
    /// Visits of the busiest rank's experts over those of the average one; at least 1.
    public var imbalance: Double
    /// The most visits that an expert takes, over its even share; nil where nothing is dropped.
    public var capacity: Double?
    /// Whether experts with fewer visits are padded to the capacity, as kernels of fixed shape need.
    public var isPadded: Bool

    /// Creates a load.
    public init(imbalance: Double = 1, capacity: Double? = nil, isPadded: Bool = false) {
        self.imbalance = imbalance.isFinite ? max(1, imbalance) : 1
        self.capacity = capacity.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        self.isPadded = isPadded
    }

    /// Every expert is visited alike.
    public static let even = ExpertLoad()

    /// What the busiest rank computes, over an even share.
    public var busiest: Double {
        guard let capacity else { return imbalance }
        return isPadded ? capacity : min(imbalance, capacity)
    }

    /// Share of visits that are dropped.
    ///
    /// The imbalance states the largest load only; loads are taken to lie evenly between 0 or
    /// 2 − imbalance and it, with a mean of 1. Of that ramp the part above the capacity is dropped:
    /// (i − c)² ÷ 4(i − 1) up to i = 2, ((i − c) ÷ i)² beyond.
    public var droppedShare: Double {
        guard let capacity, capacity < imbalance else { return 0 }
        // Below the least loaded expert everything above the capacity is dropped.
        if imbalance <= 2, capacity <= 2 - imbalance { return 1 - capacity }
        let over = imbalance - capacity
        return imbalance <= 2
            ? over * over / (4 * (imbalance - 1)) : (over / imbalance) * (over / imbalance)
    }

    /// Visits that are computed, padding too, over those that the router wants, on average.
    public var computedShare: Double {
        if isPadded, let capacity { return capacity }
        return 1 - droppedShare
    }
}
