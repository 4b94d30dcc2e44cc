public import TangramUnits

/// How much of an accelerator's peaks real kernels reach, per architecture.
///
/// A kernel of F operations and Q bytes takes
/// `launch + max(F / (peak × compute), Q / (bandwidth × memory))`.
public struct EfficiencyProfile: Hashable, Sendable {
    /// The architecture it was fitted for.
    public var architecture: String
    /// Fraction of the dense peak that large matrix multiplications reach, per format.
    public var compute: [NumberFormat: Double]
    /// Fraction of the dense peak that attention cores reach in the 16-bit formats.
    public var attention: Double
    /// Fraction of peak memory bandwidth that streaming kernels reach.
    public var memory: Double
    /// Fraction of peak memory bandwidth that the kernels of a state-space layer reach of the bytes
    /// that a chunked scan has to move; nil where nobody measured it.
    public var scan: Double?
    /// Fixed cost of one kernel.
    public var launch: Seconds
    /// One-sided relative uncertainty of times that rest on this profile, 0.1 for ±10 %: with
    /// ``curves``, what they were off by on measurements, or accelerators, left out of their fit.
    public var relativeUncertainty: Double
    /// The architecture these figures were inherited from, where they were not measured on this one.
    public var inheritedFrom: String?
    /// What the figures were fitted to, and with which residual.
    public var source: String
    /// What it draws of its power limit; nil where nobody says.
    public var power: PowerShares?
    /// Part of its multiprocessors that a collective takes from the computation beside it, 0...1; 0
    /// where nobody says.
    public var collectiveShare = 0.0
    /// Curves of single operators, which depend on shapes and sizes where the fractions above do
    /// not; nil where nothing of the kind was measured on this architecture or its relatives.
    public var curves: OperatorCurveTable?

    /// Creates a profile; fractions are in 0...1.
    public init(
        architecture: String, compute: [NumberFormat: Double], attention: Double, memory: Double,
        launch: Seconds, relativeUncertainty: Double, inheritedFrom: String? = nil, source: String
    ) {
        self.architecture = architecture
        self.compute = compute
        self.attention = attention
        self.memory = memory
        self.launch = launch
        self.relativeUncertainty = relativeUncertainty
        self.inheritedFrom = inheritedFrom
        self.source = source
    }
}
