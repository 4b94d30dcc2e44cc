import TangramDocument
import TangramHardware
import TangramUnits

extension Cursor {
    /// A part of a whole, written `85 %` or `0.85`.
    func fraction(above lower: Double? = nil, to upper: Double = 1) -> Double? {
        guard case .scalar(let text, _) = node.content else {
            fail("expected a fraction like 85 % or 0.85, found \(node.kindName)")
            return nil
        }
        let isPercent = text.hasSuffix("%")
        var digits = isPercent ? text.dropLast() : text[...]
        while digits.last == " " { digits.removeLast() }
        guard let number = Double(digits), number.isFinite else {
            fail("expected a fraction like 85 % or 0.85, found \"\(text)\"")
            return nil
        }
        let value = isPercent ? number / 100 : number
        let isTooSmall = lower.map { value <= $0 } ?? (value < 0)
        guard !isTooSmall, value <= upper else {
            let percent = formatNumber(upper * 100, digits: 4)
            let start = lower == nil ? "0 %" : "above 0 %"
            fail("\(text) is out of range", note: "allowed: \(start) to \(percent) %")
            return nil
        }
        return value
    }

    /// A number of tokens of a sequence, written `4096`, `4k` (×1024) or `1M` (×1024²).
    func tokenCount(in range: ClosedRange<Int> = 1...(1 << 30)) -> Int? {
        guard case .scalar(let text, isPlain: true) = node.content else {
            fail("expected a number of tokens like 4096 or 4k, found \(node.kindName)")
            return nil
        }
        var digits = text.filter { $0 != "_" }
        var factor = 1
        if let last = digits.last, let scale = ["k": 1024, "K": 1024, "M": 1 << 20][last] {
            factor = scale
            digits.removeLast()
        }
        guard let number = Int(digits) else {
            fail("expected a number of tokens like 4096 or 4k, found \"\(text)\"")
            return nil
        }
        let (value, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, range.contains(value) else {
            fail(
                "\(text) is out of range",
                note: "allowed: \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// A day, written `2026-11-24`.
    func date() -> CalendarDate? {
        guard let text = string() else { return nil }
        guard let date = CalendarDate(text) else {
            fail("\"\(text)\" is not a day", note: "write for example 2026-11-24")
            return nil
        }
        return date
    }

    /// A name that tools accept: letters, digits, `.`, `_` and `-`, at most 64.
    func identifier() -> String? {
        guard let text = string() else { return nil }
        let isWellFormed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isWellFormed, (1...64).contains(text.utf8.count) else {
            fail(
                "\"\(text.prefix(80))\" cannot be a name",
                note: "write 1 to 64 letters, digits, \".\", \"_\" and \"-\"")
            return nil
        }
        return text
    }

    /// A text of at least one character.
    func words() -> String? {
        guard let text = string() else { return nil }
        guard text.contains(where: { !$0.isWhitespace }) else {
            fail("is empty")
            return nil
        }
        return text
    }

    /// An amount that may not be zero.
    func positive<Q: Quantity>(_ type: Q.Type, upTo limit: Q) -> Q? {
        guard let amount = quantity(type, in: Q.zero...limit) else {
            return nil
        }
        guard amount.value > 0 else {
            fail("\(string() ?? "") is out of range", note: "write more than zero")
            return nil
        }
        return amount
    }

    /// Reports that `name` names no `kind`, with the nearest of `candidates`.
    func failUnknown(_ kind: String, _ name: String, among candidates: some Sequence<String>) {
        let near = collector.isFull ? nil : nearest(to: name, among: candidates.prefix(500))
        fail(
            "no \(kind) \"\(name.prefix(100))\"", note: near.map { "did you mean \"\($0)\"?" })
    }

    /// The items of a list, or this one where it is no list.
    func itemsOrSelf() -> [Cursor] {
        if case .sequence = node.content { return items() ?? [] }
        return [self]
    }
}
