/// An amount of memory or traffic, in bytes, where a fraction is meaningful (rates, averages).
///
/// Exact sizes are ``Bytes``.
public struct Traffic: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.bytes
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// A duration in seconds.
public struct Seconds: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.time
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
    /// One hour, 3,600 s.
    public static let hour = Seconds(3_600)
    /// One day, 86,400 s.
    public static let day = Seconds(86_400)
}

/// A number of floating-point (or integer) operations; a multiply-add counts as two.
public struct FLOP: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.flop
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// A rate of operations in FLOP/s.
public struct FLOPRate: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.flopRate
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// A rate of transfer in bytes per second (not bits), in one direction unless said otherwise.
public struct Bandwidth: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.bandwidth
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
    /// `gigabytes` × 10⁹ bytes per second.
    public static func gigabytesPerSecond(_ gigabytes: Double) -> Bandwidth {
        Bandwidth(gigabytes * 1e9)
    }
}

/// Electrical power in watts.
public struct Power: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.power
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// Electrical energy in joules.
public struct Energy: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.energy
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// Money in US dollars.
public struct Money: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.money
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// A rate of spending in US dollars per hour.
public struct MoneyRate: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.moneyRate
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// A number of tokens.
public struct Tokens: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.tokens
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// A rate of tokens per second.
public struct TokenRate: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.tokenRate
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// A rate of requests per second.
public struct RequestRate: Quantity {
    /// The dimension of its unit symbols.
    public static let dimension = Dimension.requestRate
    /// The amount in base units.
    public let value: Double
    /// Creates an amount of `value` base units.
    public init(_ value: Double) { self.value = value }
}

/// The time that `work` takes at `rate`.
public func / (work: FLOP, rate: FLOPRate) -> Seconds { Seconds(work.value / rate.value) }
/// The time that `traffic` takes at `bandwidth`.
public func / (traffic: Traffic, bandwidth: Bandwidth) -> Seconds {
    Seconds(traffic.value / bandwidth.value)
}
/// The rate at which `work` was done in `time`.
public func / (work: FLOP, time: Seconds) -> FLOPRate { FLOPRate(work.value / time.value) }
/// The time that `tokens` take at `rate`.
public func / (tokens: Tokens, rate: TokenRate) -> Seconds { Seconds(tokens.value / rate.value) }
/// The rate at which `tokens` were processed in `time`.
public func / (tokens: Tokens, time: Seconds) -> TokenRate { TokenRate(tokens.value / time.value) }
/// What `power` comes to over `time`.
public func * (power: Power, time: Seconds) -> Energy { Energy(power.value * time.value) }
/// What `rate` comes to over `time`.
public func * (rate: MoneyRate, time: Seconds) -> Money {
    Money(rate.value * time.value / Seconds.hour.value)
}
