import TangramDocument
import TangramHardware
import TangramUnits

/// Reads a pool's `scale-up:` and `scale-out:`.
///
/// What the pool failed to say is nil; then keys, links and ranges are checked all the same, and
/// nothing is returned.
struct LinkReader {
    /// A port for at most this many accelerators is taken to end at the node; racks are wider.
    static let largestDomainOfOneNode = 16

    let hardware: HardwareCatalogue
    let accelerator: Accelerator?
    let nodeCount: Int?
    let acceleratorsPerNode: Int?

    // MARK: Scale-out

    func scaleOut(_ pool: Cursor) -> ScaleOutFabric? {
        guard let cursor = pool.optional("scale-out") else {
            guard let nodeCount else { return nil }
            guard nodeCount == 1 else {
                pool.fail(
                    "missing key \"scale-out\"",
                    note: "it says how the \(nodeCount) nodes are joined")
                return nil
            }
            // One node never uses it; the slowest network there is stands in.
            return hardware.link("tcp-25g").map { link in
                ScaleOutFabric(
                    link: link, nicBandwidth: link.bandwidth ?? Bandwidth(3.125e9), nicsPerNode: 1)
            }
        }
        if case .scalar = cursor.node.content {
            guard let link = link(cursor, kind: .scaleOut) else { return nil }
            return fabric(link, cursor: cursor, bandwidth: nil)
        }
        guard
            cursor.allowKeys([
                "link", "nics", "bandwidth", "rails", "oversubscription", "leaf", "uplinks",
            ])
        else { return nil }
        let link = cursor.required("link").flatMap { self.link($0, kind: .scaleOut) }
        let nics = cursor.optional("nics").map { $0.integer(in: 1...1_024) }
        let rails = cursor.optional("rails").map { $0.integer(in: 1...1_024) }
        let oversubscription = cursor.optional("oversubscription").map { $0.number(in: 1...1_000) }
        let bandwidthCursor = cursor.optional("bandwidth")
        let bandwidth = bandwidthCursor?.positive(Bandwidth.self, upTo: Bandwidth(1e15))
        guard let link else { return nil }
        if let bandwidth, let bandwidthCursor, let raw = link.bandwidth {
            checkBandwidth(bandwidth, at: bandwidthCursor, raw: raw, of: link)
        }
        if bandwidthCursor != nil && bandwidth == nil { return nil }
        guard var fabric = fabric(link, cursor: cursor, bandwidth: bandwidth) else { return nil }
        if let nics = nics ?? fabric.nicsPerNode { fabric.nicsPerNode = nics }
        if acceleratorsPerNode == nil && nics == nil { return nil }
        if let rails = rails ?? fabric.railCount { fabric.railCount = rails }
        if let factor = oversubscription ?? 1 { fabric.oversubscription = factor }
        fabric.nodesPerLeaf = cursor.optional("leaf")?.integer(in: 1...1_000_000)
        if let uplinks = cursor.optional("uplinks") {
            fabric.uplinkBandwidth = uplinks.positive(Bandwidth.self, upTo: Bandwidth(1e18))
            if fabric.uplinkBandwidth == nil { return nil }
        }
        if fabric.railCount > fabric.nicsPerNode {
            cursor.optional("rails")?.fail(
                "\(fabric.railCount) rails for \(fabric.nicsPerNode) NICs of a node",
                note: "a rail needs a NIC")
        }
        return fabric
    }

    private func fabric(_ link: Link, cursor: Cursor, bandwidth: Bandwidth?) -> ScaleOutFabric? {
        guard let bandwidth = bandwidth ?? link.bandwidth else {
            cursor.fail("the bandwidth of \(link.id) is not known", note: "add \"bandwidth:\"")
            return nil
        }
        return ScaleOutFabric(
            link: link, nicBandwidth: bandwidth, nicsPerNode: acceleratorsPerNode ?? 1)
    }

    // MARK: Links

    func link(_ cursor: Cursor, kind: Link.Kind) -> Link? {
        guard let name = cursor.string() else { return nil }
        guard let link = hardware.link(name) else {
            let names = hardware.linkNames.filter { hardware.link($0)?.kind == kind }
            cursor.failUnknown("link", name, among: names)
            return nil
        }
        guard link.kind == kind else {
            cursor.fail("\(name) is a \(link.kind.rawValue) link, not a \(kind.rawValue) one")
            return nil
        }
        return link
    }

    /// Refuses a bandwidth that the wire cannot have, with a hint where bits and bytes were mixed.
    func checkBandwidth(_ bandwidth: Bandwidth, at cursor: Cursor, raw: Bandwidth, of link: Link) {
        // Data sheets round; 5 % more than raw is let pass.
        guard bandwidth / raw > 1.05 else { return }
        let text = cursor.string() ?? ""
        let isBits = bandwidth / raw > 7 && bandwidth / raw < 9 && text.contains("B/s")
        let respelled = text.replacing("B/s", with: "b/s")
        cursor.fail(
            "\(text) is more than the \(raw) of \(link.id)",
            note: isBits ? "did you mean \"\(respelled)\"?" : nil)
    }
}
