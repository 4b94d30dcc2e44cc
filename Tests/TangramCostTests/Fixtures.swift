import TangramCost
import TangramHardware
import TangramModels
import Testing

/// A group of catalogue accelerators for tests.
func group(
    _ accelerator: String, perNode: Int = 8, domain: Int? = nil, link: String? = nil,
    fabric: String = "ib-ndr400", nodeLink: String = "pcie5-p2p-root", speed: Double = 1
) throws -> DeviceGroup {
    let catalogue = try HardwareCatalogue.builtIn()
    let card = try #require(catalogue.accelerator(accelerator))
    let scaleOut = try #require(catalogue.link(fabric))
    let node = try #require(catalogue.link(nodeLink))
    let port = card.scaleUp
    let wire = try #require(catalogue.link(link ?? port?.linkID ?? nodeLink))
    return DeviceGroup(
        accelerator: card, acceleratorsPerNode: perNode,
        scaleUp: ScaleUpDomain(
            link: wire, bandwidth: try #require(port?.bandwidth ?? wire.bandwidth),
            size: domain ?? min(perNode, port?.domainSize ?? 1), nodeLink: node),
        scaleOut: ScaleOutFabric(
            link: scaleOut, nicBandwidth: try #require(scaleOut.bandwidth), nicsPerNode: perNode),
        speed: speed)
}
