public import TangramUnits

/// Nodes of one shape in one place.
public struct Pool: Hashable, Sendable, Identifiable {
    /// The name, unique in the cluster.
    public var id: String
    /// The site it stands at, by name; nil where the cluster has no sites.
    public var siteID: String?
    /// What the nodes hold.
    public var accelerator: Accelerator
    /// How many nodes.
    public var nodeCount: Int
    /// How many accelerators a node has.
    public var acceleratorsPerNode: Int
    /// How the accelerators of a domain are joined.
    public var scaleUp: ScaleUpDomain
    /// How nodes are joined.
    public var scaleOut: ScaleOutFabric
    /// The node around the accelerators.
    public var host: Host
    /// What one accelerator costs for one hour, whether used or not when owned, else when used.
    public var price: MoneyRate?
    /// Where the price comes from, for people.
    public var priceSource: String?
    /// Fraction of time that a node is up, 0...1.
    public var availability: Double
    /// Nodes that are not as the others: slower, with less memory, or out.
    public var health: [NodeHealth]
    /// What the accelerators may be used for, nil where unrestricted.
    public var licence: Licence?
    /// Tenants that may use the pool; nil where anyone may.
    public var tenants: [String]?
    /// Free labels that policies can name.
    public var labels: [String]
    /// Nodes kept free, of each scale-up domain where a domain spans nodes, else of the pool: so many
    /// may fail and what ran on them goes on.
    public var reservedNodeCount: Int
    /// Whether any one node may fail and every service level still holds: services keep replicas to
    /// spare on other nodes, and where training may run one node is kept free for it.
    public var survivesNodeFailure: Bool

    /// Creates a pool.
    public init(
        id: String, siteID: String? = nil, accelerator: Accelerator, nodeCount: Int,
        acceleratorsPerNode: Int, scaleUp: ScaleUpDomain, scaleOut: ScaleOutFabric,
        host: Host = Host(), price: MoneyRate? = nil, priceSource: String? = nil,
        availability: Double = 1, health: [NodeHealth] = [], licence: Licence? = nil,
        tenants: [String]? = nil, labels: [String] = [], reservedNodeCount: Int = 0,
        survivesNodeFailure: Bool = false
    ) {
        self.id = id
        self.siteID = siteID
        self.accelerator = accelerator
        self.nodeCount = nodeCount
        self.acceleratorsPerNode = acceleratorsPerNode
        self.scaleUp = scaleUp
        self.scaleOut = scaleOut
        self.host = host
        self.price = price
        self.priceSource = priceSource
        self.availability = availability
        self.health = health
        self.licence = licence
        self.tenants = tenants
        self.labels = labels
        self.reservedNodeCount = reservedNodeCount
        self.survivesNodeFailure = survivesNodeFailure
    }

    /// How many accelerators all nodes have.
    public var acceleratorCount: Int { nodeCount * acceleratorsPerNode }
}

/// The accelerators that reach each other without leaving for the scale-out fabric.
public struct ScaleUpDomain: Hashable, Sendable {
    /// The wire of the domain: an NVLink, HCCS, UB… link, or a PCIe path where cards are loose.
    public var link: Link
    /// Bandwidth of one accelerator in one direction, all its wires together.
    public var bandwidth: Bandwidth
    /// How many accelerators one domain joins at that bandwidth; 1 where cards are loose.
    public var size: Int
    /// The path between accelerators of one node that are in different domains (PCIe).
    public var nodeLink: Link

    /// Creates a domain.
    public init(link: Link, bandwidth: Bandwidth, size: Int, nodeLink: Link) {
        self.link = link
        self.bandwidth = bandwidth
        self.size = size
        self.nodeLink = nodeLink
    }

    /// Whether the accelerators have no link of their own.
    public var isLoose: Bool { size <= 1 }
}

/// The network between nodes.
public struct ScaleOutFabric: Hashable, Sendable {
    /// The kind of network.
    public var link: Link
    /// Bandwidth of one NIC in one direction.
    public var nicBandwidth: Bandwidth
    /// NICs of one node.
    public var nicsPerNode: Int
    /// How many separate planes the NICs are spread over.
    public var railCount: Int
    /// How many times more bandwidth enters a leaf switch than leaves it upwards; 1 is full bisection.
    public var oversubscription: Double
    /// Nodes of one leaf switch, by index; nil where all nodes are equally near. Jobs are packed into
    /// as few leaves as can be.
    public var nodesPerLeaf: Int?
    /// Bandwidth between leaves of all jobs together, in one direction; nil where it limits nobody.
    public var uplinkBandwidth: Bandwidth?

    /// Creates a fabric.
    public init(
        link: Link, nicBandwidth: Bandwidth, nicsPerNode: Int, railCount: Int = 1,
        oversubscription: Double = 1, nodesPerLeaf: Int? = nil, uplinkBandwidth: Bandwidth? = nil
    ) {
        self.nodesPerLeaf = nodesPerLeaf
        self.uplinkBandwidth = uplinkBandwidth
        self.link = link
        self.nicBandwidth = nicBandwidth
        self.nicsPerNode = nicsPerNode
        self.railCount = railCount
        self.oversubscription = oversubscription
    }

    /// Bandwidth of a node in one direction, before oversubscription.
    public var nodeBandwidth: Bandwidth { nicBandwidth * Double(nicsPerNode) }
}

/// The computer that accelerators are plugged into.
public struct Host: Hashable, Sendable {
    /// How accelerators reach each other and the NICs.
    public enum PCIeLayout: String, CaseIterable, Hashable, Sendable {
        /// All accelerators under one switch, or under switches of one socket.
        case sameSwitch = "same-switch"
        /// Root ports of one socket.
        case sameSocket = "same-socket"
        /// Accelerators spread over two sockets.
        case acrossSockets = "across-sockets"
        /// Peer-to-peer is off: traffic bounces through host memory.
        case noPeerToPeer = "no-p2p"
    }

    /// Sockets, which are also NUMA nodes unless said otherwise.
    public var socketCount: Int
    /// NUMA nodes.
    public var numaNodeCount: Int
    /// Host memory.
    public var memory: Bytes?
    /// Power of the node without its accelerators.
    public var power: Power?
    /// The PCIe layout.
    public var pcie: PCIeLayout
    /// Accelerators of one PCIe switch, by index; nil where it is not known.
    public var acceleratorsPerSwitch: Int?

    /// Creates a host.
    public init(
        socketCount: Int = 2, numaNodeCount: Int? = nil, memory: Bytes? = nil,
        power: Power? = nil, pcie: PCIeLayout = .sameSocket,
        acceleratorsPerSwitch: Int? = nil
    ) {
        self.acceleratorsPerSwitch = acceleratorsPerSwitch
        self.socketCount = socketCount
        self.numaNodeCount = numaNodeCount ?? socketCount
        self.memory = memory
        self.power = power
        self.pcie = pcie
    }
}

/// Nodes that are not as good as new.
public struct NodeHealth: Hashable, Sendable {
    /// The nodes, by index from 0.
    public var nodes: ClosedRange<Int>
    /// Speed relative to a healthy node, above 0 to 1; 0 for nodes that are out.
    public var speed: Double
    /// Usable memory relative to a healthy accelerator, above 0 to 1.
    public var memory: Double
    /// Why, for people.
    public var reason: String?

    /// Creates a record.
    public init(
        nodes: ClosedRange<Int>, speed: Double = 1, memory: Double = 1, reason: String? = nil
    ) {
        self.nodes = nodes
        self.speed = speed
        self.memory = memory
        self.reason = reason
    }
}

/// What accelerators may be used for, and until when.
public struct Licence: Hashable, Sendable {
    /// A kind of job.
    public enum Use: String, CaseIterable, Hashable, Sendable {
        /// Training, full or fine-tuning.
        case train
        /// Serving.
        case serve
    }

    /// The permitted kinds of job.
    public var uses: Set<Use>
    /// Tenants it was issued for; nil for any.
    public var tenants: [String]?
    /// The last day it is valid; nil where it does not end.
    public var expires: CalendarDate?
    /// What it says, for people.
    public var name: String?
    /// The most accelerators that may be used under it at a time, over all pools that name it; nil
    /// for any number.
    public var acceleratorLimit: Int?

    /// Creates a licence.
    public init(
        uses: Set<Use> = Set(Use.allCases), tenants: [String]? = nil,
        expires: CalendarDate? = nil, name: String? = nil, acceleratorLimit: Int? = nil
    ) {
        self.uses = uses
        self.tenants = tenants
        self.expires = expires
        self.name = name
        self.acceleratorLimit = acceleratorLimit
    }
}
