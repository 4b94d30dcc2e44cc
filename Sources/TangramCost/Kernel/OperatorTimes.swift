import CCostKernel
import TangramHardware
import TangramModels
import TangramUnits

/// The curves of one accelerator as the kernel reads them: measured ones where there are, otherwise
/// the roofline of its efficiency profile.
struct OperatorTimes {
    let accelerator: Accelerator
    let profile: EfficiencyProfile
    /// Relative to a healthy accelerator.
    private let speed: Double

    /// A node that is out has speed 0; times on it are long instead of infinite.
    private static let leastSpeed = 1e-3
    /// No operator reaches less than a hundredth of a peak.
    private static let leastEfficiency = 0.01
    /// The share of the bandwidth that scans reach where nobody measured them: between those of A100,
    /// H200 and GB200, which the catalogue's profiles have.
    private static let usualScan = 0.13
    /// What takes for ever where a format has no peak, and is still a number of single precision.
    private static let slowestRate = 1.0

    init(_ group: DeviceGroup) {
        accelerator = group.accelerator
        profile = group.accelerator.efficiency
        speed = max(group.speed, Self.leastSpeed)
    }

    /// The operators of one healthy accelerator.
    init(_ accelerator: Accelerator) {
        self.accelerator = accelerator
        profile = accelerator.efficiency
        speed = 1
    }

    /// The format attention cores and heads are computed in.
    var wideFormat: NumberFormat { accelerator.attentionFormat ?? .bf16 }

    /// Seconds of one launch of a kernel bound by memory.
    var launch: Double { max(0, profile.launch.value) }

    /// Seconds per byte of kernels bound by memory.
    var byteCost: Double { byteCost(profile.memory) }

    /// Seconds per byte that a chunked scan has to move, its exponentials and waits in it.
    var scanByteCost: Double { byteCost(profile.scan ?? Self.usualScan) }

    /// Seconds per byte at a fraction of the bandwidth.
    func byteCost(_ fraction: Double) -> Double {
        1
            / (max(accelerator.memoryBandwidth.value, 1e6)
                * max(fraction, Self.leastEfficiency) * speed * accelerator.calibration.memory)
    }

    /// The dense peak in FLOP/s of `format`, 0 where there is none.
    func peak(_ format: NumberFormat) -> Double { max(0, accelerator.peaks[format]?.value ?? 0) }

    /// Seconds per FLOP at a fraction of the peak of `format`.
    func flopCost(_ format: NumberFormat, _ fraction: Double) -> Double {
        1
            / max(
                peak(format) * max(fraction, Self.leastEfficiency) * speed, Self.slowestRate)
    }

    /// The same of a matrix multiplication, as this site's calibration has it.
    private func matrixCost(_ format: NumberFormat, _ fraction: Double) -> Double {
        flopCost(format, fraction) / accelerator.calibration.matrix
    }

    /// The fraction of its peak that large multiplications reach in `format`.
    private func efficiency(_ format: NumberFormat) -> Double {
        profile.compute[format] ?? profile.compute[.bf16] ?? profile.compute[.fp16]
            ?? profile.compute.values.min() ?? 1
    }

    /// The curve of an operator under the first of `conditions` that was measured.
    func curve(
        _ operation: OperatorCurve.Operator, _ conditions: [String]
    ) -> OperatorCurve? {
        guard let curves = profile.curves else { return nil }
        for condition in conditions {
            if let curve = curves.curve(operation, condition) { return curve }
        }
        return nil
    }

    // MARK: Matrices

    /// Multiplications with weights in `weights`, of which scales make `storedBytes` an element,
    /// computed in `format`.
    func matrix(
        _ format: NumberFormat, hasBlockScales: Bool = true, weights: NumberFormat,
        storedBytes: Double
    ) -> tangram_matrix_curve {
        var curve = tangram_matrix_curve()
        curve.input_bytes = MixedPrecision.activation
        curve.output_bytes = MixedPrecision.activation
        curve.weight_bytes = storedBytes
        let conditions = Self.conditions(format, weights: weights, hasBlockScales)
        guard let measured = self.curve(.matrix, conditions) else {
            curve.launch_s = launch
            curve.flop_cost_s = matrixCost(format, efficiency(format))
            curve.byte_cost_s = byteCost
            return curve
        }
        curve.launch_s = measured[.launch] * 1e-6
        curve.flop_cost_s = matrixCost(format, measured[.compute])
        curve.byte_cost_s = byteCost(measured[.memory])
        curve.k_ramp = measured[.innerRamp]
        curve.depth_s = measured[.depth] * 1e-9 / speed
        // The gain of operands that stay in the cache is left out: weights of a model do not.
        curve.wave = measured[.wave]
        curve.multiprocessors = Double(measured.multiprocessorCount ?? 0)
        curve.power = Int32(measured[.power])
        if format.bits < 16 { curve.input_bytes = format.bytesPerElement }
        return curve
    }

    /// Multiplications with the head, in 16 bits where the card has them.
    func head() -> tangram_matrix_curve {
        matrix(wideFormat, weights: .bf16, storedBytes: MixedPrecision.weight)
    }

    /// Seconds per element of casting operands to `format`: they are read in 16 bits and written
    /// narrow; 0 in 16 bits.
    ///
    /// - Parameter isFused: Whether no kernel of its own does it where nothing was measured.
    func cast(
        _ format: NumberFormat, hasBlockScales: Bool = true, isFused: Bool
    ) -> Double {
        guard format.bits < 16 else { return 0 }
        let conditions = Self.conditions(format, weights: format, hasBlockScales)
        if let measured = curve(.matrix, conditions) {
            let castBytes = 3.0
            return measured[.cast] * castBytes * byteCost(1)
        }
        return isFused
            ? 0 : (MixedPrecision.activation + format.bytesPerElement) * byteCost
    }

    /// What multiplications in `format` with weights in `weights` are called in the measurements.
    private static func conditions(
        _ format: NumberFormat, weights: NumberFormat, _ hasBlockScales: Bool
    ) -> [String] {
        switch format {
        case .bf16, .fp16: weights.bits <= 4 ? ["int4", "bf16"] : ["bf16"]
        case .fp8: hasBlockScales ? ["fp8-block", "fp8"] : ["fp8", "fp8-block"]
        case .int8: ["int8", "fp8"]
        case .fp4: ["fp4"]
        default: []
        }
    }

    // MARK: Experts

    private func expertCurve(
        _ format: NumberFormat, weights: NumberFormat, _ hasBlockScales: Bool
    ) -> OperatorCurve? {
        let conditions: [String] =
            switch format {
            case .bf16, .fp16: weights.bits <= 4 ? ["mxfp4", "int4", "bf16"] : ["bf16"]
            case .fp8: hasBlockScales ? ["fp8-block", "fp8"] : ["fp8", "fp8-block"]
            case .int8: ["fp8"]
            case .fp4: ["fp4"]
            default: []
            }
        return curve(.experts, conditions)
    }

    /// Routed experts: two grouped multiplications, and kernels beside them.
    func experts(
        _ format: NumberFormat, hasBlockScales: Bool = true, weights: NumberFormat,
        storedBytes: Double
    ) -> tangram_expert_curve {
        var curve = tangram_expert_curve()
        curve.weight_bytes = storedBytes
        guard let measured = expertCurve(format, weights: weights, hasBlockScales) else {
            curve.launch_s = 2 * launch
            curve.flop_cost_s = matrixCost(format, efficiency(format))
            curve.byte_cost_s = byteCost
            curve.near_byte_cost_s = byteCost
            curve.activation_share = 1
            return curve
        }
        curve.launch_s = measured[.launch] * 1e-6
        curve.expert_s = measured[.expert] * 1e-6
        curve.flop_cost_s = matrixCost(format, measured[.compute])
        curve.byte_cost_s = byteCost(measured[.memory])
        curve.row_ramp = measured[.rowRamp]
        curve.near_byte_cost_s = measured[.near] * byteCost(1)
        curve.far_byte_cost_s = measured[.far] * byteCost(1)
        curve.power = Int32(measured[.power])
        return curve
    }

    /// Bytes per row of an expert that activations and permutation move in a block of width
    /// `hidden`, as the measured curve counts them, else `fallback`.
    func rowBytes(
        _ block: FeedForwardShape, hidden: Double, format: NumberFormat, weights: NumberFormat,
        fallback: Double
    ) -> Double {
        guard block.expertCount > 0 else { return 0 }
        guard expertCurve(format, weights: weights, true) != nil else { return fallback }
        return MixedPrecision.activation * (2 * hidden + block.matrixCount * block.expertWidth)
    }
}
