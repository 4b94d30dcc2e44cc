import CCostKernel
import TangramHardware
import TangramUnits

/// The links of a group as the kernel reads them.
final class NetworkTable: @unchecked Sendable {
    // Written in `init` only.
    private let storage: UnsafeMutablePointer<tangram_network_table>
    /// The libraries for exchanges with experts, in the kernel's order.
    let libraries: [ExpertExchangeLibrary]
    /// The accelerator they are used for, by catalogue name.
    let acceleratorID: String

    /// The links that join the accelerators of `group`.
    ///
    /// - Parameter isServing: Whether collectives are those of a serving engine.
    init(_ group: DeviceGroup, isServing: Bool = false) {
        storage = .allocate(capacity: 1)
        storage.initialize(to: tangram_network_table())
        storage.pointee.domain = Self.link(
            group.scaleUp.link, bandwidth: group.scaleUp.bandwidth, group.accelerator,
            isServing: isServing)
        storage.pointee.node = Self.link(
            group.scaleUp.nodeLink,
            bandwidth: group.scaleUp.nodeLink.bandwidth ?? group.scaleUp.bandwidth,
            group.accelerator, isServing: isServing)
        storage.pointee.fabric = Self.link(
            group.scaleOut.link, bandwidth: group.fabricBandwidth, group.accelerator,
            isServing: isServing)
        storage.pointee.local_size = Double(max(1, group.localSize))
        storage.pointee.domain_size = Double(max(1, group.scaleUp.size))
        acceleratorID = group.accelerator.id
        libraries = Self.libraries(group)
        storage.pointee.add(libraries, group)
        setLeaves(group)
    }

    private func setLeaves(_ group: DeviceGroup) {
        let fabric = group.scaleOut
        guard let leaf = fabric.nodesPerLeaf, fabric.oversubscription > 1 else { return }
        storage.pointee.leaf_nodes =
            Double(leaf * max(1, group.acceleratorsPerNode)) / Double(max(1, group.localSize))
        storage.pointee.leaf_gain = 1 / fabric.oversubscription
        // A scale-up link brings bytes to the NIC of their rail first (NCCL's PXN); loose cards send
        // them from rail to rail.
        let isForwarded = group.scaleUp.size >= group.acceleratorsPerNode
        storage.pointee.changing_share =
            isForwarded ? 0 : 1 - 1 / Double(max(1, fabric.railCount))
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
    static let leastRate = 1e3
    /// No link carries less than a thousandth of what it could.
    private static let leastEfficiency = 1e-3

    private static func link(
        _ link: Link, bandwidth: Bandwidth, _ accelerator: Accelerator, isServing: Bool
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
            let fits =
                curves(collective, on: link, accelerator, usable, isServing: isServing)
                ?? fits(collective, on: link, accelerator, scale: scale)
            for fit in fits.sorted(by: { $0.rank_count < $1.rank_count }) {
                tangram_link_add_fit(&table, collective.kernelValue, fit)
            }
        }
        return table
    }

    /// Curves of the accelerator's own port; nil where there are none, or for another link.
    private static func curves(
        _ collective: Collective, on link: Link, _ accelerator: Accelerator, _ usable: Double,
        isServing: Bool
    ) -> [tangram_link_fit]? {
        guard let table = accelerator.efficiency.curves, link.kind == .scaleUp,
            accelerator.scaleUp?.linkID == link.id
        else { return nil }
        let operations: [OperatorCurve.Operator] =
            switch collective {
            case .allReduce: isServing ? [.engineAllReduce, .allReduce] : [.allReduce]
            case .allGather: [.allGather]
            case .reduceScatter: [.reduceScatter]
            case .allToAll: [.allToAll]
            case .sendReceive: []
            }
        for operation in operations {
            let fits = table.curves.filter { $0.operation == operation }.compactMap { curve in
                curve.condition.split(separator: " ").first.flatMap { Int($0) }.map { ranks in
                    var fit = tangram_link_fit()
                    fit.rank_count = Double(ranks)
                    fit.latency_s = curve[.launch] * 1e-6
                    fit.ramp_s = curve[.ramp] * 1e-6
                    fit.knee_bytes = curve[.knee] * 1e6
                    fit.byte_cost_s = 1 / max(usable * curve[.bus], leastRate)
                    return fit
                }
            }
            if !fits.isEmpty { return fits }
        }
        return nil
    }

    /// Fits that the link's entry has: the accelerator's own, else those of the first measured.
    private static func fits(
        _ collective: Collective, on link: Link, _ accelerator: Accelerator, scale: Double
    ) -> [tangram_link_fit] {
        let all = link.fits.filter { $0.collective == collective }
        let own = all.filter { $0.acceleratorID == accelerator.id }
        let others = all.filter { $0.acceleratorID == all.first?.acceleratorID }
        return (own.isEmpty ? others : own).map {
            var fit = tangram_link_fit()
            fit.rank_count = Double($0.rankCount)
            fit.latency_s = max(0, $0.latency.value)
            fit.byte_cost_s = 1 / max($0.busBandwidth.value * scale, leastRate)
            return fit
        }
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
