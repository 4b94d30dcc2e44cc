import TangramDocument
import TangramUnits

extension CollectiveFit {
    static let keys = [
        "link", "accelerator", "collective", "ranks", "latency", "bus-bandwidth", "median-error",
        "max-error", "source",
    ]

    /// The fit under `cursor`; nil after reporting what is wrong with it.
    init?(_ cursor: Cursor) {
        guard cursor.allowKeys(Self.keys) else { return nil }
        let accelerator = cursor.required("accelerator")?.string()
        let collective = cursor.required("collective")?.choice(
            Collective.allCases.map { ($0.rawValue, $0) })
        let ranks = cursor.required("ranks")?.integer(in: 2...1_000_000)
        let latency = cursor.required("latency")?.quantity(
            Seconds.self, in: Seconds(0)...Seconds(10))
        let bandwidth = cursor.required("bus-bandwidth")?.quantity(Bandwidth.self)
        let median = cursor.required("median-error")?.number(in: 0...10)
        let maximum = cursor.required("max-error")?.number(in: 0...10)
        let source = cursor.required("source")?.string()
        guard let accelerator, let collective, let ranks, let latency, let bandwidth, let median,
            let maximum, let source
        else { return nil }
        self.init(
            acceleratorID: accelerator, collective: collective, rankCount: ranks,
            latency: latency, busBandwidth: bandwidth, medianError: median,
            maximumError: maximum, source: source)
    }

    /// Whether `other` describes the same measurement.
    func measuresSame(as other: CollectiveFit) -> Bool {
        acceleratorID == other.acceleratorID && collective == other.collective
            && rankCount == other.rankCount
    }
}
