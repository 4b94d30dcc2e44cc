public import TangramHardware
public import TangramUnits

/// Accelerators of one kind, one health and one network: what an estimate is made for.
///
/// A pool whose nodes differ in health gives several groups, best first.
public struct DeviceGroup: Hashable, Sendable {
    /// The accelerator.
    public var accelerator: Accelerator
    /// Accelerators of one node.
    public var acceleratorsPerNode: Int
    /// How accelerators of one domain are joined.
    public var scaleUp: ScaleUpDomain
    /// How nodes are joined.
    public var scaleOut: ScaleOutFabric
    /// Speed relative to a healthy accelerator, above 0 to 1.
    public var speed: Double
    /// Usable memory of one accelerator.
    public var memory: Bytes
    /// The part of the node's host memory that is one accelerator's; nil where it is not known.
    public var hostMemory: Bytes?

    /// Creates a group.
    public init(
        accelerator: Accelerator, acceleratorsPerNode: Int, scaleUp: ScaleUpDomain,
        scaleOut: ScaleOutFabric, speed: Double = 1, memoryFraction: Double = 1
    ) {
        self.accelerator = accelerator
        self.acceleratorsPerNode = acceleratorsPerNode
        self.scaleUp = scaleUp
        self.scaleOut = scaleOut
        self.speed = speed
        self.memory = Bytes(rounding: accelerator.usableMemory.value * memoryFraction)
    }

    /// The healthy nodes of `pool`, or those of `health`.
    public init(pool: Pool, health: NodeHealth? = nil) {
        self.init(
            accelerator: pool.accelerator, acceleratorsPerNode: pool.acceleratorsPerNode,
            scaleUp: pool.scaleUp, scaleOut: pool.scaleOut, speed: health?.speed ?? 1,
            memoryFraction: health?.memory ?? 1)
        hostMemory = Self.hostMemory(of: pool)
    }

    /// An even part of the host memory of a node of `pool`.
    public static func hostMemory(of pool: Pool) -> Bytes? {
        pool.host.memory.map {
            Bytes(rounding: $0.value / Double(max(1, pool.acceleratorsPerNode)))
        }
    }

    /// How many accelerators reach each other without the scale-out fabric: a node, or a scale-up
    /// domain where that is larger.
    public var localSize: Int { max(acceleratorsPerNode, scaleUp.size) }

    /// The scale-out bandwidth of one accelerator's share of its node's NICs, in one direction.
    ///
    /// All traffic that leaves a node (or a larger scale-up domain) is taken to pass an
    /// oversubscribed uplink: how many nodes share a leaf is not part of ``ScaleOutFabric``.
    public var fabricBandwidth: Bandwidth {
        scaleOut.nodeBandwidth / Double(max(1, acceleratorsPerNode))
            / max(1, scaleOut.oversubscription)
    }
}
