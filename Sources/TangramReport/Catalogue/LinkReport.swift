public import TangramHardware
import TangramUnits

/// Links of the catalogue, as a list or one by one.
public enum LinkReport {
    /// All links, one a line.
    public static func list(_ links: [Link], style: TextStyle = .plain) -> String {
        var table = TextTable([
            .text("name"), .text("joins"), .text("topology"), .number("per direction"),
            .number("to one peer"), .number("latency"), .number("domain"), .number("all-reduce"),
            .number("all-to-all"), .number("fits"), .text("confidence"),
        ])
        for link in links {
            table.add([
                .init(link.id), .init(link.kind.rawValue), .init(link.topology.rawValue),
                .init(link.bandwidth?.description ?? Figures.none),
                .init(link.perPeerBandwidth?.description ?? ""), .init(link.latency.description),
                .init(link.domainSize.map(String.init) ?? ""),
                efficiency(link, .allReduce), efficiency(link, .allToAll),
                .init(link.fits.isEmpty ? "" : "\(link.fits.count)"),
                .init(
                    link.provenance.confidence,
                    link.provenance.restsOnUnverified ? .yellow : nil),
            ])
        }
        return
            (table.lines(style: style, indent: 0) + [
                "",
                style.apply(
                    .dim, "all-reduce, all-to-all: bus bandwidth of large messages over bandwidth"),
            ]).joined(separator: "\n") + "\n"
    }

    private static func efficiency(_ link: Link, _ collective: Collective) -> TextTable.Cell {
        .init(link.efficiency[collective].map { Figures.percent($0) } ?? "")
    }

    /// One link with its sources and measured fits.
    public static func show(_ link: Link, style: TextStyle = .plain) -> String {
        var facts = FactList(title: "\(link.name) (\(link.id))")
        facts.add("joins", link.kind.rawValue)
        facts.add("topology", link.topology.rawValue)
        facts.add("bandwidth", link.bandwidth.map { "\($0) per device and direction" })
        facts.add("to one peer", link.perPeerBandwidth?.description)
        facts.add("latency", link.latency.description)
        facts.add("devices of a domain", link.domainSize.map { "at most \($0)" })
        for collective in Collective.allCases {
            facts.add(
                collective.rawValue,
                link.efficiency[collective].map { "reaches \(Figures.percent($0))" })
        }
        facts.add("notes", link.notes)
        facts.add("measured", link.measuredNotes)
        facts.add(link.provenance)
        var lines = facts.lines(style: style)
        if !link.fits.isEmpty { lines += [""] + fits(link, style) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func fits(_ link: Link, _ style: TextStyle) -> [String] {
        var table = TextTable([
            .text("measured on"), .text("collective"), .number("ranks"), .number("latency"),
            .number("bus bandwidth"), .number("median error"), .number("largest"),
            .text("source"),
        ])
        for fit in link.fits {
            table.add([
                .init(fit.acceleratorID), .init(fit.collective.rawValue), .init("\(fit.rankCount)"),
                .init(fit.latency.description), .init(fit.busBandwidth.description),
                .init(Figures.percent(fit.medianError)),
                .init(Figures.percent(fit.maximumError)), .init(fit.source),
            ])
        }
        return table.lines(style: style)
    }

    /// Links as JSON.
    public static func json(_ links: [Link]) -> JSONValue {
        .members(["tangramCatalogueVersion": 1, "links": .array(links.map(value))])
    }

    private static func value(_ link: Link) -> JSONValue {
        .members([
            "id": .string(link.id),
            "name": .string(link.name),
            "kind": .string(link.kind.rawValue),
            "topology": .string(link.topology.rawValue),
            "bytesPerSecondPerDirection": JSONValue(link.bandwidth?.value),
            "bytesPerSecondPerPeer": JSONValue(link.perPeerBandwidth?.value),
            "latencySeconds": .number(link.latency.value),
            "domainSize": JSONValue(link.domainSize),
            "efficiency": .object(
                Collective.allCases.compactMap { collective in
                    link.efficiency[collective].map {
                        .init(key: collective.rawValue, value: .number($0))
                    }
                }),
            "fits": .array(
                link.fits.map {
                    .members([
                        "accelerator": .string($0.acceleratorID),
                        "collective": .string($0.collective.rawValue),
                        "rankCount": .integer($0.rankCount),
                        "latencySeconds": .number($0.latency.value),
                        "busBytesPerSecond": .number($0.busBandwidth.value),
                        "medianError": .number($0.medianError),
                        "maximumError": .number($0.maximumError),
                        "source": .string($0.source),
                    ])
                }),
            "notes": JSONValue(link.notes),
            "measuredNotes": JSONValue(link.measuredNotes),
            "provenance": JSONValue(link.provenance),
        ])
    }
}
