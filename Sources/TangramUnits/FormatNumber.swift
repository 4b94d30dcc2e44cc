/// `value` with `digits` significant digits, without an exponent, trailing zeros dropped and
/// thousands grouped by commas.
///
/// The text is the same on every platform and in every locale.
public func formatNumber(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    if value == 0 { return "0" }
    let magnitude = abs(value)
    var integerDigits = 0
    var power = 1.0
    while power <= magnitude && integerDigits < 300 {
        power *= 10
        integerDigits += 1
    }
    var leadingZeros = 0
    if integerDigits == 0 {
        var scaled = magnitude
        while scaled < 0.1 && leadingZeros < 300 {
            scaled *= 10
            leadingZeros += 1
        }
    }
    let decimals = integerDigits > 0 ? max(0, digits - integerDigits) : digits + leadingZeros
    return formatNumber(value, decimals: min(decimals, 12), trimming: true)
}

/// `value` with a fixed number of `decimals` (0 to 12), thousands grouped by commas.
///
/// - Parameter trimming: whether zeros at the end of the fraction are dropped.
public func formatNumber(_ value: Double, decimals: Int, trimming: Bool = false) -> String {
    guard value.isFinite else { return "\(value)" }
    let magnitude = abs(value)
    guard magnitude < 9e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    var whole = magnitude.rounded(.down)
    var fraction = ((magnitude - whole) * scale).rounded(.toNearestOrEven)
    if fraction >= scale {
        whole += 1
        fraction = 0
    }
    var text = group(String(UInt64(whole)))
    if decimals > 0 {
        var digits = String(UInt64(fraction))
        digits = String(repeating: "0", count: decimals - digits.count) + digits
        if trimming {
            while digits.hasSuffix("0") { digits.removeLast() }
        }
        if !digits.isEmpty { text += "." + digits }
    }
    let isZero = !text.contains { $0 != "0" && $0 != "." }
    return value < 0 && !isZero ? "-" + text : text
}

private func group(_ digits: String) -> String {
    guard digits.count > 4 else { return digits }
    var result = ""
    for (index, character) in digits.enumerated() {
        if index > 0 && (digits.count - index) % 3 == 0 { result.append(",") }
        result.append(character)
    }
    return result
}
