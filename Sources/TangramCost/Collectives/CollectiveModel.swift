public import TangramHardware
public import TangramUnits

/// Times of collectives between accelerators of a group.
///
/// Alpha–beta on each link, `latency + factor × bytes / busBandwidth`, with `factor` 2(n−1)/n for
/// all-reduce and (n−1)/n for all-gather, reduce-scatter and all-to-all (Thakur, Rabenseifner,
/// Gropp 2005, doi:10.1177/1094342005051521; the same normalisation as nccl-tests' bus bandwidth).
/// Over several nodes: reduce-scatter inside, all-reduce of the shards across, all-gather inside.
/// On a mesh, n ranks use n−1 of a device's wires, and a pair uses one.
public struct CollectiveModel: Sendable {
    /// The accelerators that communicate.
    public let group: DeviceGroup
    private let local: Tier
    private let nodePath: Tier
    private let fabric: Tier

    /// Prepares the tables for `group`.
    public init(_ group: DeviceGroup) {
        self.group = group
        local = Tier(
            link: group.scaleUp.link, bandwidth: group.scaleUp.bandwidth,
            acceleratorID: group.accelerator.id)
        nodePath = Tier(
            link: group.scaleUp.nodeLink,
            bandwidth: group.scaleUp.nodeLink.bandwidth ?? group.scaleUp.bandwidth,
            acceleratorID: group.accelerator.id)
        fabric = Tier(
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
        let outside = (ranks.size + inside - 1) / inside
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
            let near = tier.seconds(
                .allToAll, bytes: share * Double(inside), rankCount: inside)
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
        let tier: Tier
        if distance >= group.localSize {
            tier = fabric
        } else if distance >= group.scaleUp.size {
            tier = nodePath
        } else {
            tier = local
        }
        return Seconds(tier.seconds(.sendReceive, bytes: bytes, rankCount: 2))
    }

    private func insideTier(_ ranks: RankGroup) -> Tier {
        let inside = ranks.rankCount(within: group.localSize)
        let coversNode = group.scaleUp.size >= group.localSize
        return coversNode || inside * ranks.stride <= group.scaleUp.size ? local : nodePath
    }
}

/// One link as a group of accelerators uses it.
private struct Tier: Sendable {
    let link: Link
    let bandwidth: Double
    let scale: Double
    let fits: [Collective: [CollectiveFit]]

    init(link: Link, bandwidth: Bandwidth, acceleratorID: String) {
        self.link = link
        self.bandwidth = max(bandwidth.value, 1)
        // A fit holds for the bandwidth it was measured at; another port of the same link scales.
        let raw = link.bandwidth?.value ?? bandwidth.value
        scale = raw > 0 ? self.bandwidth / raw : 1
        var fits: [Collective: [CollectiveFit]] = [:]
        for collective in Collective.allCases {
            let all = link.fits.filter { $0.collective == collective }
            let own = all.filter { $0.acceleratorID == acceleratorID }
            let others = all.first.map { first in
                all.filter { $0.acceleratorID == first.acceleratorID }
            }
            let chosen = own.isEmpty ? others ?? [] : own
            fits[collective] = chosen.sorted { $0.rankCount < $1.rankCount }
        }
        self.fits = fits
    }

    func seconds(_ collective: Collective, bytes: Double, rankCount: Int) -> Double {
        guard rankCount > 1, bytes > 0 else { return 0 }
        let share = Double(rankCount - 1) / Double(rankCount)
        let factor: Double
        switch collective {
        case .allReduce: factor = 2 * share
        case .sendReceive: factor = 1
        default: factor = share
        }
        return latency(collective, rankCount: rankCount)
            + factor * bytes / rate(collective, rankCount: rankCount)
    }

    /// Bus bandwidth in bytes per second.
    func rate(_ collective: Collective, rankCount: Int) -> Double {
        if collective == .sendReceive {
            let efficiency = link.efficiency[.sendReceive] ?? 1
            return max(1, (link.perPeerBandwidth?.value ?? bandwidth) * efficiency)
        }
        if let fit = fit(collective, rankCount: rankCount) {
            return max(1, fit.busBandwidth.value * scale)
        }
        var usable = bandwidth
        if let perPeer = link.perPeerBandwidth?.value {
            usable = min(bandwidth, perPeer * Double(rankCount - 1))
        }
        return max(1, usable * (link.efficiency[collective] ?? link.efficiency[.allReduce] ?? 1))
    }

    /// The time of an empty message, in seconds.
    func latency(_ collective: Collective, rankCount: Int) -> Double {
        let steps = (rankCount <= 1 ? 0.0 : ceilLog2(rankCount))
        if let fit = fit(collective, rankCount: rankCount), collective != .sendReceive {
            let growth = steps / max(1, ceilLog2(fit.rankCount))
            return fit.latency.value * max(1, growth)
        }
        let base = link.latency.value
        switch collective {
        case .sendReceive: return base
        case .allReduce: return 2 * steps * base
        default: return steps * base
        }
    }

    /// The fit at the smallest measured size that is no smaller than `rankCount`, else the largest.
    private func fit(_ collective: Collective, rankCount: Int) -> CollectiveFit? {
        guard let measured = fits[collective], let last = measured.last else { return nil }
        return measured.first { $0.rankCount >= rankCount } ?? last
    }

    private func ceilLog2(_ count: Int) -> Double {
        Double(Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
    }
}
