public import TangramUnits

/// A job as planned at the speed that an embedder's ``CostTable`` gives.
public struct TablePlacement: Sendable {
    /// What the table says, with the speed of the nodes' health.
    public var option: CostedOption
    /// Tokens per second of training or requests per second of serving, with availability.
    public var rate: Double
    /// When training is done; nil without an end.
    public var duration: Seconds?
    /// What it costs until then.
    public var totalCost: Money?
    /// Whether the deadline is met; nil without one.
    public var meetsDeadline: Bool?
    /// Requests per second that arrive here; nil for training.
    public var load: RequestRate?

    /// Creates a placement.
    public init(
        option: CostedOption, rate: Double, duration: Seconds? = nil, totalCost: Money? = nil,
        meetsDeadline: Bool? = nil, load: RequestRate? = nil
    ) {
        self.option = option
        self.rate = rate
        self.duration = duration
        self.totalCost = totalCost
        self.meetsDeadline = meetsDeadline
        self.load = load
    }
}
