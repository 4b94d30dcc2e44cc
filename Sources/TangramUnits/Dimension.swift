/// What a unit measures, with the unit symbols that people may write for it.
public enum Dimension: String, CaseIterable, Sendable {
    /// Memory or traffic; base unit B.
    case bytes
    /// Transfer rate; base unit B/s.
    case bandwidth
    /// Duration; base unit s.
    case time
    /// Work; base unit FLOP.
    case flop
    /// Work rate; base unit FLOP/s.
    case flopRate
    /// Electrical power; base unit W.
    case power
    /// Electrical energy; base unit J.
    case energy
    /// Money; base unit USD.
    case money
    /// Spending rate; base unit USD/h.
    case moneyRate
    /// Tokens; base unit tok.
    case tokens
    /// Token rate; base unit tok/s.
    case tokenRate
    /// Request rate; base unit req/s.
    case requestRate

    /// What this is, for messages: "a bandwidth".
    public var name: String {
        switch self {
        case .bytes: "an amount of memory"
        case .bandwidth: "a bandwidth"
        case .time: "a duration"
        case .flop: "an amount of work"
        case .flopRate: "a rate of work"
        case .power: "a power"
        case .energy: "an amount of energy"
        case .money: "an amount of money"
        case .moneyRate: "a price per hour"
        case .tokens: "a number of tokens"
        case .tokenRate: "a token rate"
        case .requestRate: "a request rate"
        }
    }

    /// A value that is written right, for messages: "400 Gb/s".
    public var example: String {
        switch self {
        case .bytes: "80 GiB"
        case .bandwidth: "400 Gb/s or 50 GB/s"
        case .time: "50 ms or 30 d"
        case .flop: "2.5 EFLOP"
        case .flopRate: "989 TFLOP/s"
        case .power: "700 W"
        case .energy: "3.5 MWh"
        case .money: "2000 USD"
        case .moneyRate: "2.50 USD/h"
        case .tokens: "14.8 Ttok"
        case .tokenRate: "120 ktok/s"
        case .requestRate: "25 req/s"
        }
    }

    /// Unit symbols and how many base units each is.
    ///
    /// Decimal prefixes are powers of 1000 and binary ones (Ki, Mi, Gi, Ti, Pi) powers of 1024
    /// (IEC 80000-13). A lower-case b is a bit, an upper-case B a byte.
    public var units: [(symbol: String, factor: Double)] {
        switch self {
        case .bytes:
            Self.decimal("B", to: "P") + Self.binary("B")
        case .bandwidth:
            Self.decimal("B/s", to: "P") + Self.binary("B/s")
                + Self.decimal("b/s", to: "P").map { ($0.symbol, $0.factor / 8) }
        case .time:
            [
                ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60),
                ("h", 3_600), ("d", 86_400), ("weeks", 604_800),
            ]
        case .flop: Self.decimal("FLOP", to: "Y")
        case .flopRate:
            Self.decimal("FLOP/s", to: "Y") + Self.decimal("OP/s", to: "E")
        case .power: Self.decimal("W", to: "G")
        case .energy:
            Self.decimal("J", to: "P")
                + Self.decimal("Wh", to: "T").map { ($0.symbol, $0.factor * 3_600) }
        case .money: [("USD", 1), ("kUSD", 1e3), ("MUSD", 1e6)]
        case .moneyRate: [("USD/h", 1), ("USD/d", 1 / 24.0), ("kUSD/h", 1e3)]
        case .tokens: Self.decimal("tok", to: "P")
        case .tokenRate:
            Self.decimal("tok/s", to: "T")
                + [("tok/min", 1 / 60.0), ("tok/d", 1 / 86_400.0)]
        case .requestRate:
            [("req/s", 1), ("kreq/s", 1e3), ("req/min", 1 / 60.0), ("req/h", 1 / 3_600.0)]
        }
    }

    private static let prefixes: [(String, Double)] = [
        ("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18),
        ("Z", 1e21), ("Y", 1e24),
    ]

    private static func decimal(
        _ unit: String, to: String
    ) -> [(symbol: String, factor: Double)] {
        let last = prefixes.firstIndex { $0.0 == to } ?? 0
        return prefixes[...last].map { ($0.0 + unit, $0.1) }
    }

    private static func binary(_ unit: String) -> [(symbol: String, factor: Double)] {
        [
            ("Ki" + unit, 0x1p10), ("Mi" + unit, 0x1p20), ("Gi" + unit, 0x1p30),
            ("Ti" + unit, 0x1p40), ("Pi" + unit, 0x1p50),
        ]
    }

    /// `value` base units in the unit that keeps the number readable, for people.
    public func format(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let scale: [(String, Double)]
        switch self {
        case .time:
            scale = [
                ("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("h", 3_600),
                ("d", 86_400),
            ]
        case .money, .moneyRate, .requestRate:
            let symbol = units[0].symbol
            return formatNumber(value, digits: 4) + " " + symbol
        case .energy:
            scale = [
                ("mJ", 1e-3), ("J", 1), ("kJ", 1e3), ("MJ", 1e6), ("MWh", 3.6e9), ("GWh", 3.6e12),
            ]
        case .bytes: scale = Self.decimal("B", to: "P")
        case .bandwidth: scale = Self.decimal("B/s", to: "P")
        case .flopRate: scale = Self.decimal("FLOP/s", to: "Y")
        case .tokenRate: scale = Self.decimal("tok/s", to: "T")
        default: scale = units
        }
        let chosen = scale.last { abs(value) >= $0.1 } ?? scale[0]
        let fallback = scale.first { $0.1 == 1 } ?? scale[0]
        let unit = value == 0 ? fallback : chosen
        return formatNumber(value / unit.1, digits: 3) + " " + unit.0
    }
}
