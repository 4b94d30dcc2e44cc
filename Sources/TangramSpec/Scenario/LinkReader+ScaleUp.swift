import TangramDocument
import TangramHardware
import TangramUnits

extension LinkReader {
    func scaleUp(_ pool: Cursor, host: Host) -> ScaleUpDomain? {
        let nodeLink = nodeLink(pool, host: host)
        guard let cursor = pool.optional("scale-up") else {
            guard let port = accelerator?.scaleUp, !port.needsBridge else {
                return loose(nodeLink)
            }
            return domain(of: port, at: pool, nodeLink: nodeLink)
        }
        guard case .scalar(let text, _) = cursor.node.content else {
            return described(cursor, nodeLink: nodeLink)
        }
        switch text {
        case "none":
            return loose(nodeLink)
        case "bridge":
            guard let accelerator else { return nil }
            guard let port = accelerator.scaleUp, port.needsBridge else {
                cursor.fail(
                    "no bridge fits \(accelerator.id)",
                    note: accelerator.scaleUp.map { "its port is \($0.linkID)" })
                return nil
            }
            return domain(of: port, at: cursor, nodeLink: nodeLink)
        default:
            guard let link = link(cursor, kind: .scaleUp) else { return nil }
            return domain(
                of: link, at: cursor, bandwidth: nil, size: nil, sizeCursor: nil,
                nodeLink: nodeLink)
        }
    }

    private func described(_ cursor: Cursor, nodeLink: Link?) -> ScaleUpDomain? {
        guard cursor.allowKeys(["link", "domain", "bandwidth"]) else { return nil }
        let link: Link?
        if let linkCursor = cursor.optional("link") {
            link = self.link(linkCursor, kind: .scaleUp)
        } else {
            link = accelerator?.scaleUp.flatMap { hardware.link($0.linkID) }
            if let accelerator, link == nil {
                cursor.fail(
                    "missing key \"link\"", note: "\(accelerator.id) has no port of its own")
            }
        }
        let sizeCursor = cursor.optional("domain")
        let size = sizeCursor?.integer(in: 1...10_000_000)
        let bandwidthCursor = cursor.optional("bandwidth")
        let bandwidth = bandwidthCursor?.positive(Bandwidth.self, upTo: Bandwidth(1e15))
        guard let link, (size == nil) == (sizeCursor == nil) else { return nil }
        if let bandwidth, let bandwidthCursor {
            let port = accelerator?.scaleUp.flatMap { $0.linkID == link.id ? $0.bandwidth : nil }
            if let raw = [port, link.bandwidth].compactMap({ $0 }).max() {
                checkBandwidth(bandwidth, at: bandwidthCursor, raw: raw, of: link)
            }
        }
        return domain(
            of: link, at: cursor, bandwidth: bandwidth, size: size, sizeCursor: sizeCursor,
            nodeLink: nodeLink)
    }

    private func domain(of port: ScaleUpPort, at cursor: Cursor, nodeLink: Link?) -> ScaleUpDomain?
    {
        guard let link = hardware.link(port.linkID) else {
            cursor.fail("the catalogue has no link \"\(port.linkID)\"")
            return nil
        }
        return domain(
            of: link, at: cursor, bandwidth: nil, size: nil, sizeCursor: nil, nodeLink: nodeLink)
    }

    /// The domain of `link`; what is not given comes from the accelerator's port where that speaks
    /// this link, else from the link.
    private func domain(
        of link: Link, at cursor: Cursor, bandwidth: Bandwidth?, size: Int?, sizeCursor: Cursor?,
        nodeLink: Link?
    ) -> ScaleUpDomain? {
        guard let accelerator, let nodeCount, let acceleratorsPerNode else { return nil }
        let acceleratorCount = nodeCount * acceleratorsPerNode
        let port = accelerator.scaleUp.flatMap { $0.linkID == link.id ? $0 : nil }
        if port == nil {
            let own = accelerator.scaleUp.map { "its own port is \($0.linkID)" } ?? "it has no port"
            cursor.warn("\(accelerator.id) does not speak \(link.id): \(own)")
        }
        guard let bandwidth = bandwidth ?? port?.bandwidth ?? link.bandwidth else {
            cursor.fail("the bandwidth of \(link.id) is not known", note: "add \"bandwidth:\"")
            return nil
        }
        guard let widest = size ?? port?.domainSize ?? link.domainSize else {
            cursor.fail("the domain of \(link.id) is not known", note: "add \"domain:\"")
            return nil
        }
        let reach =
            size == nil && widest <= Self.largestDomainOfOneNode
            ? acceleratorsPerNode : acceleratorCount
        if size != nil, widest > reach {
            sizeCursor?.fail(
                "a domain of \(widest) is wider than the pool",
                note: "\(nodeCount) nodes of \(acceleratorsPerNode) are \(reach) accelerators")
            return nil
        }
        let chosen = min(widest, reach)
        guard
            chosen.isMultiple(of: acceleratorsPerNode) || acceleratorsPerNode.isMultiple(of: chosen)
        else {
            (sizeCursor ?? cursor).fail(
                "domains of \(chosen) do not fit nodes of \(acceleratorsPerNode) accelerators",
                note: "one must be a multiple of the other; odd cards make a pool of their own")
            return nil
        }
        guard let nodeLink else { return nil }
        return ScaleUpDomain(link: link, bandwidth: bandwidth, size: chosen, nodeLink: nodeLink)
    }

    private func loose(_ nodeLink: Link?) -> ScaleUpDomain? {
        guard let accelerator, let nodeLink else { return nil }
        let bandwidth = accelerator.hostBandwidth ?? nodeLink.bandwidth ?? Bandwidth(0)
        return ScaleUpDomain(link: nodeLink, bandwidth: bandwidth, size: 1, nodeLink: nodeLink)
    }

    // MARK: PCIe

    /// The path between two accelerators of a node: the one named, else by generation and layout.
    private func nodeLink(_ pool: Cursor, host: Host) -> Link? {
        if let cursor = pool.optional("host")?.optional("pcie-link") {
            return link(cursor, kind: .pcie)
        }
        guard let accelerator else { return nil }
        let name = Self.nodeLinkName(hostLink: accelerator.hostLinkID, layout: host.pcie)
        guard let link = hardware.link(name) else {
            pool.fail("the catalogue has no link \"\(name)\"")
            return nil
        }
        return link
    }

    static func nodeLinkName(hostLink: String?, layout: Host.PCIeLayout) -> String {
        let known = ["pcie4", "pcie5", "pcie6"]
        let generation = known.first { hostLink?.hasPrefix($0) ?? false } ?? "pcie5"
        switch layout {
        case .sameSwitch: return generation + "-p2p-switch"
        case .sameSocket: return generation + "-p2p-root"
        case .noPeerToPeer: return generation + "-no-p2p"
        case .acrossSockets:
            // Two PCIe 5 hosts were measured; the slower one is the safer guess.
            return generation == "pcie5" ? "pcie5-p2p-xsocket-genoa" : generation + "-p2p-xsocket"
        }
    }
}
