import TangramPlacement
import TangramUnits

/// Measures of a plan in words.
enum MeasureText {
    /// The name of a measure, with the priority of the jobs that it is over.
    static func name(_ measure: Proof.Measure) -> String {
        let name = measure.goal?.rawValue ?? "demand met"
        return measure.priority.map { "\(name) of priority \($0)" } ?? name
    }

    /// A value with its unit.
    static func value(_ value: Double, _ goal: Objective.Goal?) -> String {
        guard value.isFinite else { return "never" }
        return switch goal {
        case .cost: formatNumber(value, digits: 5) + " USD/h"
        case .makespan: Seconds(value).description
        default: formatNumber(value, digits: 5)
        }
    }
}

/// Limits besides the accelerators of pools, in words.
enum LimitText {
    /// What is limited, and whose limit it is.
    static func label(_ limit: LimitPlan) -> String {
        switch limit.kind {
        case .budget: "budget"
        case .power: "power of \(limit.name.printable)"
        case .licence: "licence \(limit.name.printable)"
        case .quota, .costQuota: "quota of \(limit.name.printable)"
        case .fabric: "uplinks of \(limit.name.printable)"
        }
    }

    /// What is used of it, and what more of it would be worth.
    static func text(_ limit: LimitPlan) -> String {
        let unit: String
        // Power is worth something by the kilowatt, the rest by the piece.
        var step = 1.0
        switch limit.kind {
        case .budget, .costQuota: unit = "USD/h"
        case .power: (unit, step) = ("kW", 1_000)
        case .licence, .quota: unit = "accelerators"
        case .fabric: unit = "× 100 Gb/s"
        }
        let used = formatNumber(limit.used / step, digits: 5)
        let text = "\(used) of \(formatNumber(limit.limit / step, digits: 5)) \(unit)"
        guard limit.unitValue > 0 else { return text }
        let value = formatNumber(limit.unitValue * step, digits: 3)
        let single =
            switch limit.kind {
            case .licence, .quota: "accelerator"
            case .fabric: "100 Gb/s"
            default: unit
            }
        return text + "; one more \(single) is worth \(value)"
    }
}
