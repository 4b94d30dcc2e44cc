package import Tangram

/// A list of nodes on disk, as a fleet with the speeds, prices and power of the catalogue.
package struct Fleet: Sendable {
    /// The pools.
    package let pools: [SimulatedPool]
    /// Dense 16-bit peak of a device of each pool, in FLOP/s; 0 where the catalogue does not know it.
    package let speeds: [Double]
    /// Models that the catalogue does not know.
    package let unknown: [String]

    /// Reads a list.
    package init(path: String, catalogue: HardwareCatalogue) throws {
        let list = try FleetList.pools(CSVReader(FileChunks(path: path), file: path))
        var pools: [SimulatedPool] = []
        var speeds: [Double] = []
        var unknown: [String] = []
        for var pool in list {
            let accelerator = Self.accelerator(pool.name, catalogue)
            if pool.dollarsPerDeviceHour == 0 {
                pool.dollarsPerDeviceHour = accelerator?.defaultPrice?.rate.value ?? 0
            }
            pool.wattsPerDevice = accelerator?.power?.value ?? 0
            pool.storageBytesPerSecond = ScenarioWorkload.Settings().storageBytesPerSecond
            pools.append(pool)
            speeds.append(accelerator.map(Self.peak) ?? 0)
            if accelerator == nil { unknown.append(pool.name) }
        }
        self.pools = pools
        self.speeds = speeds
        self.unknown = unknown
    }

    /// Dense 16-bit peak of an accelerator.
    package static func peak(_ accelerator: Accelerator) -> Double {
        accelerator.peaks[.bf16]?.value ?? accelerator.peaks[.fp16]?.value
            ?? accelerator.peaks[.fp32]?.value ?? 0
    }

    /// The accelerator that a list means by a name like `A100-SXM4-80GB` or `V100M32-x8`: the first of
    /// the catalogue whose identifier holds all parts of the name.
    private static func accelerator(
        _ name: String, _ catalogue: HardwareCatalogue
    ) -> Accelerator? {
        var parts = name.lowercased().split(separator: "-").map(String.init)
        if let last = parts.last, last.first == "x", Int(last.dropFirst()) != nil {
            parts.removeLast()
        }
        let wanted = parts.map { $0.hasPrefix("sxm") ? "sxm" : $0 }
        let match = catalogue.acceleratorNames.sorted().first { candidate in
            let own = candidate.lowercased().split(separator: "-").map(String.init)
            return wanted.allSatisfy(own.contains)
        }
        return match.flatMap { catalogue.accelerator($0) }
    }
}
