import CCostKernel
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
    /// The links.
    let network: NetworkTable

    /// Prepares the tables for `group`.
    public init(_ group: DeviceGroup) {
        self.group = group
        network = NetworkTable(group)
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
        tangram_collective_s(
            network.pointer, collective.kernelValue, bytes, Double(ranks.size),
            Double(ranks.stride), farShare)
    }

    /// The time to send `bytes` to the accelerator `distance` places away.
    public func sendTime(bytes: Double, distance: Int) -> Seconds {
        Seconds(tangram_send_s(network.pointer, bytes, Double(distance)))
    }

    /// Over how many nodes (or larger scale-up domains) the ranks are spread.
    func nodeCount(_ ranks: RankGroup) -> Int {
        let inside = ranks.rankCount(within: group.localSize)
        return (ranks.size + inside - 1) / inside
    }
}
