public import TangramUnits

extension Accelerator {
    /// The accelerator with its board power capped: clocks, and with them all peaks of arithmetic, fall
    /// until what multiplying matrices draws meets the cap; memory keeps its clock.
    ///
    /// What exceeds the draw of a waiting card grows with f·V², and voltage with the clock, so that the
    /// clock follows the cube root of the power left for it (dynamic power of CMOS; Mudge, "Power: a
    /// first-class architectural design constraint", doi:10.1109/2.917539). Without a known limit, or
    /// shares of it, the card stays as it is; so it does where it draws less than the cap.
    public func capped(at cap: Power) -> Accelerator {
        guard let limit = power, let shares = efficiency.power, cap < limit else { return self }
        let waiting = limit.value * shares.waiting
        let full = limit.value * shares.computing - waiting
        let left = cap.value - waiting
        guard full > 0, left > 0, left < full else { return self }
        let clock = Self.cubeRoot(left / full)
        var capped = self
        capped.power = cap
        capped.peaks = peaks.mapValues { FLOPRate($0.value * clock) }
        return capped
    }

    /// By Newton's method from 1, without a library of mathematics.
    private static func cubeRoot(_ value: Double) -> Double {
        var root = 1.0
        for _ in 0..<40 { root -= (root - value / (root * root)) / 3 }
        return root
    }
}
