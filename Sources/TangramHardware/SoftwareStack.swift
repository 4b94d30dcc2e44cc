public import TangramUnits

/// What a generation of training software reaches of the rates that single operators were measured
/// at, what it hides behind computation, and what it keeps in memory.
///
/// The operator curves are of current, well-tuned kernels. A run of 2021 had other kernels, and a
/// framework that launches them one by one, or waits for gradients, is slower than their sum.
public struct SoftwareStack: Hashable, Sendable {
    /// The name, for example `llm-foundry-2023`.
    public var id: String
    /// Rate of matrix multiplications, relative to the curves; above 0.
    public var matrix: Double
    /// Rate of attention cores, relative to the curves; above 0.
    public var attention: Double
    /// Rate of kernels bound by memory, relative to the curves; above 0.
    public var stream: Double
    /// Share of the forward and backward pass that data-parallel collectives hide behind, 0...1.
    public var gradientOverlap: Double
    /// Time the host needs to launch the kernels of one layer's forward pass; the backward pass has
    /// twice as many. 0 where graphs or compilation hide it.
    public var hostTimePerLayer: Seconds
    /// Time the host needs to launch one matrix multiplication of a layer with routed experts and what
    /// belongs to it, forward, beside ``hostTimePerLayer``; graphs seldom capture such layers.
    public var hostTimePerExpertOperator = Seconds.zero
    /// Rate of the multiplications of routed experts; nil as of other matrices.
    public var experts: Double?
    /// Share of the matrix multiplications that tensor-parallel collectives hide behind, 0...1.
    public var tensorOverlap = 0.0
    /// Share of a pass that the experts' all-to-all hides behind, 0...1.
    public var exchangeOverlap = 0.0
    /// Rate of ZeRO-3's gathers and scatters, relative to a well-run collective; above 0.
    public var gatherRate = 1.0
    /// Whether copies of a token for experts of one node cross the fabric once (DeepEP and its
    /// relatives), instead of once for each expert.
    public var mergesCopies = true
    /// Whether norms, rotary embedding and activations are one kernel each; false where a framework
    /// launches their additions, products and casts one by one.
    public var fusesElementwise = true
    /// Whether what tensor parallelism gathers, and what it scatters, is copied into order, because
    /// shards lie along a dimension that is not the first (batch-first tensors of PyTorch).
    public var copiesGathered = false
    /// Whether attention scores are written to memory and kept, as before FlashAttention.
    public var keepsScores = false
    /// Whether tensor parallelism shards norms and residuals over the sequence.
    public var isSequenceParallel = true
    /// Bytes of logits, their copies and their gradients at the peak, per logit.
    public var logitBytes = 6.0
    /// The format that gradients are accumulated in: `fp32` or `bf16`.
    public var gradientFormat = NumberFormat.fp32
    /// The format of Adam's two moments: `fp32` or `bf16`.
    public var momentFormat = NumberFormat.fp32
    /// Whether what goes into activation functions is kept in the narrow format too, and what comes out
    /// of attention once, in 12 bits.
    public var keepsNarrowActivations = false
    /// The format of tokens on their way to experts where the job does not say.
    public var dispatchFormat = NumberFormat.bf16
    /// How operands of 8 bits are scaled where the job does not say.
    public var narrowScaling = NarrowScaling.block
    /// Whether narrow formats keep their two narrow copies of a weight only, without one of 16 bits.
    public var keepsNarrowWeightsOnly = false
    /// Whether operands of narrow multiplications are kept narrow for the backward pass.
    public var keepsNarrowOperands = true
    /// Whether what experts put out is kept, because it is weighted behind them.
    public var keepsExpertOutputs = true
    /// One-sided relative uncertainty of step times under this stack, within which four in five
    /// measurements lie that shaped none of its rates; nil where none was compared.
    public var relativeUncertainty: Double?
    /// What selective recomputation keeps.
    public var selection = Selection.modules

    /// What selective recomputation keeps of a layer.
    public enum Selection: String, Hashable, Sendable {
        /// All but the outputs of norms, activation functions and MLA's up-projections.
        case modules
        /// The input, the attention core's output, and the output of every other matrix
        /// multiplication.
        case operators
    }

    /// Creates a stack.
    public init(
        id: String, matrix: Double = 1, attention: Double = 1, stream: Double = 1,
        gradientOverlap: Double = 1, hostTimePerLayer: Seconds = .zero
    ) {
        self.id = id
        self.matrix = matrix
        self.attention = attention
        self.stream = stream
        self.gradientOverlap = gradientOverlap
        self.hostTimePerLayer = hostTimePerLayer
    }

    /// Current software, tuned: as the curves say, with gradients behind the backward pass.
    public static let current = SoftwareStack(id: "current")
}
