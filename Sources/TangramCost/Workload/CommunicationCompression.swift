public import TangramUnits

/// What training sends in fewer bits than it computes in.
///
/// What compression does to the loss is not predicted; each case names where it was measured.
public struct CommunicationCompression: Hashable, Sendable {
    /// How results come back from experts.
    public enum Combine: String, CaseIterable, Hashable, Sendable {
        /// As they were computed.
        case bf16
        /// Logarithms of 10 bits (LogFMT-10; DeepSeek-V3, arXiv 2505.09343, §3.2, found it as good as
        /// BF16, and its encoding too slow on current cores).
        case logfmt10
        /// 8 bits with a scale for 128 elements.
        case fp8
    }

    /// How gradients are exchanged.
    public enum Gradient: Hashable, Sendable {
        /// As they are accumulated.
        case none
        /// Two factors of this rank for each matrix (PowerSGD, arXiv 1905.13727).
        case powerSGD(rank: Int)
        /// Signs with error feedback (1-bit Adam, arXiv 2102.02888).
        case oneBit
        /// This share of the elements with their places (Deep Gradient Compression, arXiv
        /// 1712.01887).
        case topK(share: Double)
    }

    /// How results come back from experts.
    public var combine: Combine
    /// How gradients are exchanged.
    public var gradient: Gradient
    /// What weights are gathered in; nil for 16 bits (quantised all-gather, ZeRO++, arXiv 2306.10209).
    public var gather: NumberFormat?

    /// Creates a compression.
    public init(
        combine: Combine = .bf16, gradient: Gradient = .none, gather: NumberFormat? = nil
    ) {
        self.combine = combine
        self.gradient = gradient
        self.gather = gather
    }

    /// Nothing is compressed.
    public static let none = CommunicationCompression()

    /// Bytes of one element on its way back from experts.
    var combineBytes: Double {
        switch combine {
        case .bf16: MixedPrecision.activation
        case .logfmt10: 10.0 / 8
        case .fp8: NumberFormat.fp8.dispatchBytes
        }
    }

    /// Bytes for each gradient of a matrix of `width` × `width` accumulated in `accumulated` bytes.
    func gradientBytes(accumulated: Double, width: Double) -> Double {
        switch gradient {
        case .none: accumulated
        case .powerSGD(let rank):
            min(accumulated, accumulated * 2 * Double(max(1, rank)) / max(width, 1))
        // A bit, and two scales of a chunk that weigh nothing.
        case .oneBit: 1.0 / 8
        // Value and place, 4 bytes each.
        case .topK(let share): min(accumulated, 8 * min(max(share, 0), 1))
        }
    }

    /// Bytes of one gathered weight, with a 32-bit scale for a block of 128 below 16 bits.
    var gatherBytes: Double { gather.map(\.dispatchBytes) ?? MixedPrecision.weight }

    /// Bytes moved per parameter by compressing and by feeding the error back: gradient and error are
    /// read, the error is written, 4 bytes each.
    var gradientTraffic: Double {
        if case .none = gradient { return 0 }
        return 12
    }
}
