import TangramHardware
import TangramModels
import TangramUnits

/// Refuses figures that nothing can be computed with, before they reach the kernel: its arithmetic
/// assumes finite numbers, sizes from 1 and whole counts that a double holds exactly.
enum InputCheck {
    /// No machine moves or computes more per second than this; beyond, single precision overflows.
    private static let largestRate = 1e30
    /// Tokens of a sequence, or of a batch of sequences: 2^40 is a million million tokens.
    private static let largestTokenCount = 1 << 40

    static func check(_ demand: TrainingDemand) throws(Rejection) {
        try count("sequence length", demand.sequenceLength, upTo: 1 << 24)
        try count("global batch size", demand.globalBatchSize, upTo: Int(Int32.max))
        let (tokens, isOver) = demand.sequenceLength.multipliedReportingOverflow(
            by: demand.globalBatchSize)
        guard !isOver, tokens <= largestTokenCount else {
            throw .invalidInput(
                InvalidInput(
                    name: "tokens of a step",
                    value: "\(demand.sequenceLength) × \(demand.globalBatchSize)",
                    allowed: "at most \(largestTokenCount)"))
        }
        let load = demand.expertLoad
        guard load.imbalance <= 1e4, load.capacity ?? 1 <= 1e4 else {
            throw .invalidInput(
                InvalidInput(
                    name: "expert load", value: "\(load.imbalance), \(load.capacity ?? 1)",
                    allowed: "at most 10,000"))
        }
        if case .lora(let rank) = demand.method { try count("LoRA rank", rank, upTo: 1 << 20) }
    }

    static func check(_ demand: ServingDemand) throws(Rejection) {
        try count("prompt tokens", demand.promptTokens, from: 0, upTo: 1 << 30)
        try count("output tokens", demand.outputTokens, upTo: 1 << 30)
        try count("redundant experts", demand.redundantExperts, from: 0, upTo: 1 << 20)
        if let images = demand.images {
            guard demand.model.visionEncoder != nil else {
                throw .invalidInput(
                    InvalidInput(
                        name: "image tokens", value: "\(images.tokens)",
                        allowed: "none: \(demand.model.id) has no encoder of images (a config.json "
                            + "with a vision_config has)"))
            }
            try count("image tokens", images.tokens, upTo: max(1, demand.promptTokens))
            try count("images", images.count, upTo: 1 << 20)
        }
        for (name, limit) in [
            ("limit on the time to the first token", demand.timeToFirstToken),
            ("limit on the time per output token", demand.timePerOutputToken),
        ] {
            guard let limit, !(limit.value > 0) else { continue }
            throw .invalidInput(
                InvalidInput(name: name, value: "\(limit)", allowed: "a time above 0"))
        }
    }

    static func check(_ group: DeviceGroup) throws(Rejection) {
        try count("accelerators per node", group.acceleratorsPerNode, upTo: 1 << 20)
        try count("accelerators of a scale-up domain", group.scaleUp.size, upTo: 1 << 20)
        let accelerator = group.accelerator
        try rate("memory bandwidth", accelerator.memoryBandwidth.value, isZeroAllowed: false)
        for (format, peak) in accelerator.peaks {
            try rate("\(format.rawValue) peak", peak.value, isZeroAllowed: true)
        }
        try rate("speed", group.speed, isZeroAllowed: true)
        try rate("scale-up bandwidth", group.scaleUp.bandwidth.value, isZeroAllowed: true)
        try rate("fabric bandwidth", group.fabricBandwidth.value, isZeroAllowed: true)
        for link in [group.scaleUp.link, group.scaleUp.nodeLink, group.scaleOut.link] {
            try rate("latency of \(link.id)", link.latency.value, isZeroAllowed: true)
        }
        try rate("launch cost", accelerator.efficiency.launch.value, isZeroAllowed: true)
        guard group.memory > .zero else {
            throw .invalidInput(
                InvalidInput(
                    name: "memory of \(accelerator.id)", value: group.memory.description,
                    allowed: "more than none"))
        }
    }

    private static func count(
        _ name: String, _ value: Int, from least: Int = 1, upTo limit: Int
    ) throws(Rejection) {
        guard value >= least, value <= limit else {
            throw .invalidInput(
                InvalidInput(name: name, value: "\(value)", allowed: "\(least) to \(limit)"))
        }
    }

    private static func rate(
        _ name: String, _ value: Double, isZeroAllowed: Bool
    ) throws(Rejection) {
        let isLarge = value > largestRate
        guard value.isFinite, !isLarge, value > 0 || (isZeroAllowed && value == 0) else {
            throw .invalidInput(
                InvalidInput(
                    name: name, value: "\(value)",
                    allowed: "a number \(isZeroAllowed ? "from" : "above") 0 to \(largestRate)"))
        }
    }
}

/// A figure that nothing can be computed with.
public struct InvalidInput: Error, Hashable, Sendable, CustomStringConvertible {
    /// What it is, for example `sequence length`.
    public var name: String
    /// What was given.
    public var value: String
    /// What may be given.
    public var allowed: String

    /// Creates one.
    public init(name: String, value: String, allowed: String) {
        self.name = name
        self.value = value
        self.allowed = allowed
    }

    /// "sequence length 0: give 1 to 16777216".
    public var description: String { "\(name) \(value): give \(allowed)" }
}
