import TangramHardware
import TangramUnits

/// Times of kernels on one accelerator: `launch + max(FLOP / rate, bytes / bandwidth)`
/// (Williams, Waterman, Patterson 2009, doi:10.1145/1498765.1498785), rates being peaks times the
/// efficiencies of the accelerator's ``EfficiencyProfile`` and the group's derating.
final class Roofline: Sendable {
    /// Seconds per FLOP of matrix multiplication, by format; infinite where there is no peak.
    private let matrixCosts: [Double]
    /// Seconds per FLOP of the attention core.
    let attentionCost: Double
    /// Seconds per byte of device memory.
    let byteCost: Double
    /// Fixed seconds of one kernel.
    let launch: Double
    /// The dense peak in FLOP/s, by format.
    private let peaks: [Double]

    /// A node that is out has speed 0; times on it are long instead of infinite.
    private static let leastSpeed = 1e-3

    /// The tables of `group`'s accelerator.
    init(_ group: DeviceGroup) {
        let accelerator = group.accelerator
        let profile = accelerator.efficiency
        let speed = max(group.speed, Self.leastSpeed)
        var matrixCost = [Double](repeating: .infinity, count: NumberFormat.allCases.count)
        var peaks = [Double](repeating: 0, count: NumberFormat.allCases.count)
        for format in NumberFormat.allCases {
            let index = Self.index(format)
            guard let peak = accelerator.peaks[format], peak.value > 0 else { continue }
            let efficiency =
                profile.compute[format] ?? profile.compute[.bf16] ?? profile.compute[.fp16]
                ?? profile.compute.values.min() ?? 1
            matrixCost[index] = 1 / (peak.value * max(efficiency, 0.01) * speed)
            peaks[index] = peak.value
        }
        matrixCosts = matrixCost
        self.peaks = peaks
        let attentionPeak = accelerator.attentionFormat.flatMap { accelerator.peaks[$0]?.value }
        attentionCost =
            attentionPeak.map { 1 / ($0 * max(profile.attention, 0.01) * speed) } ?? .infinity
        byteCost =
            1 / (max(accelerator.memoryBandwidth.value, 1e6) * max(profile.memory, 0.01) * speed)
        launch = max(0, profile.launch.value)
    }

    /// Seconds per FLOP of matrix multiplication in `format`.
    func matrixCost(_ format: NumberFormat) -> Double { matrixCosts[Self.index(format)] }

    /// Seconds of a matrix multiplication of `flop` in `format` that moves `bytes`.
    func matrix(flop: Double, bytes: Double, format: NumberFormat) -> Double {
        launch + max(flop * matrixCost(format), bytes * byteCost)
    }

    /// Seconds of an attention core.
    func attention(flop: Double, bytes: Double) -> Double {
        launch + max(flop * attentionCost, bytes * byteCost)
    }

    /// Seconds of a kernel that only moves `bytes`.
    func stream(bytes: Double) -> Double { launch + bytes * byteCost }

    /// The dense peak in FLOP/s of `format`, 0 where there is none.
    func peak(_ format: NumberFormat) -> Double { peaks[Self.index(format)] }

    private static func index(_ format: NumberFormat) -> Int {
        switch format {
        case .fp32: 0
        case .tf32: 1
        case .bf16: 2
        case .fp16: 3
        case .fp8: 4
        case .int8: 5
        case .fp4: 6
        case .int4: 7
        }
    }
}

extension Accelerator {
    /// The format attention cores are computed in: 16 bits where the card has them.
    var attentionFormat: NumberFormat? {
        [NumberFormat.bf16, .fp16, .fp8, .tf32, .fp32, .int8, .fp4, .int4].first {
            peaks[$0].map { $0.value > 0 } ?? false
        }
    }

    /// The format that matrix multiplications asked for in `format` are computed in here: itself,
    /// its twin of the same width (bf16 and fp16), 16 bits for 4-bit weights that are unpacked, or
    /// nil.
    func computeFormat(for format: NumberFormat, isTraining: Bool) -> NumberFormat? {
        func has(_ format: NumberFormat) -> Bool { peaks[format].map { $0.value > 0 } ?? false }
        if has(format) { return format }
        switch format {
        case .bf16: return has(.fp16) ? .fp16 : nil
        case .fp16: return has(.bf16) ? .bf16 : nil
        case .fp32: return has(.tf32) ? .tf32 : nil
        case .fp4, .int4:
            // Weight-only: unpacked on the fly, multiplied in 16 bits.
            return isTraining ? nil : [NumberFormat.bf16, .fp16].first(where: has)
        default: return nil
        }
    }
}
