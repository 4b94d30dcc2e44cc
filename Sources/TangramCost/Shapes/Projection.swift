import TangramModels

/// A matrix that every token is multiplied with, and how tensor parallelism cuts it.
struct Projection: Sendable {
    /// What tensor parallelism cuts.
    enum Cut: Sendable {
        /// Nothing: low-rank compressions, indexer and router are whole on every rank.
        case none
        /// The columns: what comes out.
        case output
        /// The rows: what goes in.
        case input
        /// Copies that work side by side, such as heads: what goes in and what comes out.
        case copies
    }

    /// Width of what goes in, over all copies.
    var input: Double
    /// Width of what comes out, over all copies.
    var output: Double
    /// Elements of the matrix, over all copies.
    var weightCount: Double
    /// What tensor parallelism cuts.
    var cut: Cut
    /// Into how many parts it can be cut: key and value heads that are fewer than ranks are kept
    /// more than once.
    var shardLimit: Double

    init(
        input: Double, output: Double, weightCount: Double? = nil, cut: Cut,
        shardLimit: Double = .infinity
    ) {
        self.input = input
        self.output = output
        self.weightCount = weightCount ?? input * output
        self.cut = cut
        self.shardLimit = max(1, shardLimit)
    }

    init(_ matrix: WeightMatrix, keyValueHeadCount: Int) {
        let copies = Double(matrix.copyCount)
        let cut: Cut
        var limit = Double.infinity
        switch matrix.role {
        case .queryDown, .latentDown, .compressor, .compressorGate, .indexerQuery, .indexerKey,
            .indexerWeight, .router:
            cut = .none
        case .expertDown, .expertUp: cut = .none
        case .query, .queryUp, .latentUp, .gate, .up, .stateInput: cut = .output
        case .key, .value:
            cut = .output
            limit = Double(keyValueHeadCount)
        case .output, .down, .stateOutput: cut = .input
        case .outputDown: cut = .copies
        }
        self.init(
            input: Double(matrix.inputWidth) * copies, output: Double(matrix.outputWidth) * copies,
            weightCount: Double(matrix.inputWidth) * Double(matrix.outputWidth) * copies,
            cut: cut, shardLimit: limit)
    }

    /// Parts that the weights are cut into over `ranks` tensor-parallel ranks.
    func shards(_ ranks: Double) -> Double { cut == .none ? 1 : min(ranks, shardLimit) }

    /// Width of what goes in and what comes out on one of `ranks` tensor-parallel ranks.
    func width(_ ranks: Double) -> Double {
        let shards = shards(ranks)
        switch cut {
        case .none: return input + output
        case .output: return input + output / shards
        case .input: return input / shards + output
        case .copies: return (input + output) / shards
        }
    }
}
