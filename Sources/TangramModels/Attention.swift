/// How a layer mixes tokens.
public enum Attention: Hashable, Sendable {
    /// Multi-head, grouped-query or multi-query attention.
    case grouped(GroupedQueryAttention)
    /// Multi-head latent attention, dense or sparse.
    case latent(LatentAttention)
    /// DeepSeek-V4's compressed attention.
    case compressed(CompressedAttention)
    /// No attention: a state-space layer in its place.
    case stateSpace(StateSpaceMixer)

    /// Query heads.
    public var headCount: Int {
        switch self {
        case .grouped(let attention): attention.headCount
        case .latent(let attention): attention.headCount
        case .compressed(let attention): attention.headCount
        case .stateSpace(let mixer): mixer.headCount
        }
    }

    /// Heads whose keys and values are cached apart, which is how many ways tensor parallelism can
    /// split the cache; 1 where all heads read the same vector.
    public var keyValueHeadCount: Int {
        switch self {
        case .grouped(let attention): attention.keyValueHeadCount
        case .latent, .compressed: 1
        case .stateSpace(let mixer): mixer.groupCount
        }
    }

    /// The width of a query or key head.
    public var queryKeyDimension: Int {
        switch self {
        case .grouped(let attention): attention.headDimension
        case .latent(let attention): attention.queryKeyDimension
        case .compressed(let attention): attention.headDimension
        case .stateSpace(let mixer): mixer.stateDimension
        }
    }

    /// The width of a value head.
    public var valueDimension: Int {
        switch self {
        case .grouped(let attention): attention.headDimension
        case .latent(let attention): attention.valueDimension
        case .compressed(let attention): attention.headDimension
        case .stateSpace(let mixer): mixer.headDimension
        }
    }

    /// The sparse indexer, nil where there is none.
    public var indexer: SparseIndexer? {
        switch self {
        case .grouped, .stateSpace: nil
        case .latent(let attention): attention.indexer
        case .compressed(let attention): attention.indexer
        }
    }

    /// The weight matrices of one layer, without the indexer's.
    public func matrices(hiddenSize: Int) -> [WeightMatrix] {
        switch self {
        case .grouped(let attention): attention.matrices(hiddenSize: hiddenSize)
        case .latent(let attention): attention.matrices(hiddenSize: hiddenSize)
        case .compressed(let attention): attention.matrices(hiddenSize: hiddenSize)
        case .stateSpace(let mixer): mixer.matrices(hiddenSize: hiddenSize)
        }
    }

    /// The weight matrices of one layer's indexer.
    public func indexerMatrices(hiddenSize: Int) -> [WeightMatrix] {
        switch self {
        case .grouped, .stateSpace: []
        case .latent(let attention): attention.indexerMatrices(hiddenSize: hiddenSize)
        case .compressed(let attention): attention.indexerMatrices(hiddenSize: hiddenSize)
        }
    }

    /// Parameters outside matrices and norms: sinks and positions within compressed entries.
    public var vectorParameterCount: Int {
        switch self {
        case .grouped(let attention): attention.hasSinks ? attention.headCount : 0
        case .latent: 0
        case .compressed(let attention): attention.vectorCount
        case .stateSpace(let mixer): mixer.vectorParameterCount
        }
    }

    /// Parameters of the indexer outside its matrices.
    public var indexerVectorParameterCount: Int {
        switch self {
        case .grouped, .stateSpace: 0
        case .latent(let attention): attention.indexerVectorCount
        case .compressed(let attention): attention.indexerVectorCount
        }
    }

    /// Norm weights inside the attention.
    public var normParameterCount: Int {
        switch self {
        case .grouped(let attention): attention.normParameterCount
        case .latent(let attention): attention.normParameterCount
        case .compressed(let attention): attention.normParameterCount
        // The gated norm in front of the last matrix.
        case .stateSpace(let mixer): mixer.innerWidth
        }
    }
}
