import TangramDocument
import TangramUnits

extension Accelerator {
    static let keys =
        [
            "id", "aliases", "vendor", "name", "variant", "architecture", "year", "memory",
            "usable-memory", "memory-note", "memory-type", "memory-bandwidth", "peaks", "power",
            "all-in-power", "scale-up", "host-link", "host-bandwidth", "nic", "dies",
            "measured-bf16", "measured", "prices", "export", "efficiency",
            "calibration",
        ] + Cursor.provenanceKeys

    /// The accelerator under `cursor` with `efficiency`, whose links are among `linkNames`; nil
    /// after reporting what is wrong with it.
    init?(_ cursor: Cursor, efficiency: EfficiencyProfile?, linkNames: [String]) {
        guard cursor.allowKeys(Self.keys) else { return nil }
        let id = cursor.required("id")?.string()
        let aliases = cursor.maybe("aliases") { $0.strings() }
        let vendor = cursor.required("vendor")?.string()
        let name = cursor.required("name")?.string()
        let variant = cursor.maybe("variant") { $0.string() }
        let architecture = cursor.required("architecture")?.string()
        let year = cursor.maybe("year") { $0.integer(in: 1990...2100) }
        let memory = cursor.required("memory")?.bytes()
        let usable = cursor.maybe("usable-memory") { $0.bytes() }
        let memoryNote = cursor.maybe("memory-note") { $0.string() }
        let memoryType = cursor.maybe("memory-type") { $0.string() }
        let memoryBandwidth = cursor.required("memory-bandwidth")?.quantity(Bandwidth.self)
        let peaks = cursor.required("peaks")?.table(of: NumberFormat.self) {
            $0.quantity(FLOPRate.self)
        }
        let power = cursor.maybe("power") { $0.quantity(Power.self) }
        let allIn = cursor.maybe("all-in-power") { $0.quantity(Power.self) }
        let scaleUp = cursor.maybe("scale-up") { ScaleUpPort($0, linkNames: linkNames) }
        let hostLink = cursor.maybe("host-link") { $0.linkName(linkNames) }
        let hostBandwidth = cursor.maybe("host-bandwidth") { $0.quantity(Bandwidth.self) }
        let nic = cursor.maybe("nic") { $0.quantity(Bandwidth.self) }
        let dies = cursor.maybe("dies") { $0.integer(in: 1...1_000) }
        let measuredBF16 = cursor.maybe("measured-bf16") { $0.quantity(FLOPRate.self) }
        let measured = cursor.maybe("measured") { $0.string() }
        let prices = cursor.maybe("prices") { $0.prices() }
        let export = cursor.maybe("export") { $0.string() }
        let calibration = cursor.maybe("calibration") { Calibration($0) }
        let provenance = cursor.provenance()
        guard let id, let aliases, let vendor, let name, let variant, let architecture, let year,
            let memory, let usable, let memoryNote, let memoryType, let memoryBandwidth,
            let peaks, let power, let allIn, let scaleUp, let hostLink, let hostBandwidth, let nic,
            let dies, let measuredBF16, let measured, let prices, let export, let provenance,
            let efficiency, let calibration
        else { return nil }
        if peaks.isEmpty {
            (cursor.optional("peaks") ?? cursor).fail(
                "peaks names no number format", note: "for example peaks: {bf16: 989 TFLOP/s}")
            return nil
        }
        if let usable, usable > memory {
            (cursor.optional("usable-memory") ?? cursor).fail(
                "usable-memory \(usable) is more than memory \(memory)",
                note: "the GB of data sheets are usually GiB")
            return nil
        }
        self.init(
            id: id, aliases: aliases ?? [], vendor: vendor, name: name, variant: variant ?? "",
            architecture: architecture, year: year, memory: memory, usableMemory: usable,
            memoryNote: memoryNote, memoryType: memoryType, memoryBandwidth: memoryBandwidth,
            peaks: peaks, power: power, allInPower: allIn, scaleUp: scaleUp,
            hostLinkID: hostLink, hostBandwidth: hostBandwidth, typicalNICBandwidth: nic,
            dieCount: dies ?? 1, measuredNotes: measured, measuredBF16: measuredBF16,
            prices: prices ?? [], exportNote: export,
            efficiency: efficiency.covering(peaks.keys), provenance: provenance)
        self.calibration = calibration ?? .none
    }
}

extension ScaleUpPort {
    fileprivate init?(_ cursor: Cursor, linkNames: [String]) {
        guard cursor.allowKeys(["link", "bandwidth", "domain", "bridge"]) else { return nil }
        let link = cursor.required("link")?.linkName(linkNames)
        let bandwidth = cursor.required("bandwidth")?.quantity(Bandwidth.self)
        let domain = cursor.required("domain")?.integer(in: 1...1_000_000)
        let bridge = cursor.maybe("bridge") { $0.bool() }
        guard let link, let bandwidth, let domain, let bridge else { return nil }
        self.init(
            linkID: link, bandwidth: bandwidth, domainSize: domain, needsBridge: bridge ?? false)
    }
}

extension Cursor {
    fileprivate func linkName(_ names: [String]) -> String? {
        choice(names.map { ($0, $0) })
    }

    fileprivate func prices() -> [Price]? {
        guard let items = items() else { return nil }
        let prices = items.compactMap { item -> Price? in
            guard item.allowKeys(["market", "rate", "source"]) else { return nil }
            let market = item.required("market")?.string()
            let rate = item.required("rate")?.quantity(MoneyRate.self)
            let source = item.maybe("source") { $0.string() }
            guard let market, let rate, let source else { return nil }
            return Price(market: market, rate: rate, source: source ?? collector.file)
        }
        return prices.count == items.count ? prices : nil
    }
}
