import TangramUnits

/// Two numbers for people with three digits, or as many as it takes to tell them apart.
package func formatPair(_ left: Double, _ right: Double) -> (String, String) {
    for digits in 3...12 {
        let pair = (formatNumber(left, digits: digits), formatNumber(right, digits: digits))
        if pair.0 != pair.1 { return pair }
    }
    return (formatNumber(left, digits: 3), formatNumber(right, digits: 3))
}
