import TangramDocument

/// What one site's accelerators reach of the rates that the catalogue's curves give, fitted to that
/// site's own measurements by `tangram calibrate`.
///
/// Rates are relative: 0.9 makes every matrix multiplication take 1/0.9 of its time, whatever its
/// shape. They hold for training and serving alike.
public struct Calibration: Hashable, Sendable {
    /// Rate of matrix multiplications, of experts too; above 0.
    public var matrix: Double
    /// Rate of attention cores; above 0.
    public var attention: Double
    /// Rate of kernels bound by memory; above 0.
    public var memory: Double

    /// Creates a calibration.
    public init(matrix: Double = 1, attention: Double = 1, memory: Double = 1) {
        self.matrix = matrix
        self.attention = attention
        self.memory = memory
    }

    /// As the catalogue says.
    public static let none = Calibration()

    /// Rates beyond these are of another accelerator, or of a broken one.
    public static let range = 0.25...4.0

    /// The calibration under `cursor`; nil after reporting what is wrong with it.
    init?(_ cursor: Cursor) {
        guard cursor.allowKeys(["matrix", "attention", "memory"]) else { return nil }
        var rates: [Double] = []
        for key in ["matrix", "attention", "memory"] {
            guard let place = cursor.optional(key) else {
                rates.append(1)
                continue
            }
            guard let rate = place.number(in: Self.range) else { return nil }
            rates.append(rate)
        }
        self.init(matrix: rates[0], attention: rates[1], memory: rates[2])
    }
}

extension HardwareCatalogue {
    /// The catalogue with every accelerator at these rates, in place of any that a file gave it.
    public func calibrated(_ calibration: Calibration) -> HardwareCatalogue {
        var catalogue = self
        for index in catalogue.accelerators.indices {
            catalogue.accelerators[index].calibration = calibration
        }
        return catalogue
    }
}
