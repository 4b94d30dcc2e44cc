import TangramHardware
import TangramUnits

/// The way from accelerators of one group to those of another.
///
/// Accelerators of one vendor read and write each other's memory over the fabric. Those of different
/// vendors share no library that does: bytes are copied to the host's memory, sent over Ethernet
/// (RoCE or TCP), and copied up again, one after the other. Never faster than the slower end.
struct UnlikeLink: Sendable {
    /// Seconds of an empty message.
    var latency: Double
    /// Seconds per byte of one accelerator's share.
    var byteCost: Double
    /// Whether the bytes pass the hosts' memory.
    var isStaged: Bool

    /// A copy between device and host starts after this long: a driver call with its
    /// synchronisation, of the order of a kernel launch and an interrupt.
    private static let copyLatency = 20e-6
    /// What a host link without figures reaches: PCIe 4.0 × 16 after its framing.
    static let fallbackHostRate = 25e9

    init(_ a: DeviceGroup, _ b: DeviceGroup) {
        let rate = min(a.fabricBandwidth.value, b.fabricBandwidth.value)
        let wire = max(a.scaleOut.link.latency.value, b.scaleOut.link.latency.value)
        isStaged = a.accelerator.vendor != b.accelerator.vendor
        byteCost = 1 / max(rate, 1)
        latency = wire
        guard isStaged else { return }
        for group in [a, b] {
            let host = group.accelerator.hostBandwidth?.value ?? Self.fallbackHostRate
            byteCost += 1 / max(host, 1)
            latency += Self.copyLatency
        }
    }

    /// Seconds of `bytes` over `lanes` accelerators of either end at once.
    func seconds(_ bytes: Double, lanes: Int) -> Double {
        latency + bytes * byteCost / Double(max(1, lanes))
    }
}
