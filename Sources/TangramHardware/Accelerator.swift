public import TangramUnits

/// One accelerator as software sees it: its memory, its dense peaks, its ports and its price.
public struct Accelerator: Hashable, Sendable, Identifiable {
    /// The catalogue name, for example `h100-sxm-80gb`.
    public var id: String
    /// Other names for it, for example `h100`.
    public var aliases: [String]
    /// The maker, for example `NVIDIA`.
    public var vendor: String
    /// The product, for example `H100`.
    public var name: String
    /// The variant of the product, for example `SXM5 80GB`.
    public var variant: String
    /// The architecture, which names the ``EfficiencyProfile`` it uses by default.
    public var architecture: String
    /// The year it came out.
    public var year: Int?
    /// What the data sheet calls its memory. The GB of data sheets are GiB, as memory chips are.
    public var memory: Bytes
    /// What software can allocate of it.
    public var usableMemory: Bytes
    /// How ``memory`` and ``usableMemory`` relate, and where the latter was read.
    public var memoryNote: String?
    /// The kind of memory, for example `HBM3`.
    public var memoryType: String?
    /// Peak memory bandwidth.
    public var memoryBandwidth: Bandwidth
    /// Dense peaks (no structured sparsity, 32-bit accumulation where there is a choice).
    public var peaks: [NumberFormat: FLOPRate]
    /// Board power at its limit.
    public var power: Power?
    /// Power with its share of host, network and cooling, where published.
    public var allInPower: Power?
    /// The scale-up port, nil for a card without one.
    public var scaleUp: ScaleUpPort?
    /// The link to the host.
    public var hostLinkID: String?
    /// The bandwidth to the host in one direction.
    public var hostBandwidth: Bandwidth?
    /// The bandwidth of the NIC usually paired with one of these, in one direction.
    public var typicalNICBandwidth: Bandwidth?
    /// How many dies make the package.
    public var dieCount: Int
    /// Published measurements, as text.
    public var measuredNotes: String?
    /// Best measured dense BF16 matrix multiplication.
    public var measuredBF16: FLOPRate?
    /// Rental prices, each with its source.
    public var prices: [Price]
    /// What export rules say about it.
    public var exportNote: String?
    /// How much of its peaks kernels reach.
    public var efficiency: EfficiencyProfile
    /// What a site measured of it, relative to its curves.
    public var calibration = Calibration.none
    /// Where the figures come from.
    public var provenance: Provenance

    /// Creates an accelerator; what is not known is left out.
    public init(
        id: String, aliases: [String] = [], vendor: String, name: String, variant: String = "",
        architecture: String, year: Int? = nil, memory: Bytes, usableMemory: Bytes? = nil,
        memoryNote: String? = nil, memoryType: String? = nil, memoryBandwidth: Bandwidth,
        peaks: [NumberFormat: FLOPRate], power: Power? = nil,
        allInPower: Power? = nil, scaleUp: ScaleUpPort? = nil, hostLinkID: String? = nil,
        hostBandwidth: Bandwidth? = nil, typicalNICBandwidth: Bandwidth? = nil,
        dieCount: Int = 1, measuredNotes: String? = nil, measuredBF16: FLOPRate? = nil,
        prices: [Price] = [], exportNote: String? = nil, efficiency: EfficiencyProfile,
        provenance: Provenance
    ) {
        self.id = id
        self.aliases = aliases
        self.vendor = vendor
        self.name = name
        self.variant = variant
        self.architecture = architecture
        self.year = year
        self.memory = memory
        self.usableMemory = usableMemory ?? memory
        self.memoryNote = memoryNote
        self.memoryType = memoryType
        self.memoryBandwidth = memoryBandwidth
        self.peaks = peaks
        self.power = power
        self.allInPower = allInPower
        self.scaleUp = scaleUp
        self.hostLinkID = hostLinkID
        self.hostBandwidth = hostBandwidth
        self.typicalNICBandwidth = typicalNICBandwidth
        self.dieCount = dieCount
        self.measuredNotes = measuredNotes
        self.measuredBF16 = measuredBF16
        self.prices = prices
        self.exportNote = exportNote
        self.efficiency = efficiency
        self.provenance = provenance
    }
}

/// How an accelerator joins its scale-up domain.
public struct ScaleUpPort: Hashable, Sendable {
    /// The ``Link`` it speaks, for example `nvlink4-nvswitch`.
    public var linkID: String
    /// Bandwidth of all its links together, per accelerator in one direction.
    public var bandwidth: Bandwidth
    /// The most accelerators one domain joins.
    public var domainSize: Int
    /// Whether the port works only where a bridge is fitted (PCIe cards).
    public var needsBridge: Bool

    /// Creates a port.
    public init(linkID: String, bandwidth: Bandwidth, domainSize: Int, needsBridge: Bool = false) {
        self.linkID = linkID
        self.bandwidth = bandwidth
        self.domainSize = domainSize
        self.needsBridge = needsBridge
    }
}

/// A price for one accelerator for one hour, as some market asks it.
public struct Price: Hashable, Sendable {
    /// Which market: `low`, `high`, `hyperscaler`, `neocloud`, `retail`…
    public var market: String
    /// The price of one accelerator for one hour.
    public var rate: MoneyRate
    /// Where and when it was read.
    public var source: String

    /// Creates a price.
    public init(market: String, rate: MoneyRate, source: String) {
        self.market = market
        self.rate = rate
        self.source = source
    }
}

extension Accelerator {
    /// The price the planner takes where a scenario names none: the neocloud price where there is
    /// one, else the retail, hyperscaler, low and high prices in that order.
    public var defaultPrice: Price? {
        for market in ["neocloud", "retail", "hyperscaler", "low", "high"] {
            if let price = prices.first(where: { $0.market == market }) { return price }
        }
        return prices.first
    }
}
