import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

/// The curves of one accelerator as the kernel reads them: measured ones where there are, otherwise
/// the roofline of its efficiency profile.
struct OperatorTimes {
    private let accelerator: Accelerator
    private let profile: EfficiencyProfile
    /// Relative to a healthy accelerator.
    private let speed: Double

    /// A node that is out has speed 0; times on it are long instead of infinite.
    private static let leastSpeed = 1e-3
    /// No operator reaches less than a hundredth of a peak.
    private static let leastEfficiency = 0.01
    /// What takes for ever where a format has no peak, and is still a number of single precision.
    private static let slowestRate = 1.0

    init(_ group: DeviceGroup) {
        accelerator = group.accelerator
        profile = group.accelerator.efficiency
        speed = max(group.speed, Self.leastSpeed)
    }

    /// The format attention cores and heads are computed in.
    private var wideFormat: NumberFormat { accelerator.attentionFormat ?? .bf16 }

    /// Seconds of one launch of a kernel bound by memory.
    var launch: Double { max(0, profile.launch.value) }

    /// Seconds per byte of kernels bound by memory.
    var byteCost: Double {
        1 / (bandwidth * max(profile.memory, Self.leastEfficiency) * speed)
    }

    /// The dense peak in FLOP/s of `format`, 0 where there is none.
    func peak(_ format: NumberFormat) -> Double { max(0, accelerator.peaks[format]?.value ?? 0) }

    private var bandwidth: Double { max(accelerator.memoryBandwidth.value, 1e6) }

    private func flopCost(_ format: NumberFormat, efficiency: Double) -> Double {
        1
            / max(
                peak(format) * max(efficiency, Self.leastEfficiency) * speed, Self.slowestRate)
    }

    private func byteCost(efficiency: Double) -> Double {
        1 / (bandwidth * max(efficiency, Self.leastEfficiency) * speed)
    }

    /// The fraction of its peak that large multiplications reach in `format`.
    private func efficiency(_ format: NumberFormat) -> Double {
        profile.compute[format] ?? profile.compute[.bf16] ?? profile.compute[.fp16]
            ?? profile.compute.values.min() ?? 1
    }

    // MARK: Operators

    /// Multiplications in `format` with weights of `weightBytes`, activations of 16 bits.
    func matrix(_ format: NumberFormat, weightBytes: Double) -> tangram_matrix_curve {
        var curve = tangram_matrix_curve()
        curve.launch_s = launch
        curve.flop_cost_s = flopCost(format, efficiency: efficiency(format))
        curve.byte_cost_s = byteCost
        curve.input_bytes = MixedPrecision.activation
        curve.output_bytes = MixedPrecision.activation
        curve.weight_bytes = weightBytes
        return curve
    }

    /// Multiplications with the head, in 16 bits where the card has them.
    func head() -> tangram_matrix_curve {
        matrix(wideFormat, weightBytes: MixedPrecision.weight)
    }

    /// Routed experts: two grouped multiplications, and kernels beside them.
    func experts(_ format: NumberFormat, weightBytes: Double) -> tangram_expert_curve {
        var curve = tangram_expert_curve()
        curve.launch_s = 2 * launch
        curve.flop_cost_s = flopCost(format, efficiency: efficiency(format))
        curve.byte_cost_s = byteCost
        curve.near_byte_cost_s = byteCost
        curve.weight_bytes = weightBytes
        curve.activation_share = 1
        return curve
    }

    /// Attention cores of `attention` over new tokens, with a cache in `cache`.
    func prefill(_ attention: Attention, cache: NumberFormat) -> tangram_attention_curve {
        var curve = tangram_attention_curve()
        curve.launch_s = launch
        curve.flop_cost_s = flopCost(wideFormat, efficiency: profile.attention)
        curve.byte_cost_s = byteCost
        return curve
    }

    /// Attention cores of `attention` of one new token over a cache in `cache`, and whether too
    /// short a cache slows their arithmetic down too.
    func decode(
        _ attention: Attention, cache: NumberFormat
    ) -> (curve: tangram_attention_curve, rampsArithmetic: Bool) {
        (prefill(attention, cache: cache), false)
    }

    /// Bytes per visit of an expert that permutation moves in serving, of width `hidden`.
    func rowBytes(hidden: Double) -> Double { 0 }

    /// Seconds per byte of casting operands to `format`; 0 in 16 bits.
    func cast(_ format: NumberFormat) -> Double { format.bits < 16 ? byteCost : 0 }
}
