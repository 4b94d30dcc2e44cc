/// A feed-forward block that every token passes through whole.
public struct DenseFeedForward: Hashable, Sendable {
    /// The inner width.
    public var width: Int
    /// Whether a gate multiplies the inner values (SwiGLU): three matrices instead of two.
    public var isGated: Bool
    /// Whether the matrices have biases.
    public var hasBias: Bool

    /// Creates a block.
    public init(width: Int, isGated: Bool = true, hasBias: Bool = false) {
        self.width = width
        self.isGated = isGated
        self.hasBias = hasBias
    }

    /// The weight matrices; `copyCount` of each where they are experts.
    public func matrices(
        hiddenSize: Int, copyCount: Int = 1, activeCopyCount: Int? = nil
    ) -> [WeightMatrix] {
        let inward: [WeightMatrix.Role] = isGated ? [.gate, .up] : [.up]
        return inward.map {
            WeightMatrix(
                $0, from: hiddenSize, to: width, copyCount: copyCount,
                activeCopyCount: activeCopyCount, hasBias: hasBias)
        } + [
            WeightMatrix(
                .down, from: width, to: hiddenSize, copyCount: copyCount,
                activeCopyCount: activeCopyCount, hasBias: hasBias)
        ]
    }
}
