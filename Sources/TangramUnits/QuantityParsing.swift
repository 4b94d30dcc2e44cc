/// Why a text is not a quantity of the wanted dimension.
public enum QuantityError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No number at the start of the text.
    case notANumber(String, Dimension)
    /// A number without a unit.
    case missingUnit(String, Dimension)
    /// A unit that nothing has.
    case unknownUnit(String, Dimension, suggestion: String?)
    /// A unit of another dimension.
    case wrongDimension(unit: String, is: Dimension, wanted: Dimension)
    /// Infinite, NaN or too large to represent.
    case notFinite(String)

    /// The message for people: what is wrong, then how to write it.
    public var description: String {
        switch self {
        case .notANumber(let text, let wanted):
            "\"\(text)\" is not \(wanted.name); write for example \(wanted.example)"
        case .missingUnit(let text, let wanted):
            "\(text) needs a unit, for example \(wanted.example)"
        case .unknownUnit(let unit, let wanted, let suggestion):
            "unknown unit \"\(unit)\" for \(wanted.name)"
                + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
                + " (write for example \(wanted.example))"
        case .wrongDimension(let unit, let found, let wanted):
            "\"\(unit)\" is the unit of \(found.name), but this is \(wanted.name); "
                + "write for example \(wanted.example)"
        case .notFinite(let text):
            "\"\(text)\" is not a finite number"
        }
    }
}

extension Dimension {
    /// The amount in base units that `text` ("3.35 TB/s", "80GiB", "1,200 W") names.
    ///
    /// - Throws: ``QuantityError`` where the number or the unit is missing, unknown or of another
    ///   dimension. Spelling is case-sensitive: "Gb/s" is gigabits, "GB/s" gigabytes.
    public func parse(_ text: String) throws(QuantityError) -> Double {
        let trimmed = text.filter { !($0 == "," || $0 == "_") }
            .drop { $0 == " " || $0 == "\t" }
        let numberText = trimmed.prefix { "0123456789.+-eE".contains($0) }
        var number = String(numberText)
        var unit = String(trimmed.dropFirst(numberText.count))
        // "2EFLOP": an E that starts the unit is no exponent.
        while let last = number.last, "eE+-".contains(last) {
            unit = String(last) + unit
            number.removeLast()
        }
        while let last = unit.last, last == " " || last == "\t" { unit.removeLast() }
        while let first = unit.first, first == " " || first == "\t" { unit.removeFirst() }
        guard let value = Double(number) else { throw .notANumber(text, self) }
        guard value.isFinite else { throw .notFinite(text) }
        guard !unit.isEmpty else { throw .missingUnit(text, self) }
        if let match = units.first(where: { $0.symbol == unit }) {
            let amount = value * match.factor
            guard amount.isFinite else { throw .notFinite(text) }
            return amount
        }
        for other in Dimension.allCases where other != self {
            if other.units.contains(where: { $0.symbol == unit }) {
                throw .wrongDimension(unit: unit, is: other, wanted: self)
            }
        }
        throw .unknownUnit(unit, self, suggestion: suggestion(for: unit))
    }

    private func suggestion(for unit: String) -> String? {
        let respelled: [String: String] = [
            "Gbps": "Gb/s", "Mbps": "Mb/s", "Tbps": "Tb/s", "GBps": "GB/s", "TBps": "TB/s",
            "TFLOPS": "TFLOP/s", "TFLOPs": "TFLOP/s", "PFLOPS": "PFLOP/s", "GFLOPS": "GFLOP/s",
            "TOPS": "TOP/s", "days": "d", "day": "d", "hours": "h", "hour": "h", "hr": "h",
            "sec": "s", "seconds": "s", "minutes": "min", "week": "weeks", "$": "USD",
            "$/h": "USD/h", "$/hr": "USD/h", "USD/hr": "USD/h", "tokens": "tok",
            "tokens/s": "tok/s", "tps": "tok/s", "rps": "req/s", "qps": "req/s",
            "requests/s": "req/s",
        ]
        if let known = respelled[unit], units.contains(where: { $0.symbol == known }) {
            return known
        }
        return units.first { $0.symbol.lowercased() == unit.lowercased() }?.symbol
    }
}

extension Quantity {
    /// The quantity that `text` names, for example `Bandwidth(parsing: "400 Gb/s")`.
    ///
    /// - Throws: ``QuantityError``.
    public init(parsing text: String) throws(QuantityError) {
        self.init(try Self.dimension.parse(text))
    }
}

extension Bytes {
    /// The exact size that `text` names, for example `Bytes(parsing: "80 GiB")`.
    ///
    /// - Throws: ``QuantityError``.
    public init(parsing text: String) throws(QuantityError) {
        let value = try Dimension.bytes.parse(text)
        guard abs(value) < 0x1p62 else { throw .notFinite(text) }
        self.init(rounding: value)
    }
}
