public import TangramUnits

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension SeededGenerator {
    /// A waiting time of a Poisson process with this mean.
    public mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }

    /// A number with the given mean and deviation (Box and Muller, 1958).
    public mutating func normal(mean: Double, deviation: Double) -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return mean + deviation * radius * cos(2 * Double.pi * unit())
    }
}
