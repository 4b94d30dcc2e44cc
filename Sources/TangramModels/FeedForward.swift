/// The feed-forward half of a layer.
public enum FeedForward: Hashable, Sendable {
    /// One block for every token.
    case dense(DenseFeedForward)
    /// Experts behind a router.
    case mixtureOfExperts(MixtureOfExperts)

    /// All weight matrices: of the block, or of routed experts, shared experts and router.
    public func matrices(hiddenSize: Int) -> [WeightMatrix] {
        switch self {
        case .dense(let block): block.matrices(hiddenSize: hiddenSize)
        case .mixtureOfExperts(let mixture):
            mixture.expertMatrices(hiddenSize: hiddenSize)
                + mixture.sharedMatrices(hiddenSize: hiddenSize)
                + mixture.latentMatrices(hiddenSize: hiddenSize)
                + [mixture.routerMatrix(hiddenSize: hiddenSize)]
        }
    }
}
