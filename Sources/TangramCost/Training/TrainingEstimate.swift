public import TangramUnits

/// What a training job does on given accelerators under a given layout.
public struct TrainingEstimate: Hashable, Sendable {
    /// The layout.
    public var layout: TrainingLayout
    /// The format that matrix multiplications are computed in.
    public var computeFormat: NumberFormat
    /// Time of one optimizer step.
    public var stepTime: Seconds
    /// Tokens trained per second over all accelerators.
    public var throughput: TokenRate
    /// Model FLOPs utilisation: model FLOP (causal attention, no recomputation) per second over the
    /// dense peak of `computeFormat`.
    public var modelFLOPUtilisation: Double
    /// What the step time is made of; the parts sum to it.
    public var breakdown: [TimePart]
    /// The phases of a bidirectional pipeline; nil under other schedules.
    public var dualPipe: DualPipePhases?
    /// Memory of the fullest device.
    public var memory: MemoryBreakdown
    /// Operations of one accelerator in one step, averaged over all; recomputation included.
    public var workPerAccelerator: FLOP
    /// What all accelerators take in one step, without hosts, network and cooling; nil where their
    /// power limit or what they draw of it is not known.
    public var energyPerStep: Energy?
    /// The exchange with experts of one layer and micro-batch, and where its curves come from; nil
    /// where there is none, or no library for it was measured.
    public var expertExchange: ExpertExchangeUse?
    /// One-sided relative uncertainty of the step time.
    public var relativeUncertainty: Double

    /// Whether it fits into memory.
    public var fits: Bool { memory.shortfall == .zero }
    /// Accelerators used.
    public var acceleratorCount: Int { layout.acceleratorCount }
}
