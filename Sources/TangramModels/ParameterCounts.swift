/// Exact parameter counts by component.
public struct ParameterCounts: Hashable, Sendable, AdditiveArithmetic {
    /// Token embedding, and learned positions.
    public var embedding = 0
    /// Output head; 0 where it is the embedding.
    public var head = 0
    /// Attention projections with biases, sinks and positions of compressed entries.
    public var attention = 0
    /// Indexers of sparse attention, with their norms.
    public var indexer = 0
    /// Dense feed-forward blocks.
    public var denseFeedForward = 0
    /// Routed experts.
    public var routedExperts = 0
    /// Shared experts, and the matrices around the latent that routed ones work on.
    public var sharedExperts = 0
    /// Routers, with their biases.
    public var router = 0
    /// Norms, of layers and inside attention.
    public var norms = 0
    /// Hyper-connections.
    public var other = 0
    /// Multi-token prediction layers, which ``total`` leaves out.
    public var multiTokenPrediction = 0

    /// No parameters.
    public init() {}

    /// No parameters.
    public static let zero = ParameterCounts()

    /// All components except multi-token prediction, which is how model sizes are published.
    public var total: Int {
        embedding + head + attention + indexer + denseFeedForward + routedExperts + sharedExperts
            + router + norms + other
    }

    /// The sum by component.
    public static func + (left: Self, right: Self) -> Self { combine(left, right) { $0 + $1 } }
    /// The difference by component.
    public static func - (left: Self, right: Self) -> Self { combine(left, right) { $0 - $1 } }
    /// Every component times a count.
    public static func * (left: Self, right: Int) -> Self {
        combine(left, left) { component, _ in component * right }
    }

    private static func combine(
        _ left: Self, _ right: Self, _ operation: (Int, Int) -> Int
    ) -> Self {
        var result = Self()
        for component in components {
            result[keyPath: component] = operation(
                left[keyPath: component], right[keyPath: component])
        }
        return result
    }

    private static var components: [WritableKeyPath<Self, Int>] {
        [
            \.embedding, \.head, \.attention, \.indexer, \.denseFeedForward, \.routedExperts,
            \.sharedExperts, \.router, \.norms, \.other, \.multiTokenPrediction,
        ]
    }
}
