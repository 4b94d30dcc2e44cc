import CCostKernel
import TangramHardware
import TangramUnits

/// The links of a group as the kernel reads them.
final class NetworkTable: @unchecked Sendable {
    // Written in `init` only.
    private let storage: UnsafeMutablePointer<tangram_network_table>

    /// The links that join the accelerators of `group`.
    ///
    /// - Parameter isServing: Whether collectives are those of a serving engine.
    init(_ group: DeviceGroup, isServing: Bool = false) {
        storage = .allocate(capacity: 1)
        storage.initialize(to: tangram_network_table())
        storage.pointee.domain = Self.link(
            group.scaleUp.link, bandwidth: group.scaleUp.bandwidth, group.accelerator)
        storage.pointee.node = Self.link(
            group.scaleUp.nodeLink,
            bandwidth: group.scaleUp.nodeLink.bandwidth ?? group.scaleUp.bandwidth,
            group.accelerator)
        storage.pointee.fabric = Self.link(
            group.scaleOut.link, bandwidth: group.fabricBandwidth, group.accelerator)
        storage.pointee.local_size = Double(max(1, group.localSize))
        storage.pointee.domain_size = Double(max(1, group.scaleUp.size))
    }

    deinit {
        storage.deinitialize(count: 1)
        storage.deallocate()
    }

    /// A copy of the table, for one that outlives this object.
    var table: tangram_network_table { storage.pointee }

    /// The table, for as long as this object lives.
    var pointer: UnsafePointer<tangram_network_table> { UnsafePointer(storage) }

    /// Links whose bandwidth nobody states still carry something; this keeps times finite.
    private static let leastRate = 1e3
    /// No link carries less than a thousandth of what it could.
    private static let leastEfficiency = 1e-3

    private static func link(
        _ link: Link, bandwidth: Bandwidth, _ accelerator: Accelerator
    ) -> tangram_link_table {
        var table = tangram_link_table()
        let usable = max(bandwidth.value, leastRate)
        // Figures hold for the port they were measured at; another port of the same link scales.
        let raw = link.bandwidth?.value ?? usable
        let scale = raw > 0 ? usable / raw : 1
        let pair = link.perPeerBandwidth.map { min(usable, $0.value * scale) } ?? usable
        table.is_mesh = link.perPeerBandwidth == nil ? 0 : 1
        let latency = max(0, link.latency.value)
        for collective in Collective.allCases {
            let stated =
                link.efficiency[collective] ?? link.efficiency[.allReduce]
                ?? link.efficiency[.sendReceive] ?? 1
            let efficiency = max(stated, leastEfficiency)
            tangram_link_set(
                &table, collective.kernelValue, 1 / max(leastRate, usable * efficiency),
                1 / max(leastRate, pair * efficiency),
                collective == .allReduce ? 2 * latency : latency)
            let all = link.fits.filter { $0.collective == collective }
            let own = all.filter { $0.acceleratorID == accelerator.id }
            let others = all.filter { $0.acceleratorID == all.first?.acceleratorID }
            for fit in (own.isEmpty ? others : own).sorted(by: { $0.rankCount < $1.rankCount }) {
                var measured = tangram_link_fit()
                measured.rank_count = Double(fit.rankCount)
                measured.latency_s = max(0, fit.latency.value)
                measured.byte_cost_s = 1 / max(fit.busBandwidth.value * scale, leastRate)
                tangram_link_add_fit(&table, collective.kernelValue, measured)
            }
        }
        return table
    }
}

extension Collective {
    /// The kernel's number of it.
    var kernelValue: tangram_collective {
        switch self {
        case .allReduce: TANGRAM_ALL_REDUCE
        case .allGather: TANGRAM_ALL_GATHER
        case .reduceScatter: TANGRAM_REDUCE_SCATTER
        case .allToAll: TANGRAM_ALL_TO_ALL
        case .sendReceive: TANGRAM_SEND_RECEIVE
        }
    }
}
