import TangramCost
import TangramHardware
import TangramModels
import TangramUnits
import Testing

/// A group of catalogue accelerators for tests.
func group(
    _ accelerator: String, perNode: Int = 8, domain: Int? = nil, link: String? = nil,
    fabric: String = "ib-ndr400", nodeLink: String = "pcie5-p2p-root", nics: Int? = nil,
    oversubscription: Double = 1, speed: Double = 1
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
            link: scaleOut, nicBandwidth: try #require(scaleOut.bandwidth),
            nicsPerNode: nics ?? perNode,
            oversubscription: oversubscription),
        speed: speed)
}

/// A catalogue model.
func model(_ id: String) throws -> TransformerModel {
    try #require(try ModelCatalogue.builtIn().model(id))
}

/// A group with figures that can be computed with by hand: 100 TFLOP/s in 16 bits, 1 TB/s of
/// memory, 100 GB/s and 10 µs inside a node of 8, 10 GB/s and 5 µs between nodes, all efficiencies
/// 1 and no launch cost.
func roundGroup(
    memory: Bytes = .gibibytes(80), memoryBandwidth: Double = 1e12, inside: Double = 100e9,
    insideLatency: Double = 10e-6, outside: Double = 10e9, outsideLatency: Double = 5e-6,
    perPeer: Double? = nil, speed: Double = 1,
    peaks: [NumberFormat: FLOPRate] = [.bf16: FLOPRate(100e12), .fp8: FLOPRate(200e12)]
) -> DeviceGroup {
    let provenance = Provenance(confidence: "user", source: "made up", retrieved: "2026-11")
    let card = Accelerator(
        id: "round", vendor: "Acme", name: "Round", architecture: "Acme", memory: memory,
        memoryBandwidth: Bandwidth(memoryBandwidth), peaks: peaks,
        efficiency: EfficiencyProfile(
            architecture: "Acme", compute: peaks.mapValues { _ in 1 }, attention: 1, memory: 1,
            launch: .zero, relativeUncertainty: 0.1, source: "made up"),
        provenance: provenance)
    func link(_ id: String, _ rate: Double, _ latency: Double, _ perPeer: Double? = nil) -> Link {
        Link(
            id: id, name: id, kind: .scaleUp, topology: perPeer == nil ? .switched : .mesh,
            bandwidth: Bandwidth(rate), perPeerBandwidth: perPeer.map { Bandwidth($0) },
            efficiency: [:], latency: Seconds(latency), provenance: provenance)
    }
    return DeviceGroup(
        accelerator: card, acceleratorsPerNode: 8,
        scaleUp: ScaleUpDomain(
            link: link("inside", inside, insideLatency, perPeer), bandwidth: Bandwidth(inside),
            size: 8, nodeLink: link("node", inside, insideLatency)),
        scaleOut: ScaleOutFabric(
            link: link("outside", outside, outsideLatency), nicBandwidth: Bandwidth(outside),
            nicsPerNode: 8),
        speed: speed)
}

/// A dense model of `layers` layers of width 1,024 with 8 heads of 128 and two matrices of 4,096.
func smallModel(
    layers: Int = 8, keyValueHeads: Int = 8, vocabulary: Int = 1_024
) -> TransformerModel {
    TransformerModel(
        id: "small", name: "Small", family: "test", hiddenSize: 1_024,
        vocabularySize: vocabulary,
        layerGroups: [
            LayerGroup(
                count: layers,
                attention: .grouped(
                    GroupedQueryAttention(
                        headCount: 8, keyValueHeadCount: keyValueHeads, headDimension: 128)),
                feedForward: .dense(DenseFeedForward(width: 4_096, isGated: false)))
        ])
}

/// Whether two figures agree within `relative`.
func isClose(_ left: Double, _ right: Double, _ relative: Double = 1e-9) -> Bool {
    abs(left - right) <= relative * max(abs(left), abs(right))
}

extension [TimePart] {
    /// The sum of the parts.
    var total: Double { reduce(0) { $0 + $1.time.value } }
    /// The part of one cause, 0 where there is none.
    func seconds(_ cause: TimePart.Cause) -> Double {
        first { $0.cause == cause }?.time.value ?? 0
    }
}
