public import TangramDocument
public import TangramUnits

extension Cursor {
    /// A quantity with its unit, for example "3.35 TB/s".
    ///
    /// - Parameter range: the amounts allowed; without it, those that are not absurd: above zero
    ///   (durations, money and tokens: from zero) and below what any machine reaches.
    /// - Returns: nil after reporting where the unit is missing, unknown or of another dimension,
    ///   or the amount is out of range.
    public func quantity<Q: Quantity>(_ type: Q.Type, in range: ClosedRange<Q>? = nil) -> Q? {
        guard let value = baseUnits(of: Q.dimension) else { return nil }
        let quantity = Q(value)
        if let range {
            guard range.contains(quantity) else {
                failRange("allowed: \(range.lowerBound) to \(range.upperBound)")
                return nil
            }
            return quantity
        }
        guard isPlausible(value, Q.dimension) else { return nil }
        return quantity
    }

    /// An amount of memory with its unit, for example "80 GiB"; more than none and below 1 EB.
    public func bytes() -> Bytes? {
        guard let value = baseUnits(of: .bytes), isPlausible(value, .bytes) else { return nil }
        return Bytes(rounding: value)
    }

    private func baseUnits(of dimension: Dimension) -> Double? {
        guard let text = string() else { return nil }
        do {
            return try dimension.parse(text)
        } catch .missingUnit(let text, _) {
            fail("\(text) needs a unit, for example \(dimension.example(withNumber: text))")
        } catch {
            fail(error.description)
        }
        return nil
    }

    private func isPlausible(_ value: Double, _ dimension: Dimension) -> Bool {
        let limit = dimension.absurd
        if value < 0 {
            failRange("a negative \(dimension.noun) has no meaning")
        } else if value == 0 && !dimension.allowsZero {
            failRange("write a \(dimension.noun) above zero")
        } else if value > limit {
            failRange("more than \(dimension.format(limit)) is not plausible; check the unit")
        } else {
            return true
        }
        return false
    }

    private func failRange(_ note: String) {
        fail("\(string() ?? "") is out of range", note: note)
    }
}

extension Dimension {
    /// ``example`` with the user's own number in it: "48 GiB".
    fileprivate func example(withNumber number: String) -> String {
        var number = number[...]
        while number.last == " " { number.removeLast() }
        while number.first == " " { number.removeFirst() }
        var words = example.split(separator: " ").map(String.init)
        for index in words.indices where Double(words[index]) != nil {
            words[index] = String(number)
        }
        return words.joined(separator: " ")
    }

    /// The noun of ``name`` without its article.
    fileprivate var noun: String {
        let words = name.split(separator: " ")
        return words.dropFirst().joined(separator: " ")
    }

    fileprivate var allowsZero: Bool {
        switch self {
        case .time, .money, .moneyRate, .tokens, .tokenRate, .requestRate: true
        case .bytes, .bandwidth, .flop, .flopRate, .power, .energy: false
        }
    }

    /// A bound in base units far above anything built, so that only slips of the unit pass it.
    fileprivate var absurd: Double {
        switch self {
        case .bytes: 1e18
        case .bandwidth: 1e15
        case .time: 1e10
        case .flop: 1e30
        case .flopRate: 1e21
        case .power: 1e11
        case .energy: 1e18
        case .money: 1e13
        case .moneyRate: 1e9
        case .tokens: 1e18
        case .tokenRate, .requestRate: 1e15
        }
    }
}
