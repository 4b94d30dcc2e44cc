/// A number of tokens as people write it: "4096", "8k", "128k", "1M"; k is 1,024 and M is 1,024².
package struct TokenCount: Hashable, Sendable, CustomStringConvertible {
    /// More tokens than any sequence has.
    package static let limit = 1 << 40

    /// The number.
    package var value: Int

    /// 4,096 tokens.
    package static let fourThousand = TokenCount(4_096)
    /// 2,048 tokens.
    package static let twoThousand = TokenCount(2_048)
    /// 512 tokens.
    package static let fiveHundred = TokenCount(512)

    private init(_ value: Int) { self.value = value }

    /// The number that `text` means, or nil: a positive whole number with an optional k or M.
    package init?(_ text: String) {
        var digits = text.filter { $0 != "," && $0 != "_" }
        var factor = 1
        if let last = digits.last, let known = Self.suffixes[last] {
            factor = known
            digits.removeLast()
        }
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, (1...Self.limit).contains(product) else { return nil }
        value = product
    }

    /// The number as it can be read again.
    package var description: String {
        value.isMultiple(of: 1_024) ? "\(value / 1_024)k" : "\(value)"
    }

    private static let suffixes: [Character: Int] = [
        "k": 1_024, "K": 1_024, "M": 1_048_576, "m": 1_048_576,
    ]
}
