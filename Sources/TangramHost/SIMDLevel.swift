import CInstructionSet

/// An instruction set that the solver's C kernel is compiled for.
///
/// All levels give the same bits; they differ in speed only.
public enum SIMDLevel: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    /// What every processor of the architecture runs.
    case baseline
    /// x86-64 with AVX2: 4 lanes of Double.
    case avx2
    /// x86-64 with AVX-512 F: 8 lanes of Double.
    case avx512
    /// aarch64: 2 lanes of Double.
    case neon

    /// The environment variable that forces a level: "TANGRAM_SIMD".
    public static let environmentVariable = TANGRAM_SIMD_VARIABLE

    /// The name as processors' makers write it: "AVX-512".
    public var name: String {
        switch self {
        case .baseline: "baseline"
        case .avx2: "AVX2"
        case .avx512: "AVX-512"
        case .neon: "NEON"
        }
    }

    /// The same as ``name``.
    public var description: String { name }

    /// Whether this build has the level and this processor runs it.
    public var isSupported: Bool { tangram_simd_supported(kernelLevel) }

    /// The widest level that is supported here.
    public static var detected: SIMDLevel {
        SIMDLevel(tangram_simd_detected()) ?? .baseline
    }

    /// The level that this process uses: what TANGRAM_SIMD says, or ``detected``.
    ///
    /// The environment is read once.
    /// - Throws: ``HostError/unknownSIMDLevel(_:)`` or
    ///   ``HostError/unsupportedSIMDLevel(_:detected:)``; nothing falls back silently.
    public static var inUse: SIMDLevel {
        get throws(HostError) {
            var level = TANGRAM_SIMD_BASELINE
            let status = tangram_simd_in_use(&level)
            return try checked(
                level, status, name: Environment.value(environmentVariable) ?? "")
        }
    }

    /// The level that `name` ("avx2") asks for; an empty name asks for ``detected``.
    ///
    /// - Throws: ``HostError/unknownSIMDLevel(_:)`` or
    ///   ``HostError/unsupportedSIMDLevel(_:detected:)``.
    public static func resolve(_ name: String) throws(HostError) -> SIMDLevel {
        var level = TANGRAM_SIMD_BASELINE
        let status = tangram_simd_resolve(name, &level)
        return try checked(level, status, name: name)
    }

    private static func checked(
        _ level: tangram_simd_level, _ status: tangram_simd_status, name: String
    ) throws(HostError) -> SIMDLevel {
        guard status != TANGRAM_SIMD_UNKNOWN_NAME, let found = SIMDLevel(level) else {
            throw .unknownSIMDLevel(name)
        }
        guard status == TANGRAM_SIMD_OK else {
            throw .unsupportedSIMDLevel(found, detected: detected)
        }
        return found
    }

    private init?(_ level: tangram_simd_level) {
        switch level {
        case TANGRAM_SIMD_BASELINE: self = .baseline
        case TANGRAM_SIMD_AVX2: self = .avx2
        case TANGRAM_SIMD_AVX512: self = .avx512
        case TANGRAM_SIMD_NEON: self = .neon
        default: return nil
        }
    }

    private var kernelLevel: tangram_simd_level {
        switch self {
        case .baseline: TANGRAM_SIMD_BASELINE
        case .avx2: TANGRAM_SIMD_AVX2
        case .avx512: TANGRAM_SIMD_AVX512
        case .neon: TANGRAM_SIMD_NEON
        }
    }
}
