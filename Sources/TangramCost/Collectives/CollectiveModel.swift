public import TangramHardware
public import TangramUnits

/// Times of collectives between accelerators of a group.
///
/// Alpha–beta on each link, `latency + factor × bytes / busBandwidth`, with `factor` 2(n−1)/n for
/// all-reduce and (n−1)/n for all-gather, reduce-scatter and all-to-all (Thakur, Rabenseifner,
/// Gropp 2005, doi:10.1177/1094342005051521; the same normalisation as nccl-tests' bus bandwidth).
/// Over several nodes: reduce-scatter inside, all-reduce of the shards across, all-gather inside.
/// On a mesh, n ranks use n−1 of a device's wires, and a pair uses one.
public final class CollectiveModel: Sendable {
    /// The accelerators that communicate.
    public let group: DeviceGroup
    private let local: LinkTier
    private let nodePath: LinkTier
    private let fabric: LinkTier

    /// Prepares the tables for `group`.
    public init(_ group: DeviceGroup) {
        self.group = group
        local = LinkTier(
            link: group.scaleUp.link, bandwidth: group.scaleUp.bandwidth,
            acceleratorID: group.accelerator.id)
        nodePath = LinkTier(
            link: group.scaleUp.nodeLink,
            bandwidth: group.scaleUp.nodeLink.bandwidth ?? group.scaleUp.bandwidth,
            acceleratorID: group.accelerator.id)
        fabric = LinkTier(
            link: group.scaleOut.link, bandwidth: group.fabricBandwidth,
            acceleratorID: group.accelerator.id)
    }

    /// The time of one collective.
    ///
    /// - Parameters:
    ///   - bytes: The full buffer of one rank: what is reduced, what is gathered in all, or what
    ///     one rank sends to all others together and itself.
    ///   - ranks: Who takes part.
    public func time(_ collective: Collective, bytes: Double, ranks: RankGroup) -> Seconds {
        Seconds(seconds(collective, bytes: bytes, ranks: ranks))
    }

    /// - Parameter farShare: For all-to-all, the part of the bytes for other nodes that crosses the
    ///   fabric after copies for one node were merged (node-limited routing).
    func seconds(
        _ collective: Collective, bytes: Double, ranks: RankGroup, farShare: Double = 1
    ) -> Double {
        guard ranks.size > 1, bytes > 0 else { return 0 }
        let inside = ranks.rankCount(within: group.localSize)
        let tier = insideTier(ranks)
        guard inside < ranks.size else {
            return tier.seconds(collective, bytes: bytes, rankCount: ranks.size)
        }
        let outside = nodeCount(ranks)
        switch collective {
        case .allReduce:
            return tier.seconds(.reduceScatter, bytes: bytes, rankCount: inside)
                + fabric.seconds(.allReduce, bytes: bytes / Double(inside), rankCount: outside)
                + tier.seconds(.allGather, bytes: bytes, rankCount: inside)
        case .allGather, .reduceScatter:
            return tier.seconds(collective, bytes: bytes, rankCount: inside)
                + fabric.seconds(collective, bytes: bytes / Double(inside), rankCount: outside)
        case .allToAll:
            // Shards for neighbours go inside, the others over the NIC, at the same time.
            let share = bytes / Double(ranks.size)
            // Copies that cross once per node are spread by the neighbours that receive them, so
            // that all bytes pass the inner link.
            let near = tier.seconds(
                .allToAll, bytes: farShare < 1 ? bytes : share * Double(inside),
                rankCount: inside)
            let far =
                fabric.latency(.allToAll, rankCount: outside)
                + farShare * share * Double(ranks.size - inside)
                / fabric.rate(.allToAll, rankCount: outside)
            return max(near, far)
        case .sendReceive:
            return fabric.seconds(.sendReceive, bytes: bytes, rankCount: 2)
        }
    }

    /// The time to send `bytes` to the accelerator `distance` places away.
    public func sendTime(bytes: Double, distance: Int) -> Seconds {
        guard bytes > 0 else { return .zero }
        let tier: LinkTier
        if distance >= group.localSize {
            tier = fabric
        } else if distance >= group.scaleUp.size {
            tier = nodePath
        } else {
            tier = local
        }
        return Seconds(tier.seconds(.sendReceive, bytes: bytes, rankCount: 2))
    }

    /// Over how many nodes (or larger scale-up domains) the ranks are spread.
    func nodeCount(_ ranks: RankGroup) -> Int {
        let inside = ranks.rankCount(within: group.localSize)
        return (ranks.size + inside - 1) / inside
    }

    private func insideTier(_ ranks: RankGroup) -> LinkTier {
        let inside = ranks.rankCount(within: group.localSize)
        let coversNode = group.scaleUp.size >= group.localSize
        return coversNode || inside * ranks.stride <= group.scaleUp.size ? local : nodePath
    }
}
