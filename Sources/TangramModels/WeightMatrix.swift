/// A weight matrix of a layer, the unit from which parameters and projection FLOP are both counted.
public struct WeightMatrix: Hashable, Sendable {
    /// What a matrix computes.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        /// Hidden state to query heads.
        case query
        /// Hidden state to key heads.
        case key
        /// Hidden state to value heads.
        case value
        /// Hidden state to the compressed query.
        case queryDown
        /// Compressed query to query heads.
        case queryUp
        /// Hidden state to the cached latent (and its rotary part).
        case latentDown
        /// Latent to keys and values; absorbed into query and output when decoding.
        case latentUp
        /// Hidden state to the content of compressed entries.
        case compressor
        /// Hidden state to the gates that weigh tokens within a compressed entry.
        case compressorGate
        /// Heads of one group to that group's part of the low-rank output.
        case outputDown
        /// Heads, or the low-rank output, to the hidden state.
        case output
        /// Compressed query to indexer heads.
        case indexerQuery
        /// Hidden state to the indexer's key.
        case indexerKey
        /// Hidden state to the weight of each indexer head.
        case indexerWeight
        /// Hidden state to gates, inputs and parameters of a state-space layer.
        case stateInput
        /// Heads of a state-space layer to the hidden state.
        case stateOutput
        /// Hidden state to the narrower latent that routed experts work on.
        case expertDown
        /// That latent to the hidden state.
        case expertUp
        /// Hidden state to the gate of a feed-forward block.
        case gate
        /// Hidden state to the inner width of a feed-forward block.
        case up
        /// Inner width of a feed-forward block to the hidden state.
        case down
        /// Hidden state to one score per expert.
        case router
    }

    /// What it computes.
    public var role: Role
    /// The length of a row: how many values go in.
    public var inputWidth: Int
    /// How many values come out of one copy.
    public var outputWidth: Int
    /// How many such matrices there are: experts, or groups.
    public var copyCount: Int
    /// How many of them one token passes through.
    public var activeCopyCount: Int
    /// Whether each output has a bias.
    public var hasBias: Bool

    /// Creates a matrix; all copies are active unless said otherwise.
    public init(
        _ role: Role, from inputWidth: Int, to outputWidth: Int, copyCount: Int = 1,
        activeCopyCount: Int? = nil, hasBias: Bool = false
    ) {
        self.role = role
        self.inputWidth = inputWidth
        self.outputWidth = outputWidth
        self.copyCount = copyCount
        self.activeCopyCount = activeCopyCount ?? copyCount
        self.hasBias = hasBias
    }

    /// Parameters of one copy, bias included.
    public var parameterCountPerCopy: Int {
        inputWidth * outputWidth + (hasBias ? outputWidth : 0)
    }
    /// Parameters of all copies.
    public var parameterCount: Int { parameterCountPerCopy * copyCount }
    /// Parameters that one token passes through.
    public var activeParameterCount: Int { parameterCountPerCopy * activeCopyCount }
    /// Forward FLOP per token: two per weight it passes through; the bias is not counted.
    public var forwardFLOPPerToken: Double {
        2 * Double(inputWidth) * Double(outputWidth) * Double(activeCopyCount)
    }
}
