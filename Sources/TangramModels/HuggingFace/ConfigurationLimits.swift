/// Bounds on every size read from a configuration.
///
/// Each is well above any model that exists, and together with ``parameterCount`` they keep every
/// product of sizes within `Int`.
enum ConfigurationLimits {
    static let hiddenSize = 1_000_000
    static let layerCount = 10_000
    static let vocabularySize = 100_000_000
    static let headCount = 65_536
    static let headDimension = 65_536
    static let rank = 1_000_000
    static let width = 10_000_000
    static let expertCount = 100_000
    static let context = 1_000_000_000_000
    static let compressionRatio = 1_000_000
    static let streamCount = 64
    static let predictionLayerCount = 64
    /// No model of more parameters is accepted.
    static let parameterCount = 1e17
}
