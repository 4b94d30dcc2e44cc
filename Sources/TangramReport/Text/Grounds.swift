import TangramHardware
import TangramModels

/// What a prediction rests on: the confidence of the figures it was made from.
struct Grounds {
    var accelerator: Accelerator
    var links: [Link]
    var model: TransformerModel
    var uncertainty: Double

    func lines(_ style: TextStyle) -> [String] {
        let profile = accelerator.efficiency
        var lines = [
            style.apply(.bold, "What it rests on"),
            "  times are uncertain by ±\(Figures.percent(uncertainty)): the efficiency profile of "
                + profile.architecture
                + (profile.inheritedFrom.map { ", inherited from \($0)" } ?? ""),
        ]
        lines.append(Self.line(accelerator.id, accelerator.provenance))
        for link in links { lines.append(Self.line(link.id, link.provenance)) }
        let fields = model.provenance.unverifiedFields
        if !fields.isEmpty {
            lines.append("  \(model.id): unverified: \(fields.joined(separator: ", "))".printable)
        }
        return lines
    }

    var json: JSONValue {
        .members([
            "relativeUncertainty": .number(uncertainty),
            "efficiencyProfile": .string(accelerator.efficiency.architecture),
            "efficiencyInheritedFrom": JSONValue(accelerator.efficiency.inheritedFrom),
            "acceleratorConfidence": .string(accelerator.provenance.confidence),
            "acceleratorUnverifiedFields": JSONValue(accelerator.provenance.unverifiedFields),
            "modelUnverifiedFields": JSONValue(model.provenance.unverifiedFields),
        ])
    }

    private static func line(_ name: String, _ provenance: Provenance) -> String {
        var text = "  \(name): \(provenance.confidence)"
        if !provenance.unverifiedFields.isEmpty {
            text += "; unverified: \(provenance.unverifiedFields.joined(separator: ", "))"
        }
        if let conflicts = provenance.conflicts { text += "; sources disagree: \(conflicts)" }
        return text.printable
    }
}
