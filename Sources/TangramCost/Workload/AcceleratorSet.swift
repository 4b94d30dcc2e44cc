import TangramDocument
public import TangramHardware
import TangramUnits

/// A number of accelerators and how they are joined, in a few words; the rest is what usually goes with the accelerator.
public struct AcceleratorSet: Sendable {
    /// A port for at most this many accelerators is taken to end at the node; racks are wider.
    static let largestDomainOfOneNode = 16

    /// The accelerator, by name.
    public var accelerator: String
    /// How many.
    public var count: Int
    /// How many in a node.
    public var perNode: Int
    /// The scale-up link, "none" for loose cards; nil for the accelerator's own port.
    public var scaleUp: String?
    /// The scale-out link; nil for what usually goes with the accelerator.
    public var scaleOut: String?

    /// Creates a set.
    public init(
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
    ///
    /// - Throws: ``AcceleratorSetError``, naming what the catalogue lacks or what does not divide.
    public func group(in catalogue: HardwareCatalogue) throws(AcceleratorSetError) -> DeviceGroup {
        guard let card = catalogue.accelerator(accelerator) else {
            throw .unknownAccelerator(
                accelerator, near: nearest(to: accelerator, among: catalogue.acceleratorNames))
        }
        return try group(of: card, in: catalogue)
    }

    /// The group of `card`, whatever ``accelerator`` names.
    ///
    /// - Throws: ``AcceleratorSetError``, naming what the catalogue lacks or what does not divide.
    public func group(
        of card: Accelerator, in catalogue: HardwareCatalogue
    ) throws(AcceleratorSetError) -> DeviceGroup {
        guard (1...10_000_000).contains(count) else { throw .count(count) }
        guard (1...1_024).contains(perNode) else { throw .nodeSize(perNode) }
        let node = min(perNode, count)
        guard count.isMultiple(of: node) else { throw .partNode(count: count, perNode: perNode) }
        return DeviceGroup(
            accelerator: card, acceleratorsPerNode: node,
            scaleUp: try domain(of: card, perNode: node, in: catalogue),
            scaleOut: try fabric(of: card, perNode: node, in: catalogue))
    }

    private func domain(
        of card: Accelerator, perNode: Int, in catalogue: HardwareCatalogue
    ) throws(AcceleratorSetError) -> ScaleUpDomain {
        let generation =
            ["pcie4", "pcie5", "pcie6"].first { card.hostLinkID?.hasPrefix($0) ?? false } ?? "pcie5"
        let nodeLink = try link(generation + "-p2p-root", .pcie, in: catalogue)
        let port = card.scaleUp
        // A card whose port needs a bridge is loose unless the bridge is asked for.
        let wanted = scaleUp ?? port.flatMap { $0.needsBridge ? nil : $0.linkID } ?? "none"
        guard wanted != "none" else {
            return ScaleUpDomain(
                link: nodeLink, bandwidth: card.hostBandwidth ?? nodeLink.bandwidth ?? .zero,
                size: 1, nodeLink: nodeLink)
        }
        let link = try link(wanted, .scaleUp, in: catalogue)
        let own = port.flatMap { $0.linkID == link.id ? $0 : nil }
        guard let bandwidth = own?.bandwidth ?? link.bandwidth,
            let widest = own?.domainSize ?? link.domainSize
        else {
            throw .unknownSpeed(link.id)
        }
        let size = min(widest, widest <= Self.largestDomainOfOneNode ? perNode : count)
        guard size.isMultiple(of: perNode) || perNode.isMultiple(of: size) else {
            throw .domain(size: size, link: link.id, perNode: perNode)
        }
        return ScaleUpDomain(link: link, bandwidth: bandwidth, size: size, nodeLink: nodeLink)
    }

    private func fabric(
        of card: Accelerator, perNode: Int, in catalogue: HardwareCatalogue
    ) throws(AcceleratorSetError) -> ScaleOutFabric {
        if let scaleOut {
            let link = try link(scaleOut, .scaleOut, in: catalogue)
            guard let bandwidth = link.bandwidth else {
                throw .unknownSpeed(link.id)
            }
            return ScaleOutFabric(link: link, nicBandwidth: bandwidth, nicsPerNode: perNode)
        }
        // One NIC each, of the speed the card usually comes with; InfiniBand is NVIDIA's.
        let bandwidth = card.typicalNICBandwidth ?? Bandwidth.gigabytesPerSecond(50)
        let names =
            card.vendor == "NVIDIA"
            ? ["ib-hdr200", "ib-ndr400", "ib-xdr800"]
            : ["roce-100-tuned", "roce-200-tuned", "roce-400-tuned", "roce-800-tuned"]
        var chosen = try link(names[0], .scaleOut, in: catalogue)
        for name in names {
            let link = try link(name, .scaleOut, in: catalogue)
            chosen = link
            if let speed = link.bandwidth, speed >= bandwidth { break }
        }
        return ScaleOutFabric(link: chosen, nicBandwidth: bandwidth, nicsPerNode: perNode)
    }

    private func link(
        _ name: String, _ kind: Link.Kind, in catalogue: HardwareCatalogue
    ) throws(AcceleratorSetError) -> Link {
        guard let link = catalogue.link(name) else {
            let names = catalogue.links.filter { $0.kind == kind }.map(\.id)
            throw .unknownLink(name, near: nearest(to: name, among: names))
        }
        guard link.kind == kind else { throw .linkKind(name, is: link.kind, wanted: kind) }
        return link
    }
}

/// Why words do not describe a set of accelerators.
public enum AcceleratorSetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The catalogue has no such accelerator.
    case unknownAccelerator(String, near: String?)
    /// The catalogue has no such link.
    case unknownLink(String, near: String?)
    /// The link is of another kind.
    case linkKind(String, is: Link.Kind, wanted: Link.Kind)
    /// The catalogue does not say how fast or how wide a link is.
    case unknownSpeed(String)
    /// No number of accelerators.
    case count(Int)
    /// No size of a node.
    case nodeSize(Int)
    /// Accelerators do not fill nodes.
    case partNode(count: Int, perNode: Int)
    /// Scale-up domains and nodes do not divide one another.
    case domain(size: Int, link: String, perNode: Int)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unknownAccelerator(let name, let near):
            "no accelerator \"\(name)\" — "
                + (near.map { "did you mean \"\($0)\"?" }
                    ?? "tangram catalog accelerators lists them")
        case .unknownLink(let name, let near):
            "no link \"\(name)\" — "
                + (near.map { "did you mean \"\($0)\"?" } ?? "tangram catalog links lists them")
        case .linkKind(let name, let kind, let wanted):
            "\(name) is a \(kind.rawValue) link, not a \(wanted.rawValue) one"
        case .unknownSpeed(let link):
            "the catalogue does not say how fast and how wide \(link) is"
        case .count(let count): "--count \(count) is not from 1 to 10,000,000"
        case .nodeSize(let size): "--nodes-of \(size) is not from 1 to 1,024"
        case .partNode(let count, let perNode):
            "--count \(count) is not a multiple of --nodes-of \(perNode); "
                + "name a multiple, or the size of the nodes"
        case .domain(let size, let link, let perNode):
            "domains of \(size) (\(link)) do not fit nodes of \(perNode); "
                + "one must be a multiple of the other: see --nodes-of"
        }
    }
}
