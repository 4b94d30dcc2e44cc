public import TangramUnits

/// How tokens go to experts on other nodes: fixed times, and bytes over what the wire could carry.
public struct ExpertExchange: Hashable, Sendable {
    /// Fixed time where every copy of a token goes out on its own.
    public var copyLatency: Seconds
    /// Part of the wire that copies fill.
    public var copyEfficiency: Double
    /// Fixed time where one copy goes to each node and is passed on inside.
    public var mergedLatency: Seconds
    /// Part of the wire that merged copies fill.
    public var mergedEfficiency: Double

    /// DeepEP on 400 Gb/s InfiniBand, deepseek-ai/DeepEP README: its low-latency kernels send 128
    /// tokens of 7,168 bytes to 8 experts in 173 to 194 µs over 64 to 256 ranks, 38 to 42 GB/s; its
    /// normal kernels reach 43 to 58 GB/s between nodes with one copy for each. The fixed time of the
    /// normal kernels is that of aiconfigurator-core 0.12.0's measurements on 64 ranks.
    public static let deepEP = ExpertExchange(
        copyLatency: Seconds(20e-6), copyEfficiency: 0.8, mergedLatency: Seconds(114e-6),
        mergedEfficiency: 1)
}
