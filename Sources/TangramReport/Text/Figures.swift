import TangramUnits

/// How figures are written for people.
enum Figures {
    /// What stands where there is nothing to say.
    static let none = "–"

    /// "48.3 %".
    static func percent(_ fraction: Double) -> String {
        formatNumber(fraction * 100, decimals: 1) + " %"
    }

    /// " ± 48.3 %", or " within a factor of 6.4" where it is wide; empty where nobody knows.
    static func range(_ uncertainty: Double?) -> String {
        guard let uncertainty else { return "" }
        return uncertainty <= 1
            ? " ± \(percent(uncertainty))"
            : " within a factor of \(formatNumber(1 + uncertainty, digits: 2))"
    }

    /// A relative distance: "0.83 %", "0.0041 %".
    static func smallPercent(_ fraction: Double) -> String {
        formatNumber(fraction * 100, digits: 2) + " %"
    }

    /// "12,345".
    static func count(_ value: Int) -> String { formatNumber(Double(value), decimals: 0) }

    /// "1 node", "3 nodes".
    static func counted(_ value: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? singular : plural ?? singular + "s")"
    }

    /// Tokens per second without a unit, which stands in the heading: "48,210".
    static func rate(_ value: Double) -> String {
        abs(value) >= 100 ? formatNumber(value, decimals: 0) : formatNumber(value, digits: 3)
    }

    /// An amount of money without unit, which stands in the heading: "1,234", "0.41".
    static func money(_ value: Double) -> String {
        abs(value) >= 1_000
            ? formatNumber(value, decimals: 0) : formatNumber(value, decimals: 2)
    }

    /// Days without unit: "54.3".
    static func days(_ time: Seconds) -> String {
        formatNumber(time / Seconds.day, digits: 3)
    }

    /// A bar of `width` columns for a fraction of 0...1, in eighths.
    static func bar(_ fraction: Double, width: Int = 20) -> String {
        guard fraction.isFinite, fraction > 0 else { return "" }
        let eighths = Int((min(1, fraction) * Double(width * 8)).rounded())
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let text = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
        return text.isEmpty ? "▏" : text
    }

    /// "h100-sxm-80gb, h200 and 3 more".
    static func list(_ names: [String], limit: Int = 4) -> String {
        guard names.count > limit else { return names.joined(separator: ", ") }
        return names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
    }
}
