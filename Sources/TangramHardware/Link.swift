public import TangramUnits

/// A kind of wire with measured or stated behaviour.
public struct Link: Hashable, Sendable, Identifiable {
    /// What a link joins.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Accelerators of one domain: NVLink, HCCS, UB, xGMI…
        case scaleUp = "scale-up"
        /// Accelerators or NICs with their host.
        case pcie
        /// Sockets and host memory.
        case host
        /// Nodes.
        case scaleOut = "scale-out"
    }

    /// How the devices of a domain are joined.
    public enum Topology: String, CaseIterable, Hashable, Sendable {
        /// Any device reaches any other at full bandwidth.
        case switched
        /// Every pair has a wire of its own; one peer gets only a share of the aggregate.
        case mesh
        /// Two or four cards joined by a bridge.
        case bridge
        /// Traffic passes a PCIe switch or the root complex.
        case hostBridge = "host-bridge"
        /// A network of switches between nodes.
        case fabric
    }

    /// The catalogue name, for example `nvlink4-nvswitch`.
    public var id: String
    /// The name for people.
    public var name: String
    /// What it joins.
    public var kind: Kind
    /// How devices are joined.
    public var topology: Topology
    /// Raw bandwidth of one device in one direction, all its wires together; nil where unknown.
    public var bandwidth: Bandwidth?
    /// What one device can send to one single peer, where that is less than ``bandwidth`` (meshes).
    public var perPeerBandwidth: Bandwidth?
    /// The most devices one domain joins.
    public var domainSize: Int?
    /// Fraction of ``bandwidth`` that each collective reaches as bus bandwidth for large messages;
    /// on a mesh, send-receive is a fraction of ``perPeerBandwidth``.
    ///
    /// A switch that reduces by itself can carry the all-reduce past 1.
    public var efficiency: [Collective: Double]
    /// Fixed time of one operation between two devices.
    public var latency: Seconds
    /// Measured fits, per collective and number of ranks.
    public var fits: [CollectiveFit]
    /// Remarks on its behaviour.
    public var notes: String?
    /// Published measurements, as text.
    public var measuredNotes: String?
    /// Where the figures come from.
    public var provenance: Provenance

    /// Creates a link.
    public init(
        id: String, name: String, kind: Kind, topology: Topology, bandwidth: Bandwidth?,
        perPeerBandwidth: Bandwidth? = nil, domainSize: Int? = nil,
        efficiency: [Collective: Double], latency: Seconds, fits: [CollectiveFit] = [],
        notes: String? = nil, measuredNotes: String? = nil, provenance: Provenance
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.topology = topology
        self.bandwidth = bandwidth
        self.perPeerBandwidth = perPeerBandwidth
        self.domainSize = domainSize
        self.efficiency = efficiency
        self.latency = latency
        self.fits = fits
        self.notes = notes
        self.measuredNotes = measuredNotes
        self.provenance = provenance
    }
}

/// A pattern of communication between ranks.
public enum Collective: String, CaseIterable, Hashable, Sendable {
    /// Every rank ends with the sum of all buffers.
    case allReduce = "all-reduce"
    /// Every rank ends with the concatenation of all shards.
    case allGather = "all-gather"
    /// Every rank ends with its shard of the sum.
    case reduceScatter = "reduce-scatter"
    /// Every rank sends a different shard to every other.
    case allToAll = "all-to-all"
    /// One rank sends, one receives.
    case sendReceive = "send-receive"
}

/// A fit `time = latency + factor × bytes / busBandwidth` to a measured collective.
///
/// `factor` is 2(n−1)/n for all-reduce and (n−1)/n for the others, so that the bandwidth is NCCL's
/// "bus bandwidth" (nccl-tests, doc/PERFORMANCE.md).
public struct CollectiveFit: Hashable, Sendable {
    /// The catalogue name of the accelerator it was measured on.
    public var acceleratorID: String
    /// The collective.
    public var collective: Collective
    /// How many ranks took part.
    public var rankCount: Int
    /// The time of an empty message.
    public var latency: Seconds
    /// The asymptotic bus bandwidth.
    public var busBandwidth: Bandwidth
    /// Median relative error of the fit over the measured sizes.
    public var medianError: Double
    /// Largest relative error of the fit over the measured sizes.
    public var maximumError: Double
    /// What was measured, and with which version.
    public var source: String

    /// Creates a fit.
    public init(
        acceleratorID: String, collective: Collective, rankCount: Int, latency: Seconds,
        busBandwidth: Bandwidth, medianError: Double, maximumError: Double, source: String
    ) {
        self.acceleratorID = acceleratorID
        self.collective = collective
        self.rankCount = rankCount
        self.latency = latency
        self.busBandwidth = busBandwidth
        self.medianError = medianError
        self.maximumError = maximumError
        self.source = source
    }
}
