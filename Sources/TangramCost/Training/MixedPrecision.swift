import TangramUnits

/// Bytes that mixed-precision training with Adam keeps for each trained parameter.
///
/// Megatron-LM's accounting for 16-bit weights with 32-bit gradients: 18 bytes, of which 12 are
/// sharded by the distributed optimizer, "6 + 12/d" (Megatron-LM, docs on the distributed
/// optimizer; ZeRO, arXiv 1910.02054, §3.1).
struct MixedPrecision: Sendable {
    /// Weights used by the forward and backward passes: 16 bits.
    static let weight = 2.0
    /// Gradients, accumulated in 32 bits.
    static let gradient = 4.0
    /// 32-bit master weight and two Adam moments, 12 bytes with those of 32 bits.
    static func optimizer(moments: NumberFormat) -> Double { 4 + 2 * moments.bytesPerElement }
    /// Bytes of optimizer states, gradient and weights read and written by one Adam update of one
    /// parameter: gradient 4, master and moments 12 read, 12 written, weight 2 written.
    static let updateTraffic = 30.0
    /// Activations between operators: 16 bits.
    static let activation = 2.0

    /// Bytes of the copies of a weight that matrix multiplication in `format` needs beside the
    /// 16-bit weight: one narrow copy (and none in 16 bits).
    ///
    /// - Parameter narrowOnly: Whether two narrow copies, one for each direction that scales lie in,
    ///   stand for the 16-bit weight, so that the difference to it is counted (Transformer Engine,
    ///   primary weights in FP8).
    static func computeCopy(_ format: NumberFormat, narrowOnly: Bool = false) -> Double {
        guard format.bits < 16 else { return 0 }
        return narrowOnly ? 2 * format.bytesPerElement - weight : format.bytesPerElement
    }
}

extension NumberFormat {
    /// Bytes of one element sent to experts: 8-bit formats add a 32-bit scale per 128 elements
    /// (DeepSeek-V3, arXiv 2412.19437, §3.3.2).
    var dispatchBytes: Double { bytesPerElement + (bits < 16 ? 4.0 / 128 : 0) }
}

/// Memory of a device that neither weights nor activations may use.
enum MemoryReserve {
    /// The part of device memory a caching allocator turns into allocations: SimuMax divides
    /// allocated by reserved memory to get 0.94 (SimuMax, `mem_factor`).
    static let allocatorFraction = 0.94
    /// Runtime, libraries and collective buffers of one device: aiconfigurator 0.12 states 3.76 GB
    /// of other memory and 0.36–0.41 GB of NCCL buffers per GPU (systems/*.yaml).
    static let runtime = Bytes.gigabytes(4.1)
}
