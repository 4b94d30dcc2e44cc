/// How operands of narrow multiplications are scaled in training.
public enum NarrowScaling: String, Hashable, Sendable, CaseIterable {
    /// One scale for a tensor or a row, found before it is cast.
    case tensor
    /// One for 128 elements, or 128 by 128 weights (DeepSeek-V3, arXiv 2412.19437, §3.3.2); partial
    /// sums are scaled by the kernel.
    case block
    /// One for 32 elements (MXFP8) or 16 (NVFP4), which matrix units apply themselves.
    case microscaled

    /// What the copy along the other side of an operand costs, which the gradient of the weights
    /// needs, over the 3 bytes an element of casting it from 16 bits: scales of 32 elements are found
    /// in the same pass, which writes one byte more; the others read the narrow copy and write
    /// another (DeepSeek-V3, arXiv 2412.19437, §3.3.3: tiles of 1 × 128 become 128 × 1).
    public var recastShare: Double { self == .microscaled ? 1.0 / 3 : 2.0 / 3 }

    /// Whether kernels scale partial sums of blocks themselves, which slows them down.
    public var isByKernel: Bool { self == .block }
}
