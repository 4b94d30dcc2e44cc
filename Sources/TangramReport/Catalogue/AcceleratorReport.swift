public import TangramHardware
import TangramUnits

/// Accelerators of the catalogue, as a list or one by one.
public enum AcceleratorReport {
    /// All accelerators, one a line.
    public static func list(_ accelerators: [Accelerator], style: TextStyle = .plain) -> String {
        var table = TextTable([
            .text("name"), .text("vendor"), .number("memory"), .number("bandwidth"),
            .number("bf16"), .number("fp8"), .text("scale-up"), .number("per direction"),
            .number("power"), .number("USD/h"), .text("confidence"),
        ])
        for accelerator in accelerators {
            let provenance = accelerator.provenance
            table.add([
                .init(accelerator.id), .init(accelerator.vendor),
                .init(accelerator.memory.description),
                .init(accelerator.memoryBandwidth.description),
                peak(accelerator, [.bf16, .fp16]), peak(accelerator, [.fp8, .int8]),
                .init(port(accelerator)),
                .init(accelerator.scaleUp?.bandwidth.description ?? Figures.none),
                .init(accelerator.power?.description ?? Figures.none),
                .init(
                    accelerator.defaultPrice.map { Figures.money($0.rate.value) } ?? Figures.none),
                .init(provenance.confidence, provenance.restsOnUnverified ? .yellow : nil),
            ])
        }
        return
            (table.lines(style: style, indent: 0) + [
                "",
                style.apply(
                    .dim, "dense peaks; * fp16 where there is no bf16, int8 where there is no fp8"),
            ]).joined(separator: "\n") + "\n"
    }

    private static func peak(_ accelerator: Accelerator, _ formats: [NumberFormat])
        -> TextTable.Cell
    {
        guard let format = formats.first(where: { accelerator.peaks[$0] != nil }),
            let peak = accelerator.peaks[format]
        else { return .init(Figures.none) }
        return .init(peak.description + (format == formats[0] ? "" : "*"))
    }

    private static func port(_ accelerator: Accelerator) -> String {
        guard let port = accelerator.scaleUp else { return "none" }
        return "\(port.linkID) × \(port.domainSize)" + (port.needsBridge ? " with a bridge" : "")
    }

    /// One accelerator with its sources.
    public static func show(_ accelerator: Accelerator, style: TextStyle = .plain) -> String {
        let title = [accelerator.vendor, accelerator.name, accelerator.variant]
            .filter { !$0.isEmpty }.joined(separator: " ")
        var facts = FactList(title: "\(title) (\(accelerator.id))")
        facts.add("also", accelerator.aliases.joined(separator: ", "))
        facts.add("architecture", accelerator.architecture)
        facts.add("year", accelerator.year.map(String.init))
        facts.add(
            "memory",
            "\(accelerator.memory) \(accelerator.memoryType ?? ""), "
                + "\(accelerator.usableMemory) usable")
        facts.add("memory note", accelerator.memoryNote)
        facts.add("memory bandwidth", accelerator.memoryBandwidth.description)
        for format in NumberFormat.allCases {
            facts.add("peak \(format.rawValue), dense", accelerator.peaks[format]?.description)
        }
        facts.add("measured bf16", accelerator.measuredBF16?.description)
        facts.add("power", accelerator.power?.description)
        facts.add("power, all in", accelerator.allInPower?.description)
        facts.add(
            "scale-up",
            accelerator.scaleUp.map { "\(port(accelerator)), \($0.bandwidth) per direction" }
                ?? "none")
        facts.add(
            "host link",
            accelerator.hostLinkID.map { link in
                link + (accelerator.hostBandwidth.map { ", \($0) per direction" } ?? "")
            })
        facts.add("usual NIC", accelerator.typicalNICBandwidth?.description)
        facts.add("dies", accelerator.dieCount > 1 ? "\(accelerator.dieCount)" : nil)
        for price in accelerator.prices {
            facts.add("price, \(price.market)", "\(price.rate) (\(price.source))")
        }
        addEfficiency(accelerator.efficiency, to: &facts)
        facts.add("measured", accelerator.measuredNotes)
        facts.add("export", accelerator.exportNote)
        facts.add(accelerator.provenance)
        return facts.text(style: style)
    }

    private static func addEfficiency(_ profile: EfficiencyProfile, to facts: inout FactList) {
        let compute = NumberFormat.allCases.compactMap { format in
            profile.compute[format].map { "\(format.rawValue) \(Figures.percent($0))" }
        }
        facts.add("kernels reach", compute.joined(separator: ", ") + " of peak")
        facts.add(
            "",
            "attention \(Figures.percent(profile.attention)), "
                + "memory \(Figures.percent(profile.memory)), launch \(profile.launch), "
                + "±\(Figures.percent(profile.relativeUncertainty))")
        facts.add("", profile.inheritedFrom.map { "inherited from \($0)" })
        facts.add("", profile.source)
    }

    /// Accelerators as JSON.
    public static func json(_ accelerators: [Accelerator]) -> JSONValue {
        .members([
            "tangramCatalogueVersion": 1,
            "accelerators": .array(accelerators.map(value)),
        ])
    }

    private static func value(_ accelerator: Accelerator) -> JSONValue {
        let profile = accelerator.efficiency
        return .members([
            "id": .string(accelerator.id),
            "aliases": JSONValue(accelerator.aliases),
            "vendor": .string(accelerator.vendor),
            "name": .string(accelerator.name),
            "variant": .string(accelerator.variant),
            "architecture": .string(accelerator.architecture),
            "year": JSONValue(accelerator.year),
            "memoryBytes": .integer(accelerator.memory.count),
            "usableMemoryBytes": .integer(accelerator.usableMemory.count),
            "memoryType": JSONValue(accelerator.memoryType),
            "memoryBandwidthBytesPerSecond": .number(accelerator.memoryBandwidth.value),
            "densePeakFLOPPerSecond": formats(accelerator.peaks.mapValues(\.value)),
            "powerWatts": JSONValue(accelerator.power?.value),
            "scaleUpLink": JSONValue(accelerator.scaleUp?.linkID),
            "scaleUpBytesPerSecondPerDirection": JSONValue(accelerator.scaleUp?.bandwidth.value),
            "scaleUpDomainSize": JSONValue(accelerator.scaleUp?.domainSize),
            "scaleUpNeedsBridge": JSONValue(accelerator.scaleUp?.needsBridge),
            "hostLink": JSONValue(accelerator.hostLinkID),
            "hostBytesPerSecondPerDirection": JSONValue(accelerator.hostBandwidth?.value),
            "dieCount": .integer(accelerator.dieCount),
            "prices": .array(
                accelerator.prices.map {
                    .members([
                        "market": .string($0.market), "USDPerHour": .number($0.rate.value),
                        "source": .string($0.source),
                    ])
                }),
            "efficiency": .members([
                "profile": .string(profile.architecture),
                "inheritedFrom": JSONValue(profile.inheritedFrom),
                "compute": formats(profile.compute),
                "attention": .number(profile.attention),
                "memory": .number(profile.memory),
                "launchSeconds": .number(profile.launch.value),
                "relativeUncertainty": .number(profile.relativeUncertainty),
                "source": .string(profile.source),
            ]),
            "provenance": JSONValue(accelerator.provenance),
        ])
    }

    private static func formats(_ values: [NumberFormat: Double]) -> JSONValue {
        .object(
            NumberFormat.allCases.compactMap { format in
                values[format].map { .init(key: format.rawValue, value: .number($0)) }
            })
    }
}
