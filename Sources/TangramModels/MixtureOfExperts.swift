/// A feed-forward block of many experts, a few of which each token passes through.
public struct MixtureOfExperts: Hashable, Sendable {
    /// Routed experts.
    public var expertCount: Int
    /// Routed experts that a token passes through (top-k).
    public var activeExpertCount: Int
    /// The inner width of a routed expert.
    public var expertWidth: Int
    /// The inner width of all shared experts together; 0 where there are none.
    public var sharedWidth: Int
    /// The width that routed experts read and write, between a matrix in front of all of them and
    /// one behind (LatentMoE, arXiv 2601.18089); nil where it is that of the residual stream.
    public var latentWidth: Int?
    /// Whether experts are gated (SwiGLU).
    public var isGated: Bool
    /// Whether the matrices of routed experts have biases.
    public var hasExpertBias: Bool
    /// Whether the router has one bias per expert, be it a weight or a balancing correction.
    public var hasRouterBias: Bool
    /// Whether experts follow from a hash of the token instead of the scores (the first layers of
    /// DeepSeek-V4).
    public var isHashRouted: Bool
    /// Groups of experts among which routing chooses first; nil where it does not.
    public var groupCount: Int?
    /// Groups that a token's experts may come from; nil where all may.
    public var activeGroupCount: Int?

    /// Creates a block; everything beyond the first three sizes is off unless said.
    public init(
        expertCount: Int, activeExpertCount: Int, expertWidth: Int, sharedWidth: Int = 0,
        isGated: Bool = true, hasExpertBias: Bool = false, hasRouterBias: Bool = false,
        isHashRouted: Bool = false, groupCount: Int? = nil, activeGroupCount: Int? = nil,
        latentWidth: Int? = nil
    ) {
        self.expertCount = expertCount
        self.activeExpertCount = activeExpertCount
        self.expertWidth = expertWidth
        self.sharedWidth = sharedWidth
        self.isGated = isGated
        self.hasExpertBias = hasExpertBias
        self.hasRouterBias = hasRouterBias
        self.isHashRouted = isHashRouted
        self.groupCount = groupCount
        self.activeGroupCount = activeGroupCount
        self.latentWidth = latentWidth
    }

    /// The matrices of the routed experts, one copy per expert.
    public func expertMatrices(hiddenSize: Int) -> [WeightMatrix] {
        DenseFeedForward(width: expertWidth, isGated: isGated, hasBias: hasExpertBias)
            .matrices(
                hiddenSize: latentWidth ?? hiddenSize, copyCount: expertCount,
                activeCopyCount: activeExpertCount)
    }

    /// The matrices of the shared experts, taken together as one of their summed width.
    public func sharedMatrices(hiddenSize: Int) -> [WeightMatrix] {
        guard sharedWidth > 0 else { return [] }
        return DenseFeedForward(width: sharedWidth, isGated: isGated)
            .matrices(hiddenSize: hiddenSize)
    }

    /// The matrices in front of the routed experts and behind them, where they work on a latent.
    public func latentMatrices(hiddenSize: Int) -> [WeightMatrix] {
        guard let latentWidth else { return [] }
        return [
            WeightMatrix(.expertDown, from: hiddenSize, to: latentWidth),
            WeightMatrix(.expertUp, from: latentWidth, to: hiddenSize),
        ]
    }

    /// The router's matrix.
    public func routerMatrix(hiddenSize: Int) -> WeightMatrix {
        WeightMatrix(.router, from: hiddenSize, to: expertCount, hasBias: hasRouterBias)
    }

    /// Expected number of distinct experts that `tokenCount` tokens hit where routing is uniform:
    /// E·(1 − (1 − k/E)^T).
    public func expectedDistinctExperts(tokenCount: Int) -> Double {
        let miss = 1 - Double(activeExpertCount) / Double(expertCount)
        var power = 1.0
        var base = miss
        var exponent = max(0, tokenCount)
        while exponent > 0 {
            if exponent & 1 == 1 { power *= base }
            base *= base
            exponent >>= 1
        }
        return Double(expertCount) * (1 - power)
    }
}
