import CInstructionSet

/// The instruction set that batches of options are costed with.
enum KernelLevel {
    /// What TANGRAM_SIMD says, or the widest; where it says nonsense, which the command refuses
    /// beforehand, the widest.
    static var inUse: tangram_simd_level {
        var level = TANGRAM_SIMD_BASELINE
        return tangram_simd_in_use(&level) == TANGRAM_SIMD_OK ? level : tangram_simd_detected()
    }
}
