extension String {
    /// How many columns of a terminal the text takes: East Asian wide characters and emoji two,
    /// combining marks none.
    ///
    /// Good enough for names; a terminal may differ on rare characters.
    var columnWidth: Int {
        reduce(0) { $0 + $1.columnWidth }
    }
}

extension Character {
    fileprivate var columnWidth: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        if scalar.isASCII { return scalar.value < 32 || scalar.value == 127 ? 0 : 1 }
        if scalar.properties.generalCategory == .nonspacingMark
            || scalar.properties.generalCategory == .enclosingMark
            || scalar.properties.generalCategory == .format
        {
            return 0
        }
        let isEmoji =
            scalar.properties.isEmojiPresentation
            || unicodeScalars.contains { $0.value == 0xFE0F }
        return isEmoji || Self.wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// Blocks of width W or F in Unicode's EastAsianWidth.txt, coarsely.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
        0x20000...0x3FFFD,
    ]
}
