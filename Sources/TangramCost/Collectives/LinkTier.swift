import TangramHardware
import TangramUnits

/// One link as a group of accelerators uses it: `latency + factor × bytes / busBandwidth`.
final class LinkTier: Sendable {
    /// A measured fit, without its provenance.
    private struct Fit: Sendable {
        var rankCount: Int
        var latency: Double
        var rate: Double
    }

    private let bandwidth: Double
    /// What one rank can send to one other: a wire of a mesh, all of a switch.
    private let pairBandwidth: Double
    private let isMesh: Bool
    private let baseLatency: Double
    /// By ``Collective/tableIndex``.
    private let efficiency: [Double]
    /// By ``Collective/tableIndex``, ascending in ranks.
    private let fits: [[Fit]]

    /// Links whose bandwidth nobody states still carry something; this keeps times finite.
    private static let leastRate = 1e3

    init(link: Link, bandwidth: Bandwidth, acceleratorID: String) {
        let usable = max(bandwidth.value, Self.leastRate)
        self.bandwidth = usable
        // Figures hold for the port they were measured at; another port of the same link scales.
        let raw = link.bandwidth?.value ?? usable
        let scale = raw > 0 ? usable / raw : 1
        pairBandwidth = link.perPeerBandwidth.map { min(usable, $0.value * scale) } ?? usable
        isMesh = link.perPeerBandwidth != nil
        baseLatency = max(0, link.latency.value)
        let collectives = Collective.allCases
        var efficiency = [Double](repeating: 1, count: collectives.count)
        var fits = [[Fit]](repeating: [], count: collectives.count)
        for collective in collectives {
            let stated =
                link.efficiency[collective] ?? link.efficiency[.allReduce]
                ?? link.efficiency[.sendReceive] ?? 1
            efficiency[collective.tableIndex] = max(stated, 1e-3)
            let all = link.fits.filter { $0.collective == collective }
            let own = all.filter { $0.acceleratorID == acceleratorID }
            let others = all.filter { $0.acceleratorID == all.first?.acceleratorID }
            fits[collective.tableIndex] = (own.isEmpty ? others : own)
                .sorted { $0.rankCount < $1.rankCount }
                .map {
                    Fit(
                        rankCount: $0.rankCount, latency: max(0, $0.latency.value),
                        rate: max($0.busBandwidth.value * scale, Self.leastRate))
                }
        }
        self.efficiency = efficiency
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
        let reached = efficiency[collective.tableIndex]
        if collective == .sendReceive { return max(Self.leastRate, pairBandwidth * reached) }
        if let fit = fit(collective, rankCount: rankCount) { return fit.rate }
        let usable =
            isMesh ? min(bandwidth, pairBandwidth * Double(rankCount - 1)) : bandwidth
        return max(Self.leastRate, usable * reached)
    }

    /// The time of an empty message, in seconds.
    func latency(_ collective: Collective, rankCount: Int) -> Double {
        if collective == .sendReceive { return baseLatency }
        let steps = rankCount <= 1 ? 0 : Self.ceilLog2(rankCount)
        if let fit = fit(collective, rankCount: rankCount) {
            return fit.latency * max(1, steps / max(1, Self.ceilLog2(fit.rankCount)))
        }
        return (collective == .allReduce ? 2 : 1) * steps * baseLatency
    }

    /// The fit at the smallest measured size that is no smaller than `rankCount`, else the largest.
    private func fit(_ collective: Collective, rankCount: Int) -> Fit? {
        let measured = fits[collective.tableIndex]
        return measured.first { $0.rankCount >= rankCount } ?? measured.last
    }

    private static func ceilLog2(_ count: Int) -> Double {
        Double(Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
    }
}

extension Collective {
    /// Its place in tables by collective.
    fileprivate var tableIndex: Int {
        switch self {
        case .allReduce: 0
        case .allGather: 1
        case .reduceScatter: 2
        case .allToAll: 3
        case .sendReceive: 4
        }
    }
}
