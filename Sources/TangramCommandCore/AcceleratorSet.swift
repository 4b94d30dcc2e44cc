package import Tangram

/// A number of accelerators and how they are joined, as a command line describes them.
package struct AcceleratorSet: Sendable {
    /// A port for at most this many accelerators is taken to end at the node; racks are wider.
    static let largestDomainOfOneNode = 16

    /// The accelerator, by name.
    package var accelerator: String
    /// How many.
    package var count: Int
    /// How many in a node.
    package var perNode: Int
    /// The scale-up link, "none" for loose cards; nil for the accelerator's own port.
    package var scaleUp: String?
    /// The scale-out link; nil for what usually goes with the accelerator.
    package var scaleOut: String?

    /// Creates a set.
    package init(
        accelerator: String, count: Int, perNode: Int = 8, scaleUp: String? = nil,
        scaleOut: String? = nil
    ) {
        self.accelerator = accelerator
        self.count = count
        self.perNode = perNode
        self.scaleUp = scaleUp
        self.scaleOut = scaleOut
    }

    /// The group that estimates are made for.
    package func group(in catalogues: Catalogues) throws(CommandFailure) -> DeviceGroup {
        let card = try catalogues.accelerator(accelerator)
        guard (1...10_000_000).contains(count) else {
            throw CommandFailure("--count \(count) is not from 1 to 10,000,000")
        }
        guard (1...1_024).contains(perNode) else {
            throw CommandFailure("--nodes-of \(perNode) is not from 1 to 1,024")
        }
        let node = min(perNode, count)
        guard count.isMultiple(of: node) else {
            throw CommandFailure(
                "--count \(count) is not a multiple of --nodes-of \(perNode); "
                    + "name a multiple, or the size of the nodes")
        }
        return DeviceGroup(
            accelerator: card, acceleratorsPerNode: node,
            scaleUp: try domain(of: card, perNode: node, in: catalogues),
            scaleOut: try fabric(of: card, perNode: node, in: catalogues))
    }

    private func domain(
        of card: Accelerator, perNode: Int, in catalogues: Catalogues
    ) throws(CommandFailure) -> ScaleUpDomain {
        let generation =
            ["pcie4", "pcie5", "pcie6"].first { card.hostLinkID?.hasPrefix($0) ?? false } ?? "pcie5"
        let nodeLink = try catalogues.link(generation + "-p2p-root", kind: .pcie)
        let port = card.scaleUp
        // A card whose port needs a bridge is loose unless the bridge is asked for.
        let wanted = scaleUp ?? port.flatMap { $0.needsBridge ? nil : $0.linkID } ?? "none"
        guard wanted != "none" else {
            return ScaleUpDomain(
                link: nodeLink, bandwidth: card.hostBandwidth ?? nodeLink.bandwidth ?? .zero,
                size: 1, nodeLink: nodeLink)
        }
        let link = try catalogues.link(wanted, kind: .scaleUp)
        let own = port.flatMap { $0.linkID == link.id ? $0 : nil }
        guard let bandwidth = own?.bandwidth ?? link.bandwidth,
            let widest = own?.domainSize ?? link.domainSize
        else {
            throw CommandFailure("the catalogue does not say how fast or how wide \(link.id) is")
        }
        let size = min(widest, widest <= Self.largestDomainOfOneNode ? perNode : count)
        guard size.isMultiple(of: perNode) || perNode.isMultiple(of: size) else {
            throw CommandFailure(
                "domains of \(size) (\(link.id)) do not fit nodes of \(perNode); "
                    + "one must be a multiple of the other: see --nodes-of")
        }
        return ScaleUpDomain(link: link, bandwidth: bandwidth, size: size, nodeLink: nodeLink)
    }

    private func fabric(
        of card: Accelerator, perNode: Int, in catalogues: Catalogues
    ) throws(CommandFailure) -> ScaleOutFabric {
        if let scaleOut {
            let link = try catalogues.link(scaleOut, kind: .scaleOut)
            guard let bandwidth = link.bandwidth else {
                throw CommandFailure("the catalogue does not say how fast \(link.id) is")
            }
            return ScaleOutFabric(link: link, nicBandwidth: bandwidth, nicsPerNode: perNode)
        }
        // One NIC each, of the speed the card usually comes with; InfiniBand is NVIDIA's.
        let bandwidth = card.typicalNICBandwidth ?? Bandwidth.gigabytesPerSecond(50)
        let names =
            card.vendor == "NVIDIA"
            ? ["ib-hdr200", "ib-ndr400", "ib-xdr800"]
            : ["roce-100-tuned", "roce-200-tuned", "roce-400-tuned", "roce-800-tuned"]
        var chosen = try catalogues.link(names[0], kind: .scaleOut)
        for name in names {
            let link = try catalogues.link(name, kind: .scaleOut)
            chosen = link
            if let speed = link.bandwidth, speed >= bandwidth { break }
        }
        return ScaleOutFabric(link: chosen, nicBandwidth: bandwidth, nicsPerNode: perNode)
    }
}
