/// A Mamba-2 layer in the place of attention (Dao and Gu, arXiv 2405.21060): heads of a state-space
/// model behind a short convolution, with a state of fixed size instead of a cache.
public struct StateSpaceMixer: Hashable, Sendable {
    /// Heads, each with a decay of its own.
    public var headCount: Int
    /// The width of a head.
    public var headDimension: Int
    /// Values of the state for each channel.
    public var stateDimension: Int
    /// Groups of heads that share what is written to and read from the state (B and C).
    public var groupCount: Int
    /// Tokens that the convolution sees.
    public var convolutionWidth: Int
    /// Tokens of a chunk: inside of one the kernel multiplies squares, between them it passes states.
    public var chunkLength: Int

    /// Creates a layer.
    public init(
        headCount: Int, headDimension: Int, stateDimension: Int, groupCount: Int,
        convolutionWidth: Int = 4, chunkLength: Int = 128
    ) {
        self.headCount = headCount
        self.headDimension = headDimension
        self.stateDimension = stateDimension
        self.groupCount = groupCount
        self.convolutionWidth = convolutionWidth
        self.chunkLength = chunkLength
    }

    /// Channels of all heads.
    public var innerWidth: Int { headCount * headDimension }

    /// Channels of the convolution: inputs of the heads, B and C.
    public var convolutionChannelCount: Int { innerWidth + 2 * groupCount * stateDimension }

    /// Values that are kept of a sequence, however long: every head's state and the convolution's
    /// last tokens.
    public var stateValueCount: Int {
        innerWidth * stateDimension + (convolutionWidth - 1) * convolutionChannelCount
    }

    /// The matrices in front of the heads (gates, inputs, B, C, steps in one) and behind them.
    func matrices(hiddenSize: Int) -> [WeightMatrix] {
        [
            WeightMatrix(
                .stateInput, from: hiddenSize,
                to: innerWidth + convolutionChannelCount + headCount),
            WeightMatrix(.stateOutput, from: innerWidth, to: hiddenSize),
        ]
    }

    /// The convolution with its bias, and a decay, a step and a skip of each head.
    var vectorParameterCount: Int {
        convolutionChannelCount * (convolutionWidth + 1) + 3 * headCount
    }

    /// FLOP of the chunked scan for one token: scores of the tokens of its chunk (2·Q·G·N) and their
    /// weighted sum (2·Q·H·P), the chunk's state and what is read of the last one (4·H·P·N); arXiv
    /// 2405.21060, §6.
    public var scanFLOPPerToken: Double {
        let chunk = Double(chunkLength)
        let state = Double(stateDimension)
        let inner = Double(innerWidth)
        return 2 * chunk * (Double(groupCount) * state + inner) + 4 * inner * state
    }

    /// FLOP of one token that only updates and reads the state: 4·H·P·N.
    public var stepFLOP: Double { 4 * Double(innerWidth) * Double(stateDimension) }

    /// Elements that the kernels of the chunked scan read and write for one token: the convolution
    /// (twice its channels), chunk states (read inputs and B, write 1/Q of a state, pass it on, read
    /// it), scores of a chunk (B and C read, G·Q written and read), the scan (inputs and C read,
    /// output written) and the gated norm (three times the inner width).
    public var scannedElements: Double {
        let inner = Double(innerWidth)
        let group = Double(groupCount * stateDimension)
        let states = inner * Double(stateDimension) / Double(max(1, chunkLength))
        return 2 * Double(convolutionChannelCount) + (inner + group) + 4 * states
            + 2 * (group + Double(groupCount * chunkLength)) + (2 * inner + group) + 3 * inner
    }

    /// Elements of one token that training keeps: what comes out of the first matrix, of the
    /// convolution, and of the scan.
    public var keptElements: Double {
        Double(2 * innerWidth + 2 * convolutionChannelCount + headCount)
    }
}
